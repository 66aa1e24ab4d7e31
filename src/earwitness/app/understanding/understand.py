"""Understand: labels and moments of a session, by rules or a language model.

It reads what people see - corrections folded in, names in place - so it runs after them, and
again after more of them: windows in which nothing changed are not judged twice. What it finds is
kept as further stages of the run whose transcript it read.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import uuid4

from earwitness import plugins
from earwitness.app.records import transcribed_run
from earwitness.app.reports.prices import price_list
from earwitness.app.understanding.examples import lessons_for
from earwitness.app.understanding.opening import carry_out, open_engine
from earwitness.app.understanding.playbooks import playbook
from earwitness.app.understanding.reading import digest_of, reading_in
from earwitness.app.understanding.understood import NOTED, TEXT_STAGES, Understood, found_by
from earwitness.app.wishes import options_for
from earwitness.core.claims import Labels, Moments, Noted
from earwitness.core.errors import EarwitnessError
from earwitness.core.ports import EngineOptions
from earwitness.core.purse import Purse
from earwitness.core.reading import Reading
from earwitness.core.run import DONE, Run, Step, degraded
from earwitness.core.session import Session
from earwitness.core.stage import Stage
from earwitness.core.text_ports import (
    NO_LIMIT,
    Brief,
    Budget,
    Classifier,
    Extractor,
)
from earwitness.runs.execute import Result
from earwitness.runs.lanes import lane_for
from earwitness.runs.listener import Listener
from earwitness.stages.classify import Classify
from earwitness.stages.extract import Extract
from earwitness.stages.read import Read
from earwitness.store.library import Library


@dataclass(frozen=True, slots=True)
class Wish:
    """How a session is to be understood.

    Attributes:
        engine: `rules`, the name of another plug-in, or `auto`: rules.
        options: For the engine.
        models: Language models in the order in which they are tried.
        budget: What they may be asked for.
        fresh: What was found before is not used.
    """

    engine: str = "auto"
    options: EngineOptions = field(default_factory=EngineOptions)
    models: tuple[str, ...] = ()
    budget: Budget = NO_LIMIT
    fresh: bool = False


def understand(
    library: Library,
    session_id: str,
    wish: Wish = Wish(),
    listener: Listener = lambda _stage, _share: None,
) -> Understood:
    """Label a session and find its moments; what was found in the same lines before is used.

    An engine that fails ends nothing: where it gave labels or moments for some lines, the others
    have none; where it gave nothing at all, what was found before stays. `Understood.noted` says
    so, and the same call tries again.

    Raises:
        NotFound: There is no such session, or it has no transcript yet.
        EngineUnavailable: A named engine cannot run here, or would send text of a session that is
            local only away.
        EarwitnessError: As `process`.
        KeyboardInterrupt: The same call goes on where it stopped.
    """
    session = library.session(session_id)
    book = playbook(session.playbook, library.home)
    reading = reading_of(library, session)
    digest = digest_of(reading)
    engine = "rules" if wish.engine == "auto" else wish.engine
    brief = brief_for(library, session, "classify", engine=engine, wish=wish)
    run = transcribed_run(library, session.id)
    before = found_by(library, run)
    with ExitStack() as engines:
        classifier = open_engine("classify", engine, wish.options, brief)
        assert isinstance(classifier, Classifier)
        engines.callback(classifier.close)
        extractor = open_engine("extract", engine, wish.options, brief)
        assert isinstance(extractor, Extractor)
        engines.callback(extractor.close)
        plan = (
            Read(reading, digest),
            Classify(classifier, book.schemes, lane_for(classifier)),
            Extract(extractor, book.moments, lane_for(extractor)),
        )
        request = _request(digest, *(stage.identity for stage in plan))
        if before is not None and before.answers(request) and not wish.fresh:
            return before
        result = carry_out(
            library,
            run,
            plan,
            workers=wish.options.workers,
            listener=listener,
            release=engines.close,
            afresh=frozenset(TEXT_STAGES if wish.fresh else ()),
            bear=True,
        )
        noted = _noted(library, run, plan, result, request=request, before=before)
    _keep(library, run, noted)
    found = found_by(library, run)
    assert found is not None
    return found


def keep_understood(
    library: Library,
    session_id: str,
    listener: Listener = lambda _stage, _share: None,
) -> Understood:
    """What is known of a session, whoever found it; nothing is put in place of what models found.

    Rules look where nobody has looked yet, and again where they looked before changes: they cost
    nothing. Models are asked by name only.

    Raises:
        EarwitnessError: As `understand`.
    """
    found = found_by(library, transcribed_run(library, session_id))
    if found is not None and any(engine != "rules" for _, engine in found.noted.engines):
        return found
    return understand(library, session_id, listener=listener)


def understand_if_possible(library: Library, session_id: str) -> tuple[str, ...]:
    """Keep a session understood; a transcript is not worse for being without labels.

    Returns:
        What the user should know when it did not work.
    """
    try:
        keep_understood(library, session_id)
    except EarwitnessError as error:
        return (f"labels and moments: {error}" + (f" ({error.hint})" if error.hint else ""),)
    return ()


def reading_of(library: Library, session: Session) -> Reading:
    """What the text stages of a session read now.

    Raises:
        NotFound: It has no transcript yet.
        CorruptStore: The result or a correction is damaged.
    """
    return reading_in(library, session, transcribed_run(library, session.id))


def _request(*depends_on: str) -> str:
    return hashlib.sha256(json.dumps(depends_on).encode()).hexdigest()


def brief_for(
    library: Library, session: Session, ability: str, *, engine: str, wish: Wish
) -> Brief:
    """What an engine is told; rules learn nothing, and ask nobody."""
    book = playbook(session.playbook, library.home)
    brief = Brief(book, session.local_only, models=wish.models, budget=wish.budget)
    if engine == "rules":
        return brief
    factory = plugins.text_engine(ability, engine)
    away = not factory.stays_here(options_for(factory, wish.options), brief)
    lessons = lessons_for(library, session.id, away=away)
    return replace(
        brief,
        examples=lessons.examples,
        strangers=lessons.strangers,
        purse=Purse(wish.budget),
        price=price_list(library.home),
    )


def _noted(
    library: Library,
    run: Run,
    plan: tuple[Stage, ...],
    result: Result,
    *,
    request: str,
    before: Understood | None,
) -> Noted:
    """What was found, and how; where a stage gave nothing at all, what was found before."""
    why = result.outcome.why
    lost = [name for name in TEXT_STAGES if result.stages[name].kind == "failed"]
    if lost and before is not None:
        kept = before.noted
        return Noted(request, kept.results, kept.engines, f"{why}; what was found before stays")
    found = {stage: library.result(run.id, stage) for stage in TEXT_STAGES}
    for name in lost:
        nothing = result.inputs.take(Labels if name == "classify" else Moments)
        found[name] = library.put(f"none:{name}:{run.id}", name, run.session, nothing)
    engines = ((stage.name, stage.engine(result.inputs)) for stage in plan)
    return Noted(
        request,
        tuple((stage, digest) for stage, digest in found.items() if digest is not None),
        tuple((stage, name) for stage, name in engines if name is not None),
        why,
    )


def _keep(library: Library, run: Run, noted: Noted) -> None:
    """What the run's transcript is understood by from now on."""
    key, now = f"{NOTED}:{run.id}:{uuid4().hex}", datetime.now(UTC)
    digest = library.put(key, NOTED, run.session, noted)
    outcome = degraded(noted.lacking, instead="what there is") if noted.lacking else DONE
    library.note_step(Step(run.id, NOTED, None, key, digest, False, outcome, now, 0, 0))
