"""Naming: who a whole voice is, told from the ledger alone - no transcript is needed for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from earwitness.core.errors import UsageError
from earwitness.core.fold import find_undone
from earwitness.core.override import Field, Override, Stamp, VoiceTarget

RECOGNISER = "earwitness"
"""Who names a voice that was recognised; people have names of their own."""

IMPORTER = "import"
"""Who names voices as the file says from which a session was imported."""

_RECOGNISED = "recognised "


@dataclass(frozen=True, slots=True)
class Naming:
    """Who one voice is, as it stands now.

    Attributes:
        voice: `S1`, ...
        person: Who it is; None when a name was taken away.
        seq: The correction that says so.
        by: Who said so.
        score: How like the enrolled print the voice is, 0 to 1; None when a person named it.
    """

    voice: str
    person: str | None
    seq: int
    by: str
    score: float | None = None


def namings_in(ledger: Sequence[Override]) -> dict[str, Naming]:
    """Who each voice is that was ever named, and not taken back.

    Args:
        ledger: All corrections of a session, in order of seq.
    """
    undone = find_undone(ledger)
    found: dict[str, Naming] = {}
    for said in ledger:
        if is_naming(said) and said.seq not in undone and isinstance(said.target, VoiceTarget):
            voice = said.target.voice
            stands = found[voice].person if voice in found else None
            if stands in (said.was, said.now):
                person = said.now if isinstance(said.now, str) else None
                found[voice] = Naming(voice, person, said.seq, said.by, score_in(said))
    return found


def merged_in(ledger: Sequence[Override]) -> dict[str, str]:
    """Voices that were merged into another one, and into which."""
    undone = find_undone(ledger)
    found: dict[str, str] = {}
    for said in ledger:
        if said.field == Field.VOICE and isinstance(said.target, VoiceTarget):
            if said.seq in undone:
                continue
            voice, into = said.target.voice, str(said.now)
            found.pop(into, None)
            found = {each: into if home == voice else home for each, home in found.items()}
            found[voice] = into
    return found


def is_naming(override: Override) -> bool:
    """Whether it says who a whole voice is."""
    return override.field == Field.PERSON and isinstance(override.target, VoiceTarget)


def name_voice(voice: str, was: str | None, now: str | None, stamp: Stamp) -> Override:
    """Say who a voice is in all of its lines; None takes the name away."""
    target = VoiceTarget(voice)
    return Override(
        stamp.seq, stamp.by, stamp.at, stamp.reason, target, field=Field.PERSON, was=was, now=now
    )


def merge_voice(voice: str, into: str, stamp: Stamp) -> Override:
    """Give all lines of a voice to another one.

    Raises:
        UsageError: If they are the same.
    """
    if voice == into:
        raise UsageError("a voice cannot be merged with itself")
    target = VoiceTarget(voice)
    return Override(
        stamp.seq, stamp.by, stamp.at, stamp.reason, target, field=Field.VOICE, was=voice, now=into
    )


def recognised(score: float) -> str:
    """The reason the recogniser gives: `recognised 0.87`."""
    return f"{_RECOGNISED}{score:.2f}"


def score_in(override: Override) -> float | None:
    """The score of a recognition, or None when a person named the voice."""
    if override.by != RECOGNISER or not override.reason.startswith(_RECOGNISED):
        return None
    try:
        return float(override.reason.removeprefix(_RECOGNISED))
    except ValueError:
        return None
