"""Make the weights of the rules for stance from turns that we labelled ourselves.

    EARWITNESS_DATA=... python tools/weigh_stance.py [--check]

Turns and labels are tests/real/stance_turns_develop.json, and those Dutch turns of the unit tests
that are there to develop on. What was said is read from the CRD3 episodes beside the recordings of
the tests, and nothing of it goes into the weights: they stand for signs that have names. Two sums
are made, both of logistic regressions with a penalty on what leads away from weights set by hand:

1. of a line: its signs, with weights of their own for the leader, for players, and for people whose
   part is unknown (every turn is used a second time with all parts hidden, and a third time without
   quotation marks, since recognised speech has none);
2. of its neighbours: what the first sum says of the lines around it. So that the second does not
   trust the first too much, the first is made four times for it, each time without the stretches
   whose neighbours it then judges.

`--check` tells instead how good rules made in this way are on stretches they were not made from.
Written is src/earwitness/engines/rules_weights.py.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from earwitness.core.reading import Reading, Window, windows
from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.transcript import Transcript, Utterance
from earwitness.engines.rules_line import Shown, shown
from earwitness.engines.rules_stance import INSIDE, STANCES, Shares, around
from stance_believed import BELIEVED

ROOT = Path(__file__).parents[1]
LABELS = ROOT / "tests" / "real" / "stance_turns_develop.json"
WRITTEN = ROOT / "src" / "earwitness" / "engines" / "rules_weights.py"
DUTCH_TURNS = json.loads(
    (ROOT / "tests" / "unit" / "engines" / "dutch_turns.json").read_text("utf-8")
)
DUTCH_PARTS = ("develop", "spoken_develop")
LEADER = "MATT"
PARTS = ("dm", "player", None)
PENALTY = 5.0
PENALTY_AROUND = 3.0
SECOND_HAND = 0.3
"""What a turn counts for when its parts are hidden, or its quotation marks."""

STRETCH = 10
FOLDS = 8
QUOTES = re.compile(r"[\"“”„]")

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Place:
    """A labelled line: its window, where it stands there, and what it counts for."""

    window: int
    line: int
    stance: int
    stretch: int
    share: float
    kind: str


@dataclass(frozen=True, slots=True)
class Turns:
    """All that weights are made from: windows, the signs of their lines, and labelled places."""

    windows: list[Window]
    signs: list[list[Shown | None]]
    places: list[Place]

    def names(self) -> list[str]:
        """Every sign that shows anywhere."""
        seen = {name for window in self.signs for line in window if line for name in line}
        return sorted(seen.union(*BELIEVED.values()))


def reading(path: Path) -> Reading:
    """An episode as the program reads it: a line per turn, the leader known."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        turns = json.load(file)["TURNS"]
    lines = []
    for number, turn in enumerate(turns):
        who = " / ".join(turn["NAMES"])
        start = 1_000 * number
        said = " ".join(turn["UTTERANCES"]).split() or ["-"]
        words = tuple(Word(each, Span(start, start + 1_000)) for each in said)
        lines.append(Utterance(number, Span(start, start + 1_000), words, who, who))
    voices = sorted({line.voice or "" for line in lines})
    roles = tuple((voice, "dm" if voice == LEADER else "player") for voice in voices)
    return Reading(Transcript(tuple(lines)), "en", roles=roles)


def table(rows: Sequence[tuple[str, str, str]]) -> Reading:
    """A Dutch table of the unit tests; Mark leads it."""
    lines = []
    for number, (who, said, _) in enumerate(rows):
        span = Span(1_000 * number, 1_000 * number + 1_000)
        words = tuple(Word(each, span) for each in said.split())
        lines.append(Utterance(number, span, words, who, who))
    roles = {who: "dm" if who == "MARK" else "player" for who, *_ in rows}
    return Reading(Transcript(tuple(lines)), "nl", roles=tuple(sorted(roles.items())))


def unquoted(told: Reading) -> Reading:
    """The same without quotation marks."""
    lines = tuple(
        replace(
            line, words=tuple(replace(w, text=QUOTES.sub("", w.text) or "-") for w in line.words)
        )
        for line in told.transcript.utterances
    )
    return replace(told, transcript=Transcript(lines))


