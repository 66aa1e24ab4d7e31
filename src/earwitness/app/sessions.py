"""Sessions: listing, showing and deleting what the library holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from earwitness.app.clips import clips_known, delete_clips
from earwitness.app.corrections.view import forget_views, see
from earwitness.app.running.earlier import seen_run
from earwitness.core.clip import Manifest
from earwitness.core.doubt import count_hidden
from earwitness.core.run import Run, Step
from earwitness.core.session import Session
from earwitness.core.sound import Listening, Place
from earwitness.core.speech import Doubt
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
    """

    session: Session
    runs: tuple[tuple[Run, tuple[Step, ...]], ...]
    doubted: dict[Doubt, int]
    places: tuple[Place, ...] = ()
    clips: tuple[tuple[Path, Manifest], ...] = ()


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
    return Shown(
        session,
        steps,
        _doubted(library, session.id),
        _places(library, session),
        clips_known(library, session.id),
    )


def _places(library: Library, session: Session) -> tuple[Place, ...]:
    """Nothing where no tracks were laid beside each other."""
    seen = seen_run(library, session.id) if session.tracks else None
    laid = library.result(seen.id, "align") if seen else None
    return library.get(laid, Listening).places if laid else ()


def _doubted(library: Library, session: str) -> dict[Doubt, int]:
    """Nothing as long as there is no transcript."""
    run = seen_run(library, session)
    digest = library.result(run.id, "attribute") if run else None
    if digest is None:
        return {}
    return count_hidden(see(library, session, digest).folded.transcript.utterances)


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
