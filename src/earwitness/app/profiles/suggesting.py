"""Suggesting: what a session that is understood would add to profiles; nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from earwitness.app.records import read_record
from earwitness.app.understanding.playbooks import playbook
from earwitness.app.understanding.understand import Wish, keep_understood, understand
from earwitness.core.crediting import Roster
from earwitness.core.playbook import Playbook
from earwitness.core.profile import Profile, Suggestions
from earwitness.core.scenes import scenes_played
from earwitness.core.updating import SAME, Scenery, suggest_updates, updates_of
from earwitness.runs.listener import Listener
from earwitness.store.library import Library

_STAGED: Final = "stance"
_PLAYED: Final = "character"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known before a session is looked at.

    Attributes:
        profiles: Those there are.
        names: Whom a name of the session means, as somebody says.
        same: Likeness from which on two texts say the same.
    """

    profiles: tuple[Profile, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    same: float = SAME


def suggest(
    library: Library, session_id: str, known: Known, wish: Wish | None, listener: Listener
) -> Suggestions:
    """What a session would add to profiles, found in it first where that was not done yet.

    Args:
        library: Where the session is.
        session_id: Its id.
        known: What is known before.
        wish: By which engine moments are found; None: whoever found them before, else rules.
        listener: Told about progress.

    Raises:
        EarwitnessError: As `understand`.
    """
    if wish is None:
        found = keep_understood(library, session_id, listener)
    else:
        found = understand(library, session_id, wish, listener)
    record = read_record(library, session_id)
    book: Playbook = playbook(record.session.playbook, library.home)
    staged = book.scheme(_STAGED) is not None
    cast = found.reading.cast
    speaking = frozenset(line.person for line in record.transcript.utterances if line.person)
    played = book.scheme(_PLAYED) is not None
    roster = Roster(cast, played, known.profiles, known.names, speaking)
    told = updates_of(record.moments, record.transcript, roster, staged=staged)
    scenes = scenes_played(Scenery.of(record.transcript, staged=staged), roster)
    made = suggest_updates(
        (*told.updates, *scenes), known.profiles, session=session_id, same=known.same
    )
    return replace(
        made,
        asked=told.asked,
        of_leader=told.of_leader,
        warnings=found.warnings(record.transcript),
    )
