"""Earlier: what a run takes over from the runs before it - results, chunks, and voices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from earwitness.core.override import Field, Override, VoiceTarget
from earwitness.core.run import Event, Run
from earwitness.core.speech import Diarization, Settled
from earwitness.runs.kept import Kept
from earwitness.store.library import Library


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a re-run leaves as it was; nothing for other runs.

    Attributes:
        kept: Stages that are not done, by name.
        afresh: Stages whose earlier results are not used.
        chosen: The chunks that are transcribed again; None: all, where that stage is done.
        rest: Digests of the other chunks, by their place.
        gaps: Chunks that failed then and are not done now either.
        engines: Who did what then, by stage.
        warnings: What readers had to know then about stages that are kept.
    """

    kept: Mapping[str, Kept] = field(default_factory=dict)
    afresh: frozenset[str] = frozenset()
    chosen: frozenset[int] | None = None
    rest: Mapping[int, str] = field(default_factory=dict)
    gaps: int = 0
    engines: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


NOTHING = Earlier()


def seen_run(library: Library, session: str) -> Run | None:
    """The run people see: the one that is shown, else the newest that made a transcript."""
    shown = library.shown_run(session)
    runs = sorted(library.runs(session), key=lambda run: run.id != shown)
    made = (run for run in runs if run.outcome is not None)
    return next((run for run in made if library.result(run.id, "attribute") is not None), None)


def show(library: Library, run: Run) -> bool:
    """Let people see the result of a run again; False when they do already.

    Raises:
        NotFound: It is gone.
    """
    if library.shown_run(run.session) == run.id:
        return False
    library.show_run(run.session, run.id)
    library.append(Event(0, datetime.now(UTC), run.session, run.id, "run.shown"))
    return True


def voices_of(library: Library, run: str) -> Settled | None:
    """Turns and voices as a run left them, under the session's ids; None when it found none.

    Raises:
        CorruptStore: The result is damaged.
    """
    settled = library.result(run, "settle")
    if settled is not None:
        return library.get(settled, Settled)
    heard = library.result(run, "diarize")
    if heard is None:
        return None
    found = library.get(heard, Diarization)
    return Settled(found.turns, found.prints)


def known_voices(
    library: Library, session: str, seen: Run | None, run: Run
) -> tuple[Settled | None, frozenset[str]]:
    """The voices a new diarization is matched to, and all ids the session ever used.

    Args:
        library: Where the session is.
        session: Its id.
        seen: The run people see now; None when there is none yet.
        run: The run that asks; what it made itself does not count, so that it can be continued.

    Raises:
        CorruptStore: A result or a correction is damaged.
    """
    used = {voice for said in _said(library, session) for voice in _named(said)}
    others = [each for each in library.runs(session) if each.id != run.id]
    if seen is not None:
        others.sort(key=lambda each: each.id != seen.id)
    before: Settled | None = None
    digests: set[str] = set()
    for other in others:
        digest = library.result(other.id, "settle") or library.result(other.id, "diarize")
        if digest is None or digest in digests:
            continue
        digests.add(digest)
        found = voices_of(library, other.id)
        if found is not None and found.turns:
            used.update(found.voices)
            before = before or (found if other.outcome is not None else None)
    return before, frozenset(used)


def _said(library: Library, session: str) -> Iterable[Override]:
    entries = library.ledger(session).entries
    return (entry.said for entry in entries if isinstance(entry.said, Override))


def _named(said: Override) -> Iterator[str]:
    """Voices that a correction speaks of."""
    if isinstance(said.target, VoiceTarget):
        yield said.target.voice
    if said.field == Field.VOICE:
        yield from (voice for voice in (said.was, said.now) if isinstance(voice, str))
