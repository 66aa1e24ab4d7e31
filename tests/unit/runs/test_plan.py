"""Plan: what is known of stages without opening an engine is what they say themselves."""

from __future__ import annotations

from dataclasses import replace

from earwitness.core.sound import Listening, Reels
from earwitness.core.stage import Stage
from earwitness.engines.scripted import ScriptedTranscriber
from earwitness.runs.aligning import Align
from earwitness.runs.decoding import Decode
from earwitness.runs.plan import NEEDS, OF_TRACKS, dependents, followers, ordered
from earwitness.stages.attribute import Attribute
from earwitness.stages.crosstalk import FindCrosstalk
from earwitness.stages.cut import CutSpeech
from earwitness.stages.detect import Detect
from earwitness.stages.diarize import Diarize
from earwitness.stages.guard import Guard
from earwitness.stages.settle import Settle
from earwitness.stages.transcribe import Transcribe


def real_stages() -> tuple[Stage, ...]:
    """Ours, with engines that nobody asks."""
    scripted = ScriptedTranscriber(None)
    return (
        Decode((), None, Reels),  # type: ignore[arg-type]
        Align(None, None),  # type: ignore[arg-type]
        Detect(None),  # type: ignore[arg-type]
        FindCrosstalk(),
        Diarize(None, None, None),  # type: ignore[arg-type]
        CutSpeech(scripted.chunking),
        Transcribe(scripted, "en"),
        Settle(),
        Guard(),
        Attribute(),
    )


def test_needs_are_those_of_the_stages() -> None:
    stages = real_stages()
    made = {stage.makes: stage.name for stage in stages}
    needs = {stage.name: tuple(made[need] for need in stage.needs) for stage in stages}
    assert needs == NEEDS
    assert list(needs) == list(NEEDS), "and so is the order"


def test_followers_are_dependents() -> None:
    plan = ordered(real_stages())
    for name in NEEDS:
        assert followers(frozenset({name})) == dependents(plan, name)
    decode, _, *rest = real_stages()
    in_a_row = ordered((replace(decode, makes=Listening), *rest))  # type: ignore[type-var]
    for name in set(NEEDS) - OF_TRACKS:
        assert followers(frozenset({name})) - OF_TRACKS == dependents(in_a_row, name)
    assert followers(frozenset({"diarize"})) == {"diarize", "settle", "attribute"}
    assert followers(frozenset({"transcribe"})) == {"transcribe", "guard", "attribute"}
