"""How often rules are right where they say how sure they are: `python benchmarks/calibration.py`.

Moments: the two evenings of tests/journey into which moments were planted. Stance: the turns of
tests/real that were labelled blind, in or out of the story; needs the games (EARWITNESS_DATA). A
table each: confidence, how many, how often right.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
import tempfile
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import earwitness
from earwitness.core.evidence import IN_STORY
from earwitness.core.text import fold_text
from earwitness.core.transcript import Record

ROOT = Path(__file__).parent.parent
EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)


def planted(language: str, home: Path) -> list[tuple[float, bool]]:
    """Confidence of each moment that is found, and whether it was planted."""
    text = (ROOT / "tests" / "journey" / f"planted_{language}.txt").read_text("utf-8")
    lines = [line.partition(" ") for line in text.splitlines()]
    path = home / f"{language}.srt"
    path.write_text(
        "\n".join(
            f"{n + 1}\n00:{n // 12:02}:{5 * n % 60:02},000 --> 00:{n // 12:02}:{5 * n % 60 + 4:02},"
            f"000\n{said}\n"
            for n, (_, _, said) in enumerate(lines)
        ),
        "utf-8",
    )
    done = earwitness.import_transcript(
        path, playbook="tabletop", language=language, home=home, output=home
    )
    return [
        (moment.confidence or 0.0, any(lines[each][0] == moment.kind for each in moment.evidence))
        for moment in done.record.moments
    ]


def stances(games: Path, home: Path) -> list[tuple[float, bool]]:
    """Confidence of each blind turn's stance, and whether it is on the right side of the story."""
    told = json.loads((ROOT / "tests" / "real" / "stance_turns.json").read_text("utf-8"))["turns"]
    found = []
    for episode in sorted({str(each[0]) for each in told}):
        data = gzip.decompress((games / f"{episode}.json.gz").read_bytes())
        path = home / f"{episode}.json"
        path.write_bytes(data)
        done = earwitness.import_transcript(
            path, pace=13, playbook="tabletop", language="en", home=home, output=home
        )
        turns = [" ".join(turn["UTTERANCES"]) for turn in json.loads(data)["TURNS"]]
        by_turn = _by_turn(turns, done.record)
        for name, turn, stance in told:
            if name == episode and stance != "?" and turn in by_turn:
                value, sure = by_turn[turn]
                found.append((sure, (value in IN_STORY) == (stance in IN_STORY)))
    return found


def _by_turn(turns: list[str], record: Record) -> dict[int, tuple[str, float]]:
    labels = {
        each.utterance: (each.value, each.confidence or 0.0)
        for each in record.transcript.labels
        if each.scheme == "stance"
    }
    lines = iter(record.transcript.utterances)
    line, found = next(lines, None), {}
    for turn, text in enumerate(turns):
        if line is not None and fold_text(line.text) == fold_text(text):
            if line.id in labels:
                found[turn] = labels[line.id]
            line = next(lines, None)
    return found


def table(what: str, told: Iterable[tuple[float, bool]]) -> str:
    """Bins of confidence with how often each was right."""
    told = list(told)
    rows = [f"{what}: {len(told)}"]
    for low, high in pairwise(EDGES):
        inside = [(sure, right) for sure, right in told if low <= sure < high]
        if inside:
            mean = sum(sure for sure, _ in inside) / len(inside)
            right = sum(right for _, right in inside) / len(inside)
            between = f"{low:.1f}-{min(high, 1):.1f}"
            rows.append(f"  {between}  n {len(inside):3}  said {mean:.2f}  right {right:.2f}")
    error = sum((sure - right) ** 2 for sure, right in told) / len(told)
    rows.append(f"  Brier score {error:.3f}")
    return "\n".join(rows)


def main() -> int:
    """Print both."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        print(table("moments", [*planted("en", home), *planted("nl", home)]))
        games = Path(os.environ.get("EARWITNESS_DATA", "")) / "text" / "dnd" / "crd3"
        if games.is_dir():
            print(table("stance, in or out of the story", stances(games, home)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
