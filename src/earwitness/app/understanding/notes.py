"""Notes: made of a session under one of its playbook's forms, kept version by version."""

from __future__ import annotations

import hashlib
import json
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from earwitness.app.records import transcribed_run
from earwitness.app.understanding.opening import carry_out, open_engine
from earwitness.app.understanding.playbooks import playbook
from earwitness.app.understanding.reading import digest_of
from earwitness.app.understanding.understand import Wish, brief_for, reading_of, understand
from earwitness.app.understanding.understood import Understood, found_by
from earwitness.core.claims import Refusal
from earwitness.core.errors import NotFound, UsageError
from earwitness.core.note import SUMMARY, Cited, Composed, Note, Sections, Template
from earwitness.core.playbook import Playbook
from earwitness.core.reading import Reading
from earwitness.core.run import Run
from earwitness.core.text_ports import Writer
from earwitness.core.transcript import Transcript
from earwitness.runs.execute import Result
from earwitness.runs.lanes import lane_for
from earwitness.runs.listener import Listener
from earwitness.stages.classify import together
from earwitness.stages.collect import Collect
from earwitness.stages.compose import Compose
from earwitness.stages.read import Read
from earwitness.store.library import Library
from earwitness.store.notes import NoteRow

NOTE = "note"
"""The stage under which a note is kept."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One version of a note, as it is kept.

    Attributes:
        session: Whose.
        template: Id of its form.
        version: 1, 2, 3, ... for each form.
        made_at: When, UTC.
        note: What it says; None: it was dropped, because it could repeat words that were erased.
        warnings: What its readers must know.
        is_new: It was made just now.
    """

    session: str
    template: str
    version: int
    made_at: datetime
    note: Note | None
    warnings: tuple[str, ...] = ()
    is_new: bool = False


def make_note(
    library: Library,
    session_id: str,
    template_id: str | None,
    wish: Wish,
    listener: Listener = lambda _stage, _share: None,
) -> Kept:
    """Make a note; where nothing has changed since the newest one, that one is given.

    What it is made from is what people see now. A transcript is not worse for a note that failed.

    Args:
        library: Where the session is.
        session_id: Its id.
        template_id: One of the forms of its playbook; None: the only one it has.
        wish: Who writes it; `fresh`: a new version, whatever is there.
        listener: Told about progress.

    Raises:
        NotFound: There is no such session, or it has no transcript yet.
        UsageError: Its playbook has no such form, or there is no such engine.
        EngineUnavailable: It cannot run here, or would send text of a session that is local only
            away.
        EngineError: It failed; notes that were made before stay.
    """
    session = library.session(session_id)
    book = playbook(session.playbook, library.home)
    reading = reading_of(library, session)
    form = form_of(book, template_id, reading.language)
    engine = "rules" if wish.engine == "auto" else wish.engine
    brief = brief_for(library, session, "write", engine=engine, wish=wish)
    # Who speaks elsewhere in the session may be named here; they are hidden like all others.
    speaking = sorted({line.person for line in reading.transcript.utterances if line.person})
    brief = replace(brief, strangers=(*brief.strangers, *speaking))
    run = transcribed_run(library, session.id)
    with ExitStack() as engines:
        writer = open_engine("write", engine, wish.options, brief)
        assert isinstance(writer, Writer)
        engines.callback(writer.close)
        if form.id == SUMMARY and not writer.written:
            raise UsageError(
                "a summary is written by a language model; without one there is none",
                hint="name one with --model; what rules find are highlights, with their times",
            )
        found = _understood(library, run, reading)
        labels = found.labelled(reading.transcript).labels
        moments = found.moments_in(reading.transcript)
        lane = lane_for(writer)
        collect = Collect(writer, form, labels, moments, lane=lane)
        compose = Compose(writer, form, lane=lane)
        read = digest_of(reading)
        request = _request(read, str(labels), str(moments), collect.identity, compose.identity)
        if not wish.fresh and (kept := _same(library, session.id, form, request)) is not None:
            return kept
        attempt = uuid4().hex if wish.fresh else ""
        plan = (
            Read(reading, read),
            replace(collect, attempt=attempt),
            replace(compose, attempt=attempt),
        )
        result = carry_out(
            library,
            run,
            plan,
            workers=wish.options.workers,
            listener=listener,
            release=engines.close,
        )
        note = _note(reading, writer, form, result)
    key = f"{NOTE}:{session.id}:{uuid4().hex}"
    library.put(key, NOTE, session.id, note)
    row = library.add_note(session.id, form.id, key=key, run=run.id, request=request)
    return replace(_kept(library, row, reading), is_new=True)


def list_notes(library: Library, session_id: str) -> tuple[Kept, ...]:
    """All versions of all notes of a session, by form, the newest first.

    Raises:
        NotFound: There is no such session.
    """
    session = library.session(session_id)
    rows = library.notes(session.id)
    reading = reading_of(library, session) if rows else None
    return tuple(_kept(library, row, reading) for row in rows)


