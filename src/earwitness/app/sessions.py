"""Sessions: listing, showing and deleting what the library holds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from earwitness.app.clips import clips_known, delete_clips
from earwitness.app.corrections.view import forget_views, see
from earwitness.app.running.earlier import seen_run
from earwitness.app.understanding.understood import found_by
from earwitness.core.clip import Manifest
from earwitness.core.doubt import count_hidden
from earwitness.core.run import Run, Step
from earwitness.core.session import Session
from earwitness.core.sound import Listening, Place
from earwitness.core.speech import Doubt
from earwitness.core.transcript import Transcript
from earwitness.store.library import Library, Receipt, SessionRow


@dataclass(frozen=True, slots=True)
class Shown:
    """One session with everything that was executed for it.

    Attributes:
        session: The sitting.
        runs: Newest first, each with its steps in order.
        doubted: How many words of what people read now are doubted and hidden, by reason.
        places: Where the tracks lie in the result people see; empty where there are none.
        clips: Folders that hold clips of it, with what is there now.
        labelled: How many lines bear a label of each scheme; empty where nobody looked or said.
        moments: How many were found and still hold; None where nobody looked.
    """

    session: Session
    runs: tuple[tuple[Run, tuple[Step, ...]], ...]
    doubted: dict[Doubt, int]
    places: tuple[Place, ...] = ()
    clips: tuple[tuple[Path, Manifest], ...] = ()
    labelled: dict[str, int] = field(default_factory=dict)
    moments: int | None = None


def list_sessions(library: Library) -> tuple[SessionRow, ...]:
    """All sessions, newest first."""
    return library.sessions()


def show_session(library: Library, name: str) -> Shown:
    """One session.

    Args:
        library: Where it is kept.
        name: Its id, or the beginning of it if that is unique.

    Raises:
        NotFound: No session, or several, are called so.
    """
    session = library.session(library.resolve(name))
    runs = library.runs(session.id)
    steps = tuple((run, library.steps(run.id)) for run in runs)
    transcript = _transcript(library, session.id)
    run = seen_run(library, session.id)
    found = found_by(library, run) if run else None
    labelled = found.labelled(transcript) if found else transcript
    return Shown(
        session,
        steps,
        count_hidden(transcript.utterances),
        _places(library, session),
        clips_known(library, session.id),
        dict(Counter(label.scheme for label in labelled.labels).most_common()),
        len(found.moments_in(transcript)) if found else None,
    )


def _places(library: Library, session: Session) -> tuple[Place, ...]:
    """Nothing where no tracks were laid beside each other."""
    seen = seen_run(library, session.id) if session.tracks else None
    laid = library.result(seen.id, "align") if seen else None
    return library.get(laid, Listening).places if laid else ()


def _transcript(library: Library, session: str) -> Transcript:
    """What people read; empty as long as there is none."""
    run = seen_run(library, session)
    digest = library.result(run.id, "attribute") if run else None
    if digest is None:
        return Transcript(())
    return see(library, session, digest).folded.transcript


def delete_session(library: Library, name: str) -> Receipt:
    """Delete a session for good: rows, results, decoded sound, clips. Source files are not touched.

    Other files that were written to an output folder are yours to delete.

    Raises:
        NotFound: No session, or several, are called so.
    """
    session = library.resolve(name)
    clips_bytes = delete_clips(library, session)
    receipt = library.delete_session(session)
    forget_views(receipt.session)
    return replace(receipt, bytes_freed=receipt.bytes_freed + clips_bytes)
