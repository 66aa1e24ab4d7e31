"""Sharing: what other machines need of a session, and what must not leave this one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from earwitness.app.sources.intake import take_in
from earwitness.core.errors import NotAllowed, SourceNotFound
from earwitness.core.session import Recording, Session
from earwitness.core.source import Source
from earwitness.runs.listener import Listener
from earwitness.runs.unpacking import UNPACKED, bytes_of
from earwitness.store.library import Library

SEND: Final = "send"
"""What the listener is told while a recording is sent to the store of artifacts."""


def refuse_to_leave(library: Library, *, local_only: bool) -> None:
    """Refuse to work on what must stay on this machine while results are sent elsewhere.

    Raises:
        NotAllowed: The hint says how it can be done.
    """
    if local_only and library.leads_away:
        raise NotAllowed(
            f"this session must stay on this machine, and results would go to {library.artifacts}",
            hint="unset EARWITNESS_ARTIFACTS for it; or, where the store is your own, set "
            "EARWITNESS_ARTIFACTS_PRIVATE=true",
        )


def share(
    library: Library,
    session: Session,
    sources: Sequence[Source],
    listener: Listener,
) -> None:
    """Send a session's recordings to the store of artifacts, each once; nothing without one.

    Args:
        library: Where the session is.
        session: The sitting.
        sources: Where its recordings lie, in order; empty: nobody needs to hear them.
        listener: Told how much was sent.

    Raises:
        NotAllowed: The session must stay on this machine.
        SourceNotFound: A file changed meanwhile.
        ArtifactsUnavailable: The store cannot take it.
    """
    refuse_to_leave(library, local_only=session.local_only)
    if library.artifacts is None:
        return
    for recording, source in zip(session.recordings, sources, strict=False):
        if not library.keeps_original(recording.id):
            path = bytes_of(recording, source, library.scratch(recording.id), library)
            library.keep_original(recording.id, path, lambda share: listener(SEND, share))
            listener(SEND, 1.0)


def find_sources(
    library: Library, session: Session, named: Sequence[Source | None]
) -> tuple[Source, ...]:
    """Where a session's recordings are read from: files here, else the store of artifacts.

    A file counts only while it holds what it held; another machine's path may be something else
    on this one.

    Args:
        library: Where the session is.
        session: The sitting.
        named: For each of its recordings a file that may hold it; None: where it was seen last.

    Raises:
        SourceNotFound: A file is gone or holds something else now, and the store does not have it.
    """
    seen = {
        recording.id: there or library.origin(recording.id)
        for recording, there in zip(session.recordings, named, strict=True)
    }
    here = tuple(source for source in seen.values() if source and source.path.is_file())
    held = take_in(library, here, tracks=True).recordings if here else ()
    true = {recording.id for recording in held}
    return tuple(
        _source(library, recording, seen[recording.id], holds=recording.id in true)
        for recording in session.recordings
    )


def _source(library: Library, recording: Recording, seen: Source | None, *, holds: bool) -> Source:
    if seen is not None and holds:
        return seen
    if library.keeps_original(recording.id):
        # Decoding fetches it when it is needed, and takes it away afterwards.
        return Source(library.scratch(recording.id) / UNPACKED, shown=recording.name)
    if seen is None or not seen.path.is_file():
        raise SourceNotFound(
            f"the file of {recording.name} is gone, and its sound is needed",
            hint="put it back where it was; or `earwitness process` it where it is now",
        )
    raise SourceNotFound(
        f"the file of {recording.name} holds something else now",
        hint="put the recording back where it was",
    )
