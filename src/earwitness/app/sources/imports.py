"""Imports: transcripts made elsewhere become sessions that can do all that others can."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from earwitness.app.corrections.desk import Editor
from earwitness.app.people.naming import name_voices
from earwitness.app.people.recognition import assign
from earwitness.app.records import REPORT, read_record, write_session
from earwitness.app.running.earlier import show
from earwitness.app.running.process import Processed
from earwitness.app.sources.bring import Brought, bring
from earwitness.app.sources.intake import new_session_id, take_in
from earwitness.app.understanding.playbooks import playbook
from earwitness.app.understanding.understand import understand_if_possible
from earwitness.core.doubt import tells_doubts
from earwitness.core.errors import UsageError
from earwitness.core.imported import ImportOptions
from earwitness.core.naming import IMPORTER, is_naming
from earwitness.core.override import VoiceTarget
from earwitness.core.people import Series
from earwitness.core.run import DONE, Event, Outcome, Run, RunTarget, Step, degraded
from earwitness.core.session import Recording, Session
from earwitness.core.source import Source
from earwitness.core.speech import Cut, Diarization, Guarded
from earwitness.core.transcript import Report
from earwitness.media.probe import probe
from earwitness.stages.adopt import Adopted, adopt, adopt_record
from earwitness.store.library import Library

log = logging.getLogger(__name__)

VERSION: Final = 2
"""Raised whenever importers make something else of the same file."""

_ESTIMATED = " (word times estimated)"
_LONGER_MS: Final = 2_000
_MUCH_LONGER_MS: Final = 60_000


@dataclass(frozen=True, slots=True)
class Bringing:
    """What is wanted of one import.

    Attributes:
        sources: Transcript files of one sitting.
        audio: Its recordings, in order of time; may be empty.
        title: What to call it; empty: as the file does, else the file's name.
        playbook: Whose defaults hold; None: the file's own, else `default_playbook`.
        default_playbook: Of the settings.
        language: ISO 639-1 code; None: as the file says.
        format: Which importer; None: told by what the files hold.
        options: What the user says about the files.
        formats: Suffixes of what is written.
        output: The session's folder is made in it.
    """

    sources: tuple[Path, ...]
    audio: tuple[Path, ...]
    title: str
    playbook: str | None
    default_playbook: str
    language: str | None
    format: str | None
    options: ImportOptions
    formats: tuple[str, ...]
    output: Path


def import_transcript(
    library: Library, wanted: Bringing, *, series: Series | None = None
) -> Processed:
    """Make a session of transcript files, with or without their recording.

    The same files find the session they were imported into before, and give it a recording when
    one is named now.

    Args:
        library: Where everything is kept.
        wanted: What is wanted.
        series: The session joins it.

    Raises:
        EarwitnessError: A file cannot be read, or more has to be said; nothing was kept.
    """
    brought = bring(wanted.sources, wanted.format, wanted.options)
    adopted = _adopted(brought, wanted)
    taken = take_in(library, tuple(Source(path) for path in wanted.audio))
    session = _session(library, brought, wanted, recordings=taken.recordings, held_at=taken.held_at)
    if series is not None:
        library.join_series(session.id, series.id)
    digest = _digest(brought, wanted)
    run = library.finished_run(session.id, digest)
    reused = run is not None
    if run is not None and run.outcome is not None:
        show(library, run)
        outcome = run.outcome
    else:
        run = library.unfinished_run(session.id, digest) or library.start_run(
            session.id, digest, target=_target(brought)
        )
        outcome = _keep(library, run, brought, adopted, _sound_ms(session, wanted.audio))
    _name(library, session.id, adopted.names)
    assigned = assign(library, session.id) if library.series_of(session.id) else None
    notices = understand_if_possible(library, session.id)
    record = read_record(library, session.id, run)
    written = write_session(library, record, wanted.formats, wanted.output)
    done = {step.stage: step.outcome for step in library.steps(run.id) if step.stage != REPORT}
    stages = {} if reused else done
    return Processed(
        record.session,
        outcome,
        stages,
        written,
        record,
        reused=reused,
        assigned=assigned,
        notices=notices,
    )


def _adopted(brought: list[Brought], wanted: Bringing) -> Adopted:
    record = brought[0].imported.record
    if record is not None:
        return adopt_record(record)
    return adopt([each.imported for each in brought], wanted.language, wanted.options.pace)


def _session(
    library: Library,
    brought: list[Brought],
    wanted: Bringing,
    *,
    recordings: tuple[Recording, ...],
    held_at: datetime | None,
) -> Session:
    """The session these files were imported into, with what is newly said; else a new one."""
    documents = tuple(each.document for each in brought)
    told = brought[0].imported.record
    theirs = told.session if told else None
    name = wanted.playbook or (theirs.playbook if theirs else wanted.default_playbook)
    book = playbook(name, library.home)
    for found in library.sessions_from(documents):
        if found.playbook == book.name:
            return _updated(library, found, wanted, recordings)
    if theirs is not None and not recordings:
        recordings = tuple(_known(library, recording) for recording in theirs.recordings)
    held_at = held_at or (theirs.held_at if theirs else None)
    tracks = theirs.tracks if theirs and _same_sound(theirs.recordings, recordings) else ()
    spoken = (each.imported.language for each in brought)
    language = theirs.language if theirs else next((code for code in spoken if code), None)
    session = Session(
        id=new_session_id(held_at),
        title=wanted.title or (theirs.title if theirs else wanted.sources[0].stem),
        playbook=book.name,
        language=wanted.language or language,
        recordings=recordings,
        held_at=held_at,
        local_only=book.local_only or (theirs is not None and theirs.local_only),
        documents=documents,
        tracks=tracks,
    )
    library.add_session(session)
    return session


def _same_sound(told: tuple[Recording, ...], ours: tuple[Recording, ...]) -> bool:
    return [each.id for each in told] == [each.id for each in ours]


def _known(library: Library, recording: Recording) -> Recording:
    """A recording as a file tells of it; what was measured here counts more."""
    measured = library.length_of(recording.id)
    return recording if measured is None else replace(recording, duration_ms=measured)


def _updated(
    library: Library, session: Session, wanted: Bringing, recordings: tuple[Recording, ...]
) -> Session:
    said = replace(
        session,
        language=wanted.language or session.language,
        title=wanted.title or session.title,
    )
    if said != session:
        library.update_session(said)
    if not recordings:
        return said
    if not session.recordings:
        return library.give_sound(session.id, recordings)
    if not _same_sound(session.recordings, recordings):
        raise UsageError(
            "this transcript was imported with another recording",
            hint=f"`earwitness sessions delete {session.id}` first, or name that recording",
        )
    return said


def _digest(brought: list[Brought], wanted: Bringing) -> str:
    """SHA-256 of all that changes what is made of the files."""
    files = [[each.document.id, each.document.format] for each in brought]
    asked = [IMPORTER, VERSION, files, astuple(wanted.options), wanted.language]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def _target(brought: list[Brought]) -> RunTarget:
    """How people are told that nothing was heard here, but brought."""
    return RunTarget((IMPORTER,), options=(("format", _formats(brought)),))


def _formats(brought: list[Brought]) -> str:
    return "+".join(dict.fromkeys(each.document.format for each in brought))


def _keep(
    library: Library, run: Run, brought: list[Brought], adopted: Adopted, sound_ms: int | None
) -> Outcome:
    """Write what the stages would have made, and close the run."""
    began = datetime.now(UTC)
    library.append(Event(0, began, run.session, run.id, "run.started"))
    grave = [str(flaw) for flaw in adopted.flaws if flaw.grave]
    outcome = degraded("; ".join(grave), instead="what could be recovered") if grave else DONE
    made = {
        "cut": Cut(()),
        "transcribe": adopted.heard,
        "diarize": Diarization(adopted.settled.turns),
        "settle": adopted.settled,
        "guard": Guarded(adopted.heard.segments),
        "attribute": adopted.transcript,
        REPORT: _report(brought, adopted, sound_ms),
    }
    for stage, value in made.items():
        key = f"{IMPORTER}:{run.id}:{stage}"
        digest = library.put(key, stage, run.session, value)
        ended = outcome if stage == "transcribe" else DONE
        wall_ms = round((datetime.now(UTC) - began).total_seconds() * 1000)
        library.note_step(
            Step(run.id, stage, None, key, digest, False, ended, began, wall_ms=wall_ms)
        )
    library.finish_run(run.id, outcome)
    at = datetime.now(UTC)
    library.append(Event(0, at, run.session, run.id, "run.finished", outcome=outcome.kind))
    log.info("run %s of session %s: imported", run.id, run.session)
    return outcome


def _report(brought: list[Brought], adopted: Adopted, sound_ms: int | None) -> Report:
    by = f"{IMPORTER} {_formats(brought)}"
    record = brought[0].imported.record
    if record is not None:
        engines = {**dict(record.engines), IMPORTER: by}
        warnings = [told for told in record.warnings if not tells_doubts(told)]
    else:
        engines = {"transcribe": by + _ESTIMATED * adopted.estimated}
        if adopted.settled.turns:
            engines["diarize"] = by
        warnings = [f"{IMPORTER}: {flaw}" for flaw in adopted.flaws]
    warnings += _lengths(adopted, sound_ms)
    return Report(tuple(engines.items()), tuple(dict.fromkeys(warnings)))


def _sound_ms(session: Session, audio: tuple[Path, ...]) -> int | None:
    """How long the recording is that was named; None when none was, or it does not say."""
    known = [length for path in audio if (length := probe(path).duration_ms) is not None]
    if not known or len(known) < len(audio):
        return None
    return max(known) if session.tracks else sum(known)


def _lengths(adopted: Adopted, sound_ms: int | None) -> list[str]:
    """Whether the transcript and its recording may be of different sittings."""
    spans = [line.span for line in adopted.transcript.utterances]
    spans += [turn.span for turn in adopted.settled.turns]
    if not spans or sound_ms is None:
        return []
    last_ms = max(span.end_ms for span in spans)
    if last_ms > sound_ms + _LONGER_MS:
        return [f"{IMPORTER}: the text ends {(last_ms - sound_ms) // 1000} s after the recording"]
    if sound_ms > last_ms + max(_MUCH_LONGER_MS, last_ms // 4):
        return [f"{IMPORTER}: the recording ends {(sound_ms - last_ms) // 1000} s after the text"]
    return []


def _name(library: Library, session: str, names: Mapping[str, str]) -> None:
    """Name voices as the file does, once: a name that somebody took back stays away."""
    said = (each.target for each in library.about_voices(session) if is_naming(each))
    known = {target.voice for target in said if isinstance(target, VoiceTarget)}
    fresh = {voice: name for voice, name in names.items() if voice not in known}
    if fresh:
        name_voices(library, session, fresh, Editor(IMPORTER), reason="so named in the file")
