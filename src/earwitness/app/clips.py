"""Clips: cut while a run works or afterwards, listed with the names people read, and deleted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from earwitness.app.records import read_record, transcribed_run
from earwitness.app.request import Request
from earwitness.app.running.orders import NO_ORDER, sources_of
from earwitness.app.understanding.understand import keep_understood
from earwitness.core.clip import Clip, Clipped, ClipWish, Manifest
from earwitness.core.errors import Cancelled, EarwitnessError, NoSound
from earwitness.core.ports import Audio
from earwitness.core.run import DONE, Outcome, Run, Step
from earwitness.core.session import Session
from earwitness.core.sound import Listening, Reels
from earwitness.core.span import Span
from earwitness.core.speech import Chunk, Cut
from earwitness.core.transcript import Record
from earwitness.runs.clip_manifest import read_manifest, remove_clips
from earwitness.runs.clipbook import Clipbook
from earwitness.runs.clipping import verdict_of
from earwitness.runs.decoding import Decode, ScratchSound
from earwitness.runs.listener import ClipListener, Listener
from earwitness.stages.clip import Stretch, clips_of_moments, numbered
from earwitness.store.library import Library

CLIP: Final = "clip"
"""The stage under which the ledger knows of clips."""


@contextmanager
def clipping(
    request: Request, session: str, listener: Listener, *, wanted: bool
) -> Iterator[Clipbook | None]:
    """The book that a run cuts its clips into; None when none are cut.

    A run that fails marks the manifest; one that is stopped, or lost to another process, leaves it
    to whoever goes on.
    """
    if request.clips is None or request.clips.of == "moments" or not wanted:
        yield None
        return
    heard: object = listener
    told = heard.clips if isinstance(heard, ClipListener) else _nobody
    afresh = request.fresh or request.from_stage == "decode"
    with Clipbook(
        request.output / session, session, request.clips, afresh=afresh, told=told
    ) as book:
        try:
            yield book
        except Cancelled:
            book.abandon()
            raise
        except EarwitnessError:
            book.end("failed")
            raise


def end_clips(library: Library, run: Run, book: Clipbook, outcome: Outcome | None) -> None:
    """A run has its result: nothing more is cut, except where cutting itself failed."""
    failed = outcome is not None and outcome.kind == "failed"
    cut = library.result(run.id, "cut")
    chunks = library.get(cut, Cut).chunks if cut else ()
    book.end("failed" if failed else "complete", [chunk.index for chunk in chunks])


def clips_written(
    library: Library, request: Request, run: Run, record: Record, *, cut: bool
) -> tuple[Manifest | None, tuple[str, ...]]:
    """The clips of a session whose record was just written; cut now if they were not before.

    Those of moments are always cut now: nobody knows moments before the record is there, and
    corrections change them.

    Args:
        library: Where the session is.
        request: Says whether and how they are wanted.
        run: Whose result was written.
        record: What was written.
        cut: The run has cut them itself, just now.

    Returns:
        What there is, and what a person should know; a record that exists is no failure, even if
        its sound is gone.
    """
    folder = request.output / record.session.id
    manifest = read_manifest(folder)
    if request.clips is None or not record.session.recordings:
        return manifest, ()
    known = request.clips.of == "lines" and library.result(run.id, CLIP) is not None
    if cut or (known and _whole(manifest, folder, request.clips)):
        return manifest, ()
    try:
        made = cut_clips(library, run, record, wish=request.clips, output=request.output)
    except Cancelled:
        raise
    except EarwitnessError as error:
        hint = f" ({error.hint})" if error.hint else ""
        return read_manifest(folder), (f"no clips were cut: {error}{hint}",)
    return made, ()


def cut_clips(
    library: Library,
    run: Run,
    record: Record,
    *,
    wish: ClipWish,
    output: Path,
    listener: Listener = lambda _stage, _share: None,
) -> Manifest:
    """Cut the lines people read now, or the moments; what is there already is not cut again.

    Raises:
        NoSound: The session has no sound, or none that its lines belong to.
        SourceNotFound: A recording is gone, or holds something else now.
        DiskFull: No space; clips that were cut stay.
    """
    session, began = record.session, datetime.now(UTC)
    listening = _listening(library, session, run)
    planned = _planned(library, run, record, wish, end_ms=listening.duration_ms)
    with Clipbook(output / session.id, session.id, wish) as book:
        failed = 0
        if book.lacks(clip for clips in planned.values() for clip in clips):
            _note(library, run, Clipped(str(book.folder), 0, 0), DONE, began)
            sound = _sound(library, session, listening)
        else:
            sound = _Unheard(listening.duration_ms)
        for done, (chunk, clips) in enumerate(sorted(planned.items()), start=1):
            failed += book.cut(chunk, clips, sound)[1]
            listener(CLIP, done / len(planned))
        manifest = book.end("complete", planned, lines=record.transcript.utterances)
    for recording in session.recordings:
        if not library.in_use(recording.id, but=run.id):
            library.drop_scratch(recording.id)
    clipped = Clipped(str(book.folder), manifest.ready, failed)
    _note(library, run, clipped, verdict_of(failed), began)
    return manifest


def clips_again(
    library: Library, name: str, wish: ClipWish, output: Path, listener: Listener
) -> Manifest:
    """Cut the clips of a finished session; its moments are found first where rules find them.

    Raises:
        NotFound: No such session, or it has no transcript yet.
        EarwitnessError: As `cut_clips`.
    """
    session = library.resolve(name)
    run = transcribed_run(library, session)
    if wish.of == "moments":
        keep_understood(library, session)
    record = read_record(library, session, run)
    return cut_clips(library, run, record, wish=wish, output=output, listener=listener)


def clips_known(library: Library, session: str) -> tuple[tuple[Path, Manifest], ...]:
    """Every folder in which the library knows clips of a session, with what is there now."""
    found = []
    for folder in _folders(library, session):
        manifest = read_manifest(folder)
        if manifest is not None and manifest.session == session:
            found.append((folder, manifest))
    return tuple(found)


def delete_clips(library: Library, session: str) -> int:
    """Delete the clips of a session, wherever the library knows some; returns the bytes freed.

    Raises:
        StoreError: Some cannot be deleted; nothing else was.
    """
    return sum(remove_clips(folder) for folder, _ in clips_known(library, session))


def _nobody(_ready: int) -> None:
    """Nobody wants to know."""


def _folders(library: Library, session: str) -> tuple[Path, ...]:
    digests = {
        step.digest: None
        for run in library.runs(session)
        for step in library.steps(run.id)
        if step.stage == CLIP and step.digest is not None
    }
    folders = (Path(library.get(digest, Clipped).folder).parent for digest in digests)
    return tuple(dict.fromkeys(folders))


def _whole(manifest: Manifest | None, folder: Path, wish: ClipWish) -> bool:
    """Whether there are the clips that are wanted, and all of them."""
    return (
        manifest is not None
        and manifest.status == "complete"
        and manifest.wish == wish
        and all(
            (folder / "clips" / row.file).is_file()
            for row in manifest.clips
            if row.status == "ready"
        )
    )


@dataclass(frozen=True, slots=True)
class _Unheard:
    """Sound that nobody has to decode: every clip is there."""

    duration_ms: int
    tracks: tuple[int, ...] = ()

    def read(self, span: Span, track: int | None = None) -> bytes:
        raise AssertionError(f"nothing was to be cut at {span} of {track}")


def _note(library: Library, run: Run, clipped: Clipped, outcome: Outcome, began: datetime) -> None:
    """Let the library know where clips lie; before the first is cut, so that none is forgotten."""
    key = f"{CLIP}:{run.id}:{clipped.folder}:{clipped.ready}:{clipped.failed}"
    digest = library.put(key, CLIP, run.session, clipped)
    wall_ms = round((datetime.now(UTC) - began).total_seconds() * 1000)
    library.note_step(Step(run.id, CLIP, None, key, digest, False, outcome, began, wall_ms))


def _listening(library: Library, session: Session, run: Run) -> Listening:
    laid = library.result(run.id, "align" if session.tracks else "decode")
    if not session.recordings or laid is None:
        raise NoSound(
            "this session has no sound to cut clips from",
            hint="`earwitness import FILE --audio RECORDING` with the same file gives it some",
        )
    return library.get(laid, Listening)


def _sound(library: Library, session: Session, listening: Listening) -> Audio:
    sources = sources_of(library, session, NO_ORDER)
    pairs = tuple(zip(session.recordings, sources, strict=True))
    decoding = Decode(pairs, library, Reels if session.tracks else Listening)
    return ScratchSound(decoding).open(listening)


def _planned(
    library: Library, run: Run, record: Record, wish: ClipWish, *, end_ms: int
) -> dict[int, tuple[Clip, ...]]:
    """What is to be there, by chunk; of moments by the second in which they begin."""
    if wish.of == "lines":
        lines = _by_chunk(record, _chunks(library, run))
        return {
            chunk: numbered(chunk, said, padding_ms=wish.padding_ms, end_ms=end_ms)
            for chunk, said in lines.items()
        }
    clips = clips_of_moments(
        record.moments,
        record.transcript.utterances,
        {turn.voice: turn.track for turn in record.turns},
        padding_ms=wish.padding_ms,
        end_ms=end_ms,
    )
    by_second: dict[int, tuple[Clip, ...]] = {}
    for clip in clips:
        by_second[clip.chunk] = (*by_second.get(clip.chunk, ()), clip)
    return by_second


def _chunks(library: Library, run: Run) -> tuple[Chunk, ...]:
    digest = library.result(run.id, "cut")
    return library.get(digest, Cut).chunks if digest else ()


def _by_chunk(record: Record, chunks: Sequence[Chunk]) -> dict[int, list[Stretch]]:
    """What was said, by the chunk it begins in: so the names of files are those of the run."""
    tracks = {turn.voice: turn.track for turn in record.turns}
    found: dict[int, list[Stretch]] = defaultdict(list)
    for line in record.transcript.utterances:
        track = tracks.get(line.voice or "")
        at = [
            chunk.index
            for chunk in chunks
            if line.span.start_ms in chunk.span and chunk.track in (track, None)
        ]
        found[at[0] if at else 0].append((line.span, line.voice, track))
    return dict(found)
