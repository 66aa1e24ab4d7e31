"""Atoms: where text may be cut, and when each part of it was said."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.transcript import Utterance
from earwitness.exporters.atoms import atoms, width


def utterance(*words: Word) -> Utterance:
    return Utterance(7, words[0].span | words[-1].span, words, "S1")


def one(text: str, length_ms: int = 1_000) -> Utterance:
    return utterance(Word(text, Span(0, length_ms)))


def cut(text: str, longest: int = 10) -> list[str]:
    return [atom.text for atom in atoms([one(text)], longest=longest)]


def test_words_are_atoms_and_glued_words_stay_together() -> None:
    said = utterance(
        Word("It", Span(0, 100)),
        Word("'s", Span(100, 200), glued=True),
        Word("late", Span(200, 500)),
        Word("!", Span(500, 510), glued=True),
    )
    found = atoms([said])
    assert [(p.text, p.start_ms, p.end_ms, p.spaced) for p in found] == [
        ("It's", 0, 200, True),
        ("late!", 200, 510, True),
    ]


def test_spaces_inside_a_word_are_places_to_cut() -> None:
    assert [(p.text, p.start_ms, p.end_ms) for p in atoms([one("New  York\n!", 900)])] == [
        ("New", 0, 338),
        ("York", 338, 788),
        ("!", 788, 900),
    ]


def test_japanese_is_cut_where_phrases_begin() -> None:
    assert cut("左に見えるのは首刈り機、サーバーです。") == [
        "左に",
        "見えるのは",
        "首刈り",
        "機、",
        "サーバーです。",
    ]
    assert cut("時々「ここ」へ行って") == ["時々", "「ここ」", "へ", "行って"]


def test_long_unspaced_text_is_cut_evenly_and_marks_never_begin_an_atom() -> None:
    assert cut("あ" * 25) == ["あ" * 10, "あ" * 10, "あ" * 5]
    assert cut("あ" * 10 + "ー" + "あ") == ["あ" * 10 + "ー", "あ"]
    assert cut("ー" * 50) == ["ー" * 20, "ー" * 20, "ー" * 10]
    thai = "สวัสดีครับผมชื่อสมชาย"
    assert "".join(cut(thai)) == thai
    assert len(cut(thai)) > 1
    assert not any(atom.startswith(("ี", "ั", "ื")) for atom in cut(thai))


def test_the_words_of_an_engine_are_places_to_cut_chinese() -> None:
    words = [
        Word(text, Span(100 * n, 100 * n + 100), glued=True)
        for n, text in enumerate(["我们", "今天", "玩", "游戏"])
    ]
    assert [p.text for p in atoms([utterance(*words)])] == ["我们", "今天", "玩", "游戏"]


def test_languages_with_spaces_are_never_cut_inside_a_word() -> None:
    for text in ("Donaudampfschifffahrtsgesellschaft", "здравствуйте", "안녕하세요여러분", "नमस्ते"):
        assert cut(text, longest=3) == [text]


def test_words_at_the_same_moment_share_its_time() -> None:
    said = utterance(*(Word(text, Span(100, 500)) for text in ("very", "much")))
    assert [(p.start_ms, p.end_ms) for p in atoms([said])] == [(100, 300), (300, 500)]


def test_wide_characters_take_two_places() -> None:
    assert (width("abc"), width("é"), width("左に"), width("ｱ"), width("")) == (3, 1, 4, 1, 0)


@given(
    st.lists(
        st.tuples(
            st.text(min_size=1, max_size=8).filter(lambda text: text == text.strip()),
            st.integers(0, 300),
            st.integers(1, 300),
            st.booleans(),
        ),
        min_size=1,
        max_size=20,
    ),
    st.integers(1, 12),
)
def test_no_character_is_lost_and_time_never_falls_back(
    said: list[tuple[str, int, int, bool]], longest: int
) -> None:
    at, words = 0, []
    for text, gap_ms, length_ms, glued in said:
        at += gap_ms
        words.append(Word(text, Span(at, at + length_ms), glued=glued))
        at += length_ms
    found = atoms([utterance(*words)], longest=longest)
    heard = "".join("".join(text.split()) for text, *_ in said)
    shown = "".join(atom.text for atom in found)
    assert len(shown) == len(heard)
    assert all(a == b or b == "\ufffd" for a, b in zip(heard, shown, strict=True))
    assert all(left.start_ms <= right.start_ms for left, right in pairwise(found))
    assert all(atom.start_ms < atom.end_ms or len(atom.text) == 1 for atom in found)
