"""Collect and compose: windows and sections, remembered each by itself, gated twice."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from tests.unit.engines.test_rules_stance import utterance

from earwitness.core.claims import Refusal
from earwitness.core.note import Composed, Section, Sections, Sentence, Slot, Template
from earwitness.core.ports import Audio
from earwitness.core.reading import Reading, Window
from earwitness.core.sound import Listening
from earwitness.core.stage import Inputs, Part
from earwitness.core.text_ports import Findings
from earwitness.core.transcript import Label, Transcript
from earwitness.stages.collect import SIZE, Collect
from earwitness.stages.compose import Compose

FORM = Template(
    "soap", "SOAP", "en", (Slot("told", "Told", "what was told"), Slot("plan", "Plan", "what next"))
)
LINES = tuple(utterance(n, "ANN", f"number {n}") for n in range(2 * SIZE + 1))
READING = Reading(Transcript(LINES), "en")


@dataclass(frozen=True)
class Echo:
    """Quotes the first line of a window, and cites one that is not there."""

    name: str = "echo"
    fingerprint: str = "echo 1"
    written: bool = False

    def collect(self, window: Window, template: Template) -> Sections:
        first = window.lines[0]
        told = (Sentence(first.text, (first.id,), True), Sentence("invented", (9_999,), True))
        return Sections((Section(template.slots[0].key, told),))

    def compose(self, slot: Slot, template: Template, found: Findings) -> Section:
        del template
        assert found.sentences, "nobody is asked about a section for which nothing was found"
        smuggled = Sentence("number 1", (1,), True)
        return Section(slot.key, (*found.sentences, smuggled))

    def close(self) -> None:
        """Nothing is held."""


def no_sound(_listening: Listening) -> Audio:
    raise AssertionError("text stages do not listen")


def inputs(*made: object) -> Inputs:
    return Inputs(no_sound, {type(each): each for each in made})


def done(stage: Collect | Compose, given: Inputs) -> object:
    pieces: dict[int | None, object] = {
        part.index: stage.work(part, given, lambda _share: None).value
        for part in stage.parts(given)
    }
    return stage.join(pieces, given)


def test_a_window_is_sixty_lines_and_cites_only_its_own() -> None:
    stage = Collect(Echo(), FORM)
    assert [part.weight for part in stage.parts(inputs(READING))] == [60, 60, 1]
    found = done(stage, inputs(READING))
    assert isinstance(found, Sections)
    assert [each.evidence for each in found.get("told").sentences] == [(0,), (60,), (120,)]
    assert found.refused == (Refusal("unknown_line", 3),)
    assert found.get("plan").sentences == ()


def test_a_section_cites_only_what_was_collected_for_it() -> None:
    collected = done(Collect(Echo(), FORM), inputs(READING))
    made = done(Compose(Echo(), FORM), inputs(READING, collected))
    assert isinstance(made, Composed)
    assert [each.evidence for each in made.note.get("told").sentences] == [(0,), (60,), (120,)]
    assert made.note.refused == (Refusal("unknown_line", 1),)
    assert made.note.get("plan").sentences == ()


def keys(stage: Collect | Compose, given: Inputs) -> list[tuple[str, str | None, str]]:
    def of(part: Part) -> tuple[str, str | None, str]:
        return part.identity, part.hears, stage.identity

    return [of(part) for part in stage.parts(given)]


def test_only_what_changed_is_asked_again() -> None:
    stage = Collect(Echo(), FORM)
    before = keys(stage, inputs(READING))
    other = (*LINES[:-1], utterance(2 * SIZE, "ANN", "another"))
    assert keys(stage, inputs(READING)) == before
    after = keys(stage, inputs(replace(READING, transcript=Transcript(other))))
    assert after[:2] == before[:2]
    assert after[2] != before[2]
    labelled = Collect(Echo(), FORM, (Label(0, "stance", "IC", None, "rules"),))
    assert [a == b for a, b in zip(keys(labelled, inputs(READING)), before, strict=True)] == [
        False,
        True,
        True,
    ]


@pytest.mark.parametrize("stage", [Collect(Echo(), FORM), Compose(Echo(), FORM)])
def test_another_form_engine_or_attempt_is_another_result(stage: Collect | Compose) -> None:
    others = (
        replace(stage, template=replace(FORM, title="Other")),
        replace(stage, writer=Echo(fingerprint="echo 2")),
        replace(stage, attempt="again"),
    )
    assert len({stage.identity, *(each.identity for each in others)}) == 4
    assert stage.substitute(inputs()) is None
    assert stage.engine(inputs()) == "echo"
