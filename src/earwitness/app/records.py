"""Records: a session as people see it now, corrections folded in, and its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from earwitness import plugins
from earwitness.app.corrections.projection import write_projection
from earwitness.app.corrections.view import Seen, awaits_words, see
from earwitness.app.running.earlier import seen_run, voices_of
from earwitness.app.understanding.summary import summary_in
from earwitness.app.understanding.understood import found_by
from earwitness.core.doubt import count_hidden, told
from earwitness.core.errors import NotFound, UsageError
from earwitness.core.files import disk_faults, part_path, write_atomic
from earwitness.core.ports import ExportOptions
from earwitness.core.run import Run
from earwitness.core.speech import Turn
from earwitness.core.transcript import Record, Report
from earwitness.exporters.cues import broken_rules
from earwitness.runs.clip_manifest import FOLDER, read_manifest, with_speakers, write_manifest
from earwitness.store.blobs import stale_parts
from earwitness.store.library import Library

REPORT = "report"
"""The step under which a run keeps its report."""


_STALE_S: Final = 3_600.0
"""A file in the making this old is given up; one whose maker was killed at once."""

SUBTITLES = frozenset({"srt", "vtt", "ass"})

TELL_ALL = frozenset({"json", "rttm"})
"""Formats that hold a whole session, whatever side is asked for."""


def read_record(library: Library, session_id: str, run: Run | None = None) -> Record:
    """The result of one run of a session, or of the one people see.

    What people corrected is folded in. Corrections that found no place in this result, or
    contradict it, are counted in the warnings.

    Raises:
        NotFound: No such session, or no run of it ever made a transcript.
        CorruptStore: The result or a correction is damaged.
    """
    session = library.session(session_id)
    run = run or transcribed_run(library, session.id)
    seen = see(library, session.id, _digest(library, run, "attribute"))
    voices = voices_of(library, run.id)
    report = library.result(run.id, REPORT)
    kept = library.get(report, Report) if report else Report((), ())
    merged = dict(seen.folded.merged)
    heard = voices.turns if voices else ()
    found = found_by(library, run)
    transcript = seen.folded.transcript
    summary, doubt = summary_in(library, session, run)
    return Record(
        session,
        found.labelled(transcript) if found else transcript,
        tuple(replace(turn, voice=merged.get(turn.voice, turn.voice)) for turn in heard),
        engines=tuple({**dict(kept.engines), **dict(found.noted.engines if found else ())}.items()),
        warnings=(
            *kept.warnings,
            *_doubted(seen),
            *_misfits(seen, heard),
            *(found.warnings(transcript) if found else ()),
            *((doubt,) if doubt else ()),
        ),
        moments=found.moments_in(transcript) if found else (),
        summary=summary,
    )


def _doubted(seen: Seen) -> list[str]:
    """What readers must know about words that are not in the files they read."""
    hidden = told(count_hidden(seen.folded.transcript.utterances))
    return [f"{hidden} (earwitness sessions lines; --show-doubted)"] if hidden else []


def _misfits(seen: Seen, turns: Sequence[Turn]) -> list[str]:
    """What readers must know about corrections that are not in the transcript they read.

    The name of a voice that is heard but has no words waits for them, and misses nothing.
    """
    heard = {turn.voice for turn in turns}
    lost = [each for each, _ in seen.folded.orphans if not awaits_words(each, heard)]
    misfits = (
        (len(lost), "found no place in this transcript"),
        (len(seen.folded.conflicts), "contradicted what stands there now and changed nothing"),
    )
    return [
        f"{count} correction{'s' * (count > 1)} {what} (earwitness edit list)"
        for count, what in misfits
        if count
    ]


def transcribed_run(library: Library, session_id: str) -> Run:
    """The run people see: the one that is shown, else the newest that made a transcript.

    Raises:
        NotFound: There is none.
    """
    run = seen_run(library, session_id)
    if run is not None:
        return run
    raise NotFound(
        f"session {session_id} has no transcript yet", hint="process its recording again"
    )


@dataclass(frozen=True, slots=True)
class Written:
    """What an export left behind.

    Attributes:
        files: In the order of the formats.
        broken: Reading rules that fast speech made impossible, with the number of subtitles that
            break them; empty when no subtitles were written.
        overrides: The ledger of corrections and its index; empty when there are none.
    """

    files: tuple[Path, ...]
    broken: dict[str, int]
    overrides: tuple[Path, ...] = ()

    @property
    def folder(self) -> Path:
        """The session's folder."""
        return self.files[0].parent


def check_output(output: Path) -> None:
    """See that files can be written there, before hours of work are done.

    Raises:
        DiskFull: No space at all.
        StoreError: The folder cannot be made or written.
    """
    with disk_faults("the output folder cannot be written"):
        output.mkdir(parents=True, exist_ok=True)
        probe = part_path(output)
        try:
            probe.write_bytes(b"?")
        finally:
            probe.unlink(missing_ok=True)


def write_session(
    library: Library,
    record: Record,
    formats: tuple[str, ...],
    output: Path,
    options: ExportOptions | None = None,
) -> Written:
    """Write a record, and the ledger of its corrections beside it.

    Raises:
        DiskFull: No space; files that were there stay as they were.
        StoreError: The folder cannot be written.
    """
    written = write_record(record, formats, output, options)
    _name_clips(record, written.folder)
    entries = library.ledger(record.session.id).entries
    return replace(written, overrides=write_projection(entries, written.folder))


def _name_clips(record: Record, folder: Path) -> None:
    """Let the list of clips say who speaks; not while a run is still writing it."""
    manifest = read_manifest(folder)
    if (
        manifest is not None
        and manifest.session == record.session.id
        and manifest.status != "in_progress"
    ):
        named = with_speakers(manifest, record.transcript.utterances)
        if named != manifest:
            write_manifest(folder / FOLDER, named)


def write_record(
    record: Record, formats: tuple[str, ...], output: Path, options: ExportOptions | None = None
) -> Written:
    """Write `output/<session>/transcript.<suffix>` for every format, each whole or not at all.

    One side alone is called `transcript.ic.<suffix>` or `transcript.ooc.<suffix>`; formats that
    always tell the whole session (json, rttm) are left out then.

    Raises:
        UsageError: No format is left.
        DiskFull: No space; files that were there stay as they were.
        StoreError: The folder cannot be written.
    """
    options = options or ExportOptions()
    stem = "transcript" if options.only is None else f"transcript.{options.only}"
    if options.only is not None:
        formats = tuple(each for each in formats if each not in TELL_ALL)
    if not formats:
        raise UsageError(
            f"{' and '.join(sorted(TELL_ALL))} always tell the whole session",
            hint="one side is written as txt, md, csv, srt, vtt, ass or stm",
        )
    folder = output / record.session.id
    with disk_faults("the output folder cannot be made"):
        folder.mkdir(parents=True, exist_ok=True)
        for part in tuple(stale_parts(folder, stale_seconds=_STALE_S)):
            part.unlink(missing_ok=True)
    made = []
    for suffix in formats:
        text = plugins.exporter(suffix).export(record, options)
        path = folder / f"{stem}.{suffix}"
        write_atomic(path, text.encode("utf-8"))
        made.append(path)
    subtitled = SUBTITLES & set(formats)
    return Written(tuple(made), broken_rules(record, options) if subtitled else {})


def _digest(library: Library, run: Run, stage: str) -> str:
    digest = library.result(run.id, stage)
    if digest is None:
        raise NotFound(f"run {run.id} has no result of {stage}")
    return digest
