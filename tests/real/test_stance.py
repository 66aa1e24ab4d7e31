"""Stance by rules on whole games of others: turns labelled blind, and moments that were said."""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from pathlib import Path

import pytest

import earwitness
from earwitness.app.library import open_library
from earwitness.app.settings import read_settings
from earwitness.app.understanding.understand import understand
from earwitness.app.understanding.understood import Understood
from earwitness.core.evidence import OF_DICE, OUT_OF_CHARACTER
from earwitness.core.text import fold_text

DATA = Path(os.environ.get("EARWITNESS_DATA") or Path(__file__).parents[3] / "shared" / "data")
GAMES = DATA / "text" / "dnd" / "crd3"
EPISODES = ("C2E015", "C2E016", "C2E017")
INSIDE = ("IC", "NARRATION")
REACHED = 0.75
"""What the rules do not fall below again; 0.84 is wanted. Decision 23 tells of the difference."""

STANCES = (*INSIDE, "MECHANICS", "OOC")
pytestmark = pytest.mark.skipif(not GAMES.is_dir(), reason="no games here")


def labelled() -> list[tuple[str, int, str]]:
    """Episode, turn and stance; turns that a reader could not decide on are left out."""
    told = json.loads((Path(__file__).parent / "stance_turns.json").read_text("utf-8"))
    found = [(str(episode), int(turn), str(stance)) for episode, turn, stance in told["turns"]]
    assert {stance for _, _, stance in found} <= {*STANCES, "?"}
    return [each for each in found if each[2] != "?"]


def turns(episode: str) -> list[str]:
    """What was said, turn by turn."""
    with gzip.open(GAMES / f"{episode}.json.gz", "rt", encoding="utf-8") as file:
        return [" ".join(turn["UTTERANCES"]) for turn in json.load(file)["TURNS"]]


@pytest.fixture(scope="module")
def games(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Understood]:
    """All episodes, imported and understood as users do."""
    folder = tmp_path_factory.mktemp("games")
    found = {}
    for episode in EPISODES:
        path = folder / f"{episode}.json"
        path.write_bytes(gzip.decompress((GAMES / f"{episode}.json.gz").read_bytes()))
        done = earwitness.import_transcript(
            path, pace=13, playbook="tabletop", language="en", home=folder, output=folder
        )
        with open_library(read_settings(home=folder)) as library:
            found[episode] = understand(library, done.session.id)
    return found


def stances_by_turn(found: Understood, episode: str) -> dict[int, str]:
    """The stance of each turn that became a line of the same words."""
    told = {each.utterance: each.value for each in found.labels.labels if each.scheme == "stance"}
    lines = iter(found.reading.transcript.utterances)
    stances: dict[int, str] = {}
    line = next(lines, None)
    for turn, text in enumerate(turns(episode)):
        if line is not None and fold_text(line.text) == fold_text(text):
            stances[turn] = told.get(line.id, "unknown")
            line = next(lines, None)
    assert line is None, "every line was found among the turns"
    return stances


def test_turns_labelled_blind_are_put_on_the_right_side(games: dict[str, Understood]) -> None:
    told = {episode: stances_by_turn(found, episode) for episode, found in games.items()}
    confused: Counter[tuple[str, str]] = Counter()
    for episode, turn, stance in labelled():
        confused[stance, told[episode].get(turn, "missing")] += 1
    right = sum(n for (was, now), n in confused.items() if (was in INSIDE) == (now in INSIDE))
    total = confused.total()
    assert right >= REACHED * total, f"{right} of {total}: {sorted(confused.items())}"


def test_every_quote_was_said_word_for_word_and_in_the_story(games: dict[str, Understood]) -> None:
    for found in games.values():
        lines = {line.id: line.text for line in found.reading.transcript.utterances}
        stances = {
            each.utterance: each.value for each in found.labels.labels if each.scheme == "stance"
        }
        assert found.moments.moments
        for moment in found.moments.moments:
            assert moment.quote
            assert moment.quote in " ".join(lines[each] for each in moment.evidence)
            if moment.kind not in OF_DICE:
                outside = {*OUT_OF_CHARACTER, None}
                assert not {stances.get(each) for each in moment.evidence} & outside