def show_note(
    library: Library, session_id: str, template_id: str | None = None, version: int | None = None
) -> Kept:
    """One version of a note.

    Args:
        library: Where the session is.
        session_id: Its id.
        template_id: Of which form; None: the form of the note that was made last.
        version: Which; None: the newest that still says something.

    Raises:
        NotFound: There is no such session, or no such note.
    """
    session = library.session(session_id)
    rows = library.notes(session.id, template_id)
    if version is not None:
        if template_id is None and len({row.template for row in rows}) > 1:
            raise UsageError("several notes have versions", hint="say --template, too")
        rows = tuple(row for row in rows if row.version == version)
    row = max(rows, key=lambda each: (each.digest is not None, each.made_at), default=None)
    if row is None:
        raise NotFound(
            "there is no such note of this session",
            hint=f"earwitness notes list {session.id}; earwitness notes make {session.id}",
        )
    return _kept(library, row, reading_of(library, session))


def form_of(book: Playbook, template_id: str | None, language: str | None) -> Template:
    """A form of a playbook, in a language if it is there in it.

    Args:
        book: The playbook.
        template_id: Which; None: the only one beside the summary.
        language: ISO 639-1 code, or None when unknown.

    Raises:
        UsageError: There is none, or it has several and none is named.
    """
    known = list(dict.fromkeys(each.id for each in book.templates))
    usual = [each for each in known if each != SUMMARY]
    if template_id is None and len(usual) == 1:
        template_id = usual[0]
    form = book.template(template_id, language) if template_id is not None else None
    if form is None:
        raise UsageError(
            f"the playbook {book.name} has no note {template_id!r}"
            if template_id is not None
            else f"which note? the playbook {book.name} has {len(usual)}",
            hint="--template " + " or ".join(known) if known else "make one in a playbook of yours",
        )
    return form


def _understood(library: Library, run: Run, reading: Reading) -> Understood:
    """What is known of the lines; by rules where nobody looked, or rules looked before changes."""
    found = found_by(library, run)
    if found is not None and (
        found.changed(reading.transcript) == 0
        or any(engine != "rules" for _, engine in found.noted.engines)
    ):
        return found
    return understand(library, run.session)


def _request(*depends_on: str) -> str:
    return hashlib.sha256(json.dumps(depends_on).encode()).hexdigest()


def _same(library: Library, session: str, form: Template, request: str) -> Kept | None:
    """The newest version, if the same is asked and nothing of it is missing."""
    row = next(iter(library.notes(session, form.id)), None)
    if row is None or row.digest is None or row.request != request:
        return None
    kept = _kept(library, row, None)
    return kept if kept.note is not None and not kept.note.lacking else None


def _note(reading: Reading, writer: Writer, form: Template, result: Result) -> Note:
    collected = result.inputs.take(Sections)
    composed = result.inputs.take(Composed).note
    sections = tuple(composed.get(slot.key) for slot in form.slots)
    named = {id for each in sections for told in each.sentences for id in told.evidence}
    lines = {line.id: line for line in reading.transcript.utterances if line.id in named}
    refused: tuple[Refusal, ...] = together(collected.refused, composed.refused)
    return Note(
        form,
        sections,
        tuple(
            Cited(line.id, line.span, line.speaker, line.text) for _, line in sorted(lines.items())
        ),
        writer.name,
        writer.written,
        digest_of(reading),
        result.outcome.why,
        refused,
    )


def _kept(library: Library, row: NoteRow, now: Reading | None) -> Kept:
    note = None if row.digest is None else library.get(row.digest, Note)
    warnings = _warnings(row, note, now) if now is not None else ()
    return Kept(row.session, row.template, row.version, row.made_at, note, warnings)


def _warnings(row: NoteRow, note: Note | None, now: Reading) -> tuple[str, ...]:
    if note is None:
        return ("dropped: it could repeat words that were erased",)
    told = [f"incomplete: {note.lacking}"] if note.lacking else []
    again = f"earwitness notes regenerate {row.session} --template {row.template}"
    if count := _changed(note, now.transcript):
        lines = f"{count} line{'s' * (count > 1)}"
        told.append(f"{lines} that it cites read otherwise now ({again})")
    elif note.reading != digest_of(now):
        told.append(f"older than changes in the session ({again})")
    return tuple(told)


def _changed(note: Note, transcript: Transcript) -> int:
    """How many of the lines it cites read otherwise now, or are said by somebody else."""
    now = {line.id: line for line in transcript.utterances}

    def same(cited: Cited) -> bool:
        line = now.get(cited.id)
        return line is not None and (line.span, line.speaker, line.text) == (
            cited.span,
            cited.speaker,
            cited.text,
        )

    return sum(not same(each) for each in note.cited)
