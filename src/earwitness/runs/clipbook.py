"""Clipbook: the clips of a session as files, and the manifest that says which can be played.

Manifests of thousands of clips are long: writing takes a twentieth of the time at most, so that the
work grows with the clips and not with their square.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Final

from earwitness.core.clip import Clip, ClipRow, ClipWish, Manifest, ManifestStatus
from earwitness.core.errors import DiskFull, EarwitnessError, StoreError
from earwitness.core.files import disk_faults, write_atomic
from earwitness.core.ports import Audio
from earwitness.core.transcript import Utterance
from earwitness.media.clip import encoded
from earwitness.runs.clip_manifest import FOLDER, read_manifest, with_speakers, write_manifest

EVERY_S: Final = 1.0
"""The manifest is not written more often."""

_REST: Final = 20
"""So many times as long as the last writing took nothing is written."""

log = logging.getLogger(__name__)


class Clipbook:
    """Cuts clips into a folder and keeps its manifest; thread-safe; a context manager.

    What an earlier book of the same wish left ready there is not cut again. Leaving the block
    without `end` writes what is known and leaves the manifest `in_progress`: another book goes on.

    Args:
        folder: The session's folder; the clips lie in `clips/` inside it.
        session: The session's id.
        wish: How clips are cut.
        afresh: Cut again what is there, too.
        told: Told how many clips are ready, from any thread.
    """

    def __init__(
        self,
        folder: Path,
        session: str,
        wish: ClipWish | None = None,
        *,
        afresh: bool = False,
        told: Callable[[int], None] = lambda _ready: None,
    ) -> None:
        self.folder = folder / FOLDER
        self.wish = wish or ClipWish()
        self._session = session
        self._afresh = afresh
        self._told = told
        self._status: ManifestStatus = "in_progress"
        self._rows: dict[str, ClipRow] = {}
        self._before: dict[str, ClipRow] = {}
        self._stale: set[str] = set()
        self._lock = threading.RLock()
        self._timer: threading.Timer | None = None
        self._next_s = 0.0
        self._abandoned = False

    def __enter__(self) -> Clipbook:
        """Begin, or go on where an earlier book stopped."""
        with disk_faults("the folder for clips cannot be made"):
            self.folder.mkdir(parents=True, exist_ok=True)
        old = read_manifest(self.folder.parent)
        if old is not None and old.session == self._session:
            self._stale = {row.file for row in old.clips}
            if old.wish == self.wish and not self._afresh:
                ready = [row for row in old.clips if row.status == "ready"]
                self._before = {row.id: row for row in ready if (self.folder / row.file).is_file()}
                self._rows = dict(self._before)
        self._write()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write what is known."""
        self.flush()

    def cut(self, chunk: int, clips: Iterable[Clip], sound: Audio) -> tuple[int, int]:
        """Cut the clips of one chunk; one that cannot be cut is `failed`, the rest go on.

        Args:
            chunk: Its place.
            clips: All clips of it; what was there of it and is not among them goes.
            sound: The session's.

        Returns:
            How many are ready, and how many failed.

        Raises:
            DiskFull: No space for more; what was cut stays.
        """
        planned = list(clips)
        missing = self._plan(chunk, planned)
        for clip in missing:
            try:
                data = encoded(sound.read(clip.span, clip.track), self.wish.format)
                write_atomic(self.folder / clip.file(self.wish.format), data)
            except DiskFull:
                self._mark(clip, "failed")
                raise
            except EarwitnessError as error:
                log.warning("clip %s of session %s failed: %s", clip.id, self._session, error)
                self._mark(clip, "failed")
            else:
                self._mark(clip, "ready")
        with self._lock:
            mine = [self._rows[clip.id].status for clip in planned]
            whole = sum(row.status == "ready" for row in self._rows.values())
        ready = mine.count("ready")
        log.info(
            "session %s, chunk %d: %d clips ready, %d in all", self._session, chunk, ready, whole
        )
        self._told(whole)
        return ready, len(mine) - ready

    def lacks(self, clips: Iterable[Clip]) -> bool:
        """Whether any of these has still to be cut."""
        with self._lock:
            return any(not self._has(clip) for clip in clips)

    def end(
        self,
        status: ManifestStatus,
        chunks: Iterable[int] | None = None,
        *,
        lines: Iterable[Utterance] = (),
    ) -> Manifest:
        """Say that all is done, or that it failed; takes away files that are no clips any more.

        Args:
            status: `complete` or `failed`.
            chunks: The chunks there are; clips of others go. None: all stay.
            lines: Who said what, as people read it; see `with_speakers`.
        """
        with self._lock:
            known = None if chunks is None else set(chunks)
            for row in list(self._rows.values()):
                if known is not None and int(row.id.partition("-")[0]) not in known:
                    del self._rows[row.id]
                elif row.status == "processing":
                    self._rows[row.id] = replace(row, status="failed")
            self._status = status
            named = with_speakers(self.manifest, lines)
            self._rows = {row.id: row for row in named.clips}
            self._write()
            if status == "complete":
                self._sweep()
            return self.manifest

    @property
    def manifest(self) -> Manifest:
        """As it stands."""
        with self._lock:
            rows = sorted(self._rows.values(), key=lambda row: (row.span.start_ms, row.id))
            return Manifest(self._session, self._status, self.wish, tuple(rows))

    def flush(self) -> None:
        """Write the manifest if it has changed since it was written."""
        with self._lock:
            if self._timer is not None:
                self._write()

    def abandon(self) -> None:
        """Write no more: another process may have the run, and a newer manifest, by now."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = None
            self._abandoned = True

    def _plan(self, chunk: int, clips: list[Clip]) -> list[Clip]:
        """List the clips of a chunk; those that have still to be cut are returned."""
        missing = []
        with self._lock:
            self._rows = {
                each: row
                for each, row in self._rows.items()
                if int(each.partition("-")[0]) != chunk
            }
            for clip in clips:
                file = clip.file(self.wish.format)
                row = ClipRow(clip.id, file, clip.voice, clip.span, "ready", clip.kind)
                if not self._has(clip):
                    row = replace(row, status="processing")
                    missing.append(clip)
                self._rows[clip.id] = row
            self._changed()
        return missing

    def _has(self, clip: Clip) -> bool:
        """Whether an earlier book left it ready."""
        before = self._before.get(clip.id)
        return (
            before is not None
            and before.file == clip.file(self.wish.format)
            and before.span == clip.span
        )

    def _mark(self, clip: Clip, status: str) -> None:
        with self._lock:
            row = self._rows[clip.id]
            self._rows[clip.id] = replace(row, status="ready" if status == "ready" else "failed")
            self._changed()

    def _changed(self) -> None:
        """Write now, or as soon as it may be written again."""
        left_s = self._next_s - time.monotonic()
        if self._abandoned:
            return
        if left_s <= 0:
            self._try()
        elif self._timer is None:
            self._timer = threading.Timer(left_s, self._try)
            self._timer.daemon = True
            self._timer.start()

    def _try(self) -> None:
        """Write in between; what cannot be written now is written later."""
        with self._lock:
            if self._abandoned:
                return
            try:
                self._write()
            except StoreError as error:
                log.warning("the manifest of session %s waits: %s", self._session, error)
                self._next_s = time.monotonic() + EVERY_S

    def _write(self) -> None:
        began_s = time.monotonic()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        write_manifest(self.folder, self.manifest)
        now_s = time.monotonic()
        self._next_s = now_s + max(EVERY_S, _REST * (now_s - began_s))

    def _sweep(self) -> None:
        stays = {row.file for row in self._rows.values() if row.status == "ready"}
        with disk_faults("clips that are no longer wanted cannot be removed"):
            for file in self._stale - stays:
                (self.folder / file).unlink(missing_ok=True)
