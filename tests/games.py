"""Stretches of real games, and sessions made of them."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Sequence
from pathlib import Path

import earwitness

DATA = Path(os.environ.get("EARWITNESS_DATA") or Path(__file__).parents[2] / "shared" / "data")
GAMES = DATA / "text" / "dnd" / "crd3"

Turn = dict[str, object]


def turns_of(episode: str, count: int) -> list[Turn]:
    """The first turns of an episode."""
    with gzip.open(GAMES / f"{episode}.json.gz", "rt", encoding="utf-8") as file:
        found: list[Turn] = json.load(file)["TURNS"][:count]
    return found


def turn(name: str, text: str) -> Turn:
    """One more."""
    return {"NAMES": [name], "UTTERANCES": [text], "NUMBER": 0}


def imported(folder: Path, turns: Sequence[Turn], *, language: str = "en") -> str:
    """A session made of turns, understood by rules as every import is; returns its id."""
    path = folder / "game.json"
    numbered = [{**each, "NUMBER": number} for number, each in enumerate(turns)]
    path.write_text(json.dumps({"CHUNKS": [], "TURNS": numbered}), "utf-8")
    done = earwitness.import_transcript(
        path, pace=13, playbook="tabletop", language=language, output=folder / "out"
    )
    return done.session.id
