"""Roles: what each voice is in a session - who leads the game, who treats whom - by the cast, else
by what the whole session tells.
"""

from __future__ import annotations

from collections import Counter

from earwitness.core.people import DEFAULT_ROLE
from earwitness.core.reading import Reading


def find_roles(reading: Reading, playbook: str) -> tuple[tuple[str, str], ...]:
    """Voices with their roles, in order of voice; those nobody can tell are absent."""
    del playbook
    said: dict[str, Counter[str]] = {}
    for line in reading.transcript.utterances:
        person = reading.person_of(line)
        if line.voice is not None and person is not None and person.role != DEFAULT_ROLE:
            said.setdefault(line.voice, Counter())[person.role] += 1
    return tuple(sorted((voice, roles.most_common(1)[0][0]) for voice, roles in said.items()))
