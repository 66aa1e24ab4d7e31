"""Moments planted in two evenings, English and Dutch, among lines that only sound like some.

The evenings were written for this test, by whoever wrote the rules. Every line says what is to be
found in it: a kind of moment, `-` nothing, `x` a trap.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import earwitness
from earwitness.app.library import open_library
from earwitness.app.settings import read_settings
from earwitness.app.understanding.understand import understand
from earwitness.app.understanding.understood import Understood
from earwitness.core.evidence import OF_DICE, OUT_OF_CHARACTER, is_verbatim

HERE = Path(__file__).parent


def evening(language: str) -> list[tuple[str, str]]:
    """What is to be found, and `NAME: what was said`."""
    text = (HERE / f"planted_{language}.txt").read_text("utf-8")
    found = [line.partition(" ") for line in text.splitlines()]
    return [(wanted, said) for wanted, _, said in found]


def understood(language: str, folder: Path) -> Understood:
    cues = [
        f"{number + 1}\n00:{number // 12:02}:{5 * number % 60:02},000 --> "
        f"00:{number // 12:02}:{5 * number % 60 + 4:02},000\n{said}\n"
        for number, (_, said) in enumerate(evening(language))
    ]
    path = folder / f"{language}.srt"
    path.write_text("\n".join(cues), "utf-8")
    done = earwitness.import_transcript(path, playbook="tabletop", language=language)
    with open_library(read_settings()) as library:
        return understand(library, done.session.id)


@pytest.mark.parametrize("language", ["en", "nl"])
def test_planted_moments_are_found_and_traps_are_not(language: str, tmp_path: Path) -> None:
    found = understood(language, tmp_path)
    lines = found.reading.transcript.utterances
    planted = evening(language)
    assert [line.text for line in lines] == [said.partition(": ")[2] for _, said in planted]
    told = {(each, moment.kind) for moment in found.moments.moments for each in moment.evidence}
    wanted = {
        (line.id, kind)
        for line, (kind, _) in zip(lines, planted, strict=True)
        if kind not in ("-", "x")
    }
    missed = sorted(wanted - told)
    assert len(wanted - set(missed)) >= 0.9 * len(wanted), missed
    traps = {line.id for line, (kind, _) in zip(lines, planted, strict=True) if kind == "x"}
    assert not [each for each in told if each[0] in traps]
    more = {each for each in told - wanted if each[1] != "question"}
    assert len(more) <= 0.1 * len(told), sorted(more)


@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_moment_stands_on_what_was_said_in_the_story(language: str, tmp_path: Path) -> None:
    found = understood(language, tmp_path)
    lines = {line.id: line for line in found.reading.transcript.utterances}
    spoken = " ".join(line.text for line in lines.values())
    stances = {
        each.utterance: each.value for each in found.labels.labels if each.scheme == "stance"
    }
    assert not found.moments.refused
    for moment in found.moments.moments:
        assert moment.quote
        assert is_verbatim(moment.quote, [lines[each] for each in moment.evidence])
        parts = re.split(r"(?<=[.!?\"]) ", moment.context) if moment.context else []
        assert all(part in spoken for part in parts)
        assert moment.who
        assert moment.confidence is not None
        if moment.kind not in OF_DICE:
            assert not {stances.get(each) for each in moment.evidence} & {*OUT_OF_CHARACTER, None}


def test_two_who_are_related_are_named(tmp_path: Path) -> None:
    found = understood("en", tmp_path)
    (kin,) = (each for each in found.moments.moments if each.kind == "relationship")
    assert (kin.who, kin.relation) == (("ANN", "CEM"), "brother")
