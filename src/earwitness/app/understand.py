"""Understand: labels and moments of a session, by rules or a language model, as a run of its own.

It reads what people see - corrections folded in, names in place - so it runs after them, and
again after more of them: windows in which nothing changed are not judged twice. Its runs have no
transcript and are never shown in its place; what the newest one found stands beside it.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field, replace

from earwitness import plugins
from earwitness.app.playbooks import playbook
from earwitness.app.records import transcribed_run
from earwitness.app.view import see
from earwitness.app.vocabulary import series_terms
from earwitness.core.claims import Labels, Moments
from earwitness.core.doubt import without_doubted
from earwitness.core.errors import EarwitnessError, EngineUnavailable
from earwitness.core.people import Person
from earwitness.core.playbook import Playbook
from earwitness.core.ports import EngineOptions
from earwitness.core.reading import Reading
from earwitness.core.run import CANCELLED, Outcome, Run, RunTarget, failed
from earwitness.core.session import Session
from earwitness.core.sound import Listening
from earwitness.core.stage import Stage
from earwitness.core.text_ports import Brief, Classifier, Example, Extractor
from earwitness.core.transcript import Label, Transcript
from earwitness.runs.execute import Execution
from earwitness.runs.listener import Listener
from earwitness.stages.classify import Classify
from earwitness.stages.extract import Extract
from earwitness.stages.read import Read
from earwitness.stages.roles import find_roles
from earwitness.store.library import Library

TEXT_STAGES = ("read", "classify", "extract")


@dataclass(frozen=True, slots=True)
class Wish:
    """How a session is to be understood.

    Attributes:
        engine: `rules`, the name of another plug-in, or `auto`: rules.
        options: For the engine.
        examples: How people labelled lines before.
        fresh: What was found before is not used.
    """

    engine: str = "auto"
    options: EngineOptions = field(default_factory=EngineOptions)
    examples: tuple[Example, ...] = ()
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Understood:
    """What was found in a session.

    Attributes:
        run: That found it.
        outcome: Done or degraded.
        reading: What it was found in.
        labels: What the utterances are.
        moments: Worth finding again.
        stale: The session was corrected since; ids of lines that are gone are left out.
    """

    run: Run
    outcome: Outcome
    reading: Reading
    labels: Labels
    moments: Moments
    stale: bool = False


def understand(
    library: Library,
    session_id: str,
    wish: Wish = Wish(),
    listener: Listener = lambda _stage, _share: None,
) -> Understood:
    """Label a session and find its moments; what was found in the same lines before is used.

    Raises:
        NotFound: There is no such session, or it has no transcript yet.
        EngineUnavailable: A named engine cannot run here, or would send text of a session that is
            local only away.
        EarwitnessError: As `process`.
        KeyboardInterrupt: After the run was closed; the same call continues it.
    """
    session = library.session(session_id)
    book = playbook(session.playbook, library.home)
    reading = reading_of(library, session)
    digest = digest_of(reading)
    engine = "rules" if wish.engine == "auto" else wish.engine
    brief = Brief(book, session.local_only, wish.examples)
    request = _request(digest, engine, wish, book)
    finished = None if wish.fresh else library.finished_run(session.id, request)
    if finished is not None and (found := _found(library, finished)) is not None:
        return found
    run = library.unfinished_run(session.id, request) or library.start_run(
        session.id, request, target=RunTarget(TEXT_STAGES)
    )
    try:
        classifier = _open("classify", engine, wish.options, brief)
        extractor = _open("extract", engine, wish.options, brief)
    except EarwitnessError as error:
        library.finish_run(run.id, failed(str(error), hint=error.hint))
        raise
    assert isinstance(classifier, Classifier)
    assert isinstance(extractor, Extractor)
    plan: tuple[Stage, ...] = (
        Read(reading, digest),
        Classify(classifier, book.schemes),
        Extract(extractor, book.moments),
    )
    try:
        _execute(library, run, plan, wish, listener)
    finally:
        classifier.close()
        extractor.close()
    found = _found(library, next(each for each in library.runs(session.id) if each.id == run.id))
    assert found is not None
    return found


def understood(library: Library, session_id: str) -> Understood | None:
    """What the newest run that understood a session found; None: none has yet."""
    for run in library.runs(session_id):
        if run.target is not None and run.target.stages == TEXT_STAGES and run.outcome is not None:
            found = _found(library, run)
            if found is not None:
                now = digest_of(reading_of(library, library.session(session_id)))
                return replace(found, stale=now != digest_of(found.reading))
    return None


def with_labels(transcript: Transcript, found: Labels) -> Transcript:
    """A transcript with what was found beside what people said; theirs wins."""
    ids = {line.id for line in transcript.utterances}
    said = {(label.utterance, label.scheme) for label in transcript.labels}
    more = tuple(
        label
        for label in found.labels
        if label.utterance in ids and (label.utterance, label.scheme) not in said
    )
    labels = sorted((*transcript.labels, *more), key=lambda each: (each.utterance, each.scheme))
    return Transcript(transcript.utterances, tuple(labels))


def reading_of(library: Library, session: Session) -> Reading:
    """What the text stages of a session read now.

    Raises:
        NotFound: It has no transcript yet.
        CorruptStore: The result or a correction is damaged.
    """
    run = transcribed_run(library, session.id)
    digest = library.result(run.id, "attribute")
    assert digest is not None
    transcript = without_doubted(see(library, session.id, digest).folded.transcript)
    series = library.series_of(session.id)
    cast = series.cast if series else ()
    own: tuple[Label, ...] = tuple(
        label for label in transcript.labels if label.by.startswith("user:")
    )
    spoken = Counter(line.language for line in transcript.utterances if line.language)
    language = session.language or next((code for code, _ in spoken.most_common(1)), None)
    terms = series_terms(series)
    plain = Reading(Transcript(transcript.utterances, own), language, cast, terms)
    return replace(plain, roles=find_roles(plain, session.playbook))


def digest_of(reading: Reading) -> str:
    """SHA-256 of all of a reading that its stages may look at."""

    def person(each: Person) -> list[object]:
        return [each.name, each.role, each.aliases, [c.name for c in each.characters]]

    told = [
        [
            [u.id, u.span.start_ms, u.span.end_ms, u.voice, u.person, u.text, u.language]
            for u in reading.transcript.utterances
        ],
        [[each.utterance, each.scheme, each.value, each.by] for each in reading.transcript.labels],
        reading.language,
        [person(each) for each in reading.cast],
        reading.vocabulary,
        reading.roles,
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _request(digest: str, engine: str, wish: Wish, book: Playbook) -> str:
    asked: list[object] = [
        digest,
        engine,
        wish.options.model,
        wish.options.own,
        [[each.name, each.values, each.about] for each in book.schemes],
        book.moments,
        [[each.name, each.language, each.version, each.text] for each in book.prompts]
        if engine != "rules"
        else [],
        [[each.text, each.scheme, each.value] for each in wish.examples]
        if engine != "rules"
        else [],
    ]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def _open(ability: str, engine: str, options: EngineOptions, brief: Brief) -> object:
    factory = plugins.text_engine(ability, engine)
    if brief.local_only and not factory.stays_here(options):
        raise EngineUnavailable(
            f"{engine} would send text away, and this session is local only",
            hint="leave it out for rules, or name a model on this machine",
        )
    return factory.open_for(options, brief)


def _execute(
    library: Library, run: Run, plan: tuple[Stage, ...], wish: Wish, listener: Listener
) -> None:
    def no_sound(_listening: Listening) -> object:
        raise AssertionError("text stages do not listen")

    execution = Execution(
        run,
        plan,
        library,
        sound=no_sound,  # type: ignore[arg-type]
        workers=wish.options.workers,
        afresh=frozenset(TEXT_STAGES if wish.fresh else ()),
        listener=listener,
    )
    try:
        result = execution.go()
    except KeyboardInterrupt:
        execution.close(CANCELLED)
        raise
    execution.close(result.outcome)
    if result.outcome.kind == "failed":
        raise result.error or EarwitnessError(result.outcome.why, hint=result.outcome.hint)


def _found(library: Library, run: Run) -> Understood | None:
    """What a run found; None when something of it is not there."""
    digests = [library.result(run.id, stage) for stage in TEXT_STAGES]
    read, classified, extracted = digests
    if run.outcome is None or read is None:
        return None
    return Understood(
        run,
        run.outcome,
        library.get(read, Reading),
        library.get(classified, Labels) if classified else Labels(()),
        library.get(extracted, Moments) if extracted else Moments(()),
    )
