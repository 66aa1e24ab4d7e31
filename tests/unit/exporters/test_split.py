"""Splitting: no other way to cut the atoms is cheaper, and lines balance."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.deep import examples

from earwitness.core.ports import ExportOptions
from earwitness.exporters.atoms import Atom, width
from earwitness.exporters.split import Draft, Prices, line_text, reading_ms, split

OPTIONS = ExportOptions(line_chars=16)


def timed(words: list[str], each_ms: int = 400) -> list[Atom]:
    return [
        Atom(word, each_ms * at, each_ms * (at + 1), True, 0, "en") for at, word in enumerate(words)
    ]


def price(table: Prices, drafts: list[Draft]) -> float:
    return sum(table.cue(d.first, d.last) + table.layout(d.first, d.last)[0] for d in drafts)


@given(st.lists(st.sampled_from(["a", "dragon,", "the", "and", "no."]), min_size=1, max_size=9))
@settings(max_examples=examples(60))
def test_no_other_chain_is_cheaper(words: list[str]) -> None:
    said = timed(words)
    table = Prices(said, OPTIONS, 60_000, False)
    found = split(said, OPTIONS, until_ms=60_000)
    assert [d.first for d in found] + [len(said)] == [0] + [d.last for d in found]
    for count in range(len(said)):
        for inner in combinations(range(1, len(said)), count):
            chain = [Draft(a, b, ()) for a, b in pairwise([0, *inner, len(said)])]
            if all(d.last <= table.reaches[d.first] for d in chain):
                assert price(table, found) <= price(table, chain) + 1e-9


def test_text_that_fits_stays_on_one_line_and_longer_text_is_balanced() -> None:
    (short,) = split(timed(["Hello", "there."]), ExportOptions(), until_ms=9_000)
    assert short.lines == (0,)
    said = timed(["word"] * 10)
    (long,) = split(said, ExportOptions(), until_ms=9_000)
    lines = [line_text(said[a:b]) for a, b in pairwise([*long.lines, long.last])]
    assert [width(line) for line in lines] == [24, 24]


def test_three_lines_are_used_when_allowed() -> None:
    said = timed(["word"] * 9, each_ms=600)
    (draft,) = split(said, ExportOptions(line_chars=14, lines=3), until_ms=60_000)
    assert draft.lines == (0, 3, 6)


def test_a_name_never_stands_alone() -> None:
    said = [Atom("Ann:", 0, 0, False, 0), *timed(["word"] * 30)]
    drafts = split(said, ExportOptions(line_chars=8), until_ms=60_000, named=True)
    assert drafts[0].last > 1


def test_reading_takes_time() -> None:
    assert reading_ms(34, ExportOptions()) == 2_000
    assert reading_ms(35, ExportOptions()) == 2_059
    assert reading_ms(1, ExportOptions()) == 1_000