def gathered(data: Path) -> Turns:
    """The labelled turns with all that is around them."""
    labels = json.loads(LABELS.read_text("utf-8"))["turns"]
    stretch = {(e, t): number // STRETCH for number, (e, t, _) in enumerate(labels)}
    made = Turns([], [], [])
    for episode in sorted({each[0] for each in labels}):
        told = reading(data / "text" / "dnd" / "crd3" / f"{episode}.json.gz")
        wanted = {
            turn: (STANCES.index(stance), stretch[episode, turn])
            for name, turn, stance in labels
            if name == episode and stance != "?"
        }
        _gather(made, told, wanted, 1.0, "as said")
        _gather(made, replace(told, roles=()), wanted, SECOND_HAND, "parts unknown")
        _gather(made, unquoted(told), wanted, SECOND_HAND, "unquoted")
    last = max(stretch.values())
    for number, rows in enumerate((DUTCH_TURNS[name] for name in DUTCH_PARTS), last + 1):
        told = table(rows)
        wanted = {place: (STANCES.index(row[2]), number) for place, row in enumerate(rows)}
        _gather(made, told, wanted, 1.0, "Dutch")
        _gather(made, unquoted(told), wanted, SECOND_HAND, "Dutch, unquoted")
    return made


def _gather(
    made: Turns, told: Reading, wanted: dict[int, tuple[int, int]], share: float, kind: str
) -> None:
    """Put the windows of a reading that hold labelled lines with the others."""
    for window in windows(told):
        marked = [place for place, line in enumerate(window.lines) if line.id in wanted]
        if not marked:
            continue
        made.windows.append(window)
        made.signs.append(shown(window))
        for place in marked:
            stance, stretch = wanted[window.lines[place].id]
            number = len(made.windows) - 1
            made.places.append(
                Place(number, place + len(window.before), stance, stretch, share, kind)
            )


def fitted(signs: Array, stances: Array, shares: Array, penalty: float, first: Array) -> Array:
    """Weights under which the stances are likeliest, held near the first ones by the penalty."""
    wanted = np.eye(len(STANCES))[stances.astype(int)]

    def cost(flat: Array) -> tuple[float, Array]:
        weights = flat.reshape(first.shape)
        likely = softmax(signs @ weights)
        away = weights - first
        told = -(shares * np.log((likely * wanted).sum(1) + 1e-12)).sum()
        slope = signs.T @ ((likely - wanted) * shares[:, None]) + penalty * away
        return float(told + penalty / 2 * (away**2).sum()), slope.ravel()

    found = minimize(cost, first.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return np.asarray(found.x).reshape(first.shape)


def softmax(sums: Array) -> Array:
    """Shares of one."""
    powers = np.exp(sums - sums.max(1, keepdims=True))
    return np.asarray(powers / powers.sum(1, keepdims=True))


class Maker:
    """Makes both sums from some of the places, and judges others by them."""

    def __init__(self, turns: Turns) -> None:
        """Number the signs: each one for all, and each one for every part."""
        self.turns = turns
        names = turns.names()
        self.columns = {
            (part, name): number
            for number, (part, name) in enumerate(
                (part, name) for part in ("all", *PARTS) for name in names
            )
        }
        self.matrices = [self._matrix(number) for number in range(len(turns.windows))]
        self.stances = np.array([float(each.stance) for each in turns.places])
        self.shares = np.array([each.share for each in turns.places])
        self.stretches = np.array([each.stretch for each in turns.places])
        self.rows = np.array([self.matrices[each.window][each.line] for each in turns.places])

    def _matrix(self, window: int) -> Array:
        lines = (*self.turns.windows[window].before, *self.turns.windows[window].lines)
        made = np.zeros((len(lines), len(self.columns)))
        for place, (line, signs) in enumerate(zip(lines, self.turns.signs[window], strict=True)):
            part = self.turns.windows[window].role_of(line)
            for name, value in (signs or {}).items():
                made[place, self.columns["all", name]] = value
                made[place, self.columns[part, name]] = value
        return made

    def believed(self) -> Array:
        """The weights set by hand; strangers are taken for players."""
        made = np.zeros((len(self.columns), len(STANCES)))
        for (part, name), number in self.columns.items():
            made[number] = BELIEVED[part or "player"].get(name, (0.0, 0.0, 0.0, 0.0))
        return made

    def of_lines(self, chosen: Array) -> Array:
        """The first sum, made from chosen places."""
        first = self.believed()
        return fitted(self.rows[chosen], self.stances[chosen], self.shares[chosen], PENALTY, first)

    def surroundings(self, weights: Array, chosen: Array) -> Array:
        """What the second sum is made from: the first one's, and the neighbours' shares."""
        made = []
        for number in np.flatnonzero(chosen):
            each = self.turns.places[number]
            sums = self.matrices[each.window] @ weights
            shares: list[Shares | None] = [tuple(map(float, row)) for row in softmax(sums)]
            window = self.turns.windows[each.window]
            line = (*window.before, *window.lines)[each.line]
            near = around(shares, each.line, leads=window.role_of(line) == "dm")
            made.append([*sums[each.line], *near])
        return np.array(made)

    def both(self, chosen: Array, parts: Array) -> tuple[Array, Array]:
        """Both sums, made from chosen places; parts: which quarter of them a place is in."""
        rows: dict[int, Array] = {}
        for part in range(4):
            weights = self.of_lines(chosen & (parts != part))
            left = chosen & (parts == part)
            rows |= dict(zip(np.flatnonzero(left), self.surroundings(weights, left), strict=True))
        near = np.array([rows[number] for number in np.flatnonzero(chosen)])
        first = np.zeros((near.shape[1], len(STANCES)))
        first[: len(STANCES)] = np.eye(len(STANCES))
        second = fitted(near, self.stances[chosen], self.shares[chosen], PENALTY_AROUND, first)
        return self.of_lines(chosen), second


def by_sign(maker: Maker, weights: Array) -> dict[str, list[list[float]]]:
    """The first sum by sign, for the leader, for players and for strangers."""
    weights = weights - weights.mean(1, keepdims=True)
    made = {}
    for name in maker.turns.names():
        rows = [
            weights[maker.columns["all", name]] + weights[maker.columns[part, name]]
            for part in PARTS
        ]
        made[name] = [[round(float(each), 2) + 0.0 for each in row] for row in rows]
    return made


def text_of(lines: dict[str, list[list[float]]], near: Array) -> str:
    """The file of weights."""
    said = [
        '"""Weights of the rules for stance, made by tools/weigh_stance.py; not to be edited.',
        "",
        "They were made from turns labelled for this (tests/real/stance_turns_develop.json), and",
        "stand for signs, none for a word. A row is the weight for in character, told, rules and",
        "dice, at the table.",
        '"""',
        "",
        "from __future__ import annotations",
        "",
        "from typing import Final",
        "",
        "Row = tuple[float, float, float, float]",
        "",
        "# fmt: off",
        "SIGNS: Final[dict[str, tuple[Row, Row, Row]]] = {",
    ]
    for name, rows in lines.items():
        said += [
            f'    "{name}": (',
            *(f"        ({', '.join(map(str, row))})," for row in rows),
            "    ),",
        ]
    said += [
        "}",
        '"""By sign: said by the leader, by a player, by somebody whose part is unknown."""',
        "",
        "AROUND: Final[tuple[Row, ...]] = (",
        *(f"    ({', '.join(str(round(float(each), 2) + 0.0) for each in row)})," for row in near),
        ")",
        '"""For the four sums of the line itself, and for what rules_stance.around() gives."""',
        "# fmt: on",
        "",
    ]
    return "\n".join(said)


def check(maker: Maker, tell: Sequence[int]) -> None:
    """Tell how good rules are on stretches they were not made from."""
    for seed in tell:
        order = np.random.default_rng(seed).permutation(int(maker.stretches.max()) + 1)
        folds = order[maker.stretches] % FOLDS
        parts = (order[maker.stretches] // FOLDS) % 4
        likely = np.zeros((len(maker.stances), len(STANCES)))
        for fold in range(FOLDS):
            first, second = maker.both(folds != fold, parts)
            left = folds == fold
            likely[left] = softmax(maker.surroundings(first, left) @ second)
        kinds = [each.kind for each in maker.turns.places]
        for kind in dict.fromkeys(kinds):
            chosen = np.array([each == kind for each in kinds])
            inside = likely[chosen][:, : len(INSIDE)].sum(1) > 0.5
            right = (inside == (maker.stances[chosen] < len(INSIDE))).mean()
            four = (likely[chosen].argmax(1) == maker.stances[chosen]).mean()
            sure = likely[chosen][np.arange(chosen.sum()), maker.stances[chosen].astype(int)]
            sys.stdout.write(
                f"{kind}: {chosen.sum()} turns, of two {right:.3f}, of four {four:.3f}, "
                f"log loss {-np.log(sure).mean():.3f}\n"
            )


def main() -> None:
    """Make the weights, or check how they are made."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--to", type=Path, default=WRITTEN)
    asked = parser.parse_args()
    data = Path(os.environ.get("EARWITNESS_DATA") or ROOT.parent / "shared" / "data")
    maker = Maker(gathered(data))
    if asked.check:
        check(maker, range(2))
        return
    everything = np.ones(len(maker.stances), dtype=bool)
    order = np.random.default_rng(0).permutation(int(maker.stretches.max()) + 1)
    first, second = maker.both(everything, order[maker.stretches] % 4)
    asked.to.write_text(text_of(by_sign(maker, first), second), "utf-8")


if __name__ == "__main__":
    main()
