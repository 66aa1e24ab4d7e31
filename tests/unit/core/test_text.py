"""Text: joining words, folding, cutting into pieces."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.text import fold_text, join_words, text_pieces

letters = st.text(st.sampled_from("aB'é ,.-_ß今日กИ\u2019\u0301ﬁ"), max_size=12)


@given(st.text(max_size=30))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text)


@given(letters)
def test_capitals_and_punctuation_do_not_matter(text: str) -> None:
    assert fold_text(text.upper()) == fold_text(text.upper().lower())
    assert fold_text(f"  {text}, ") == fold_text(text)
    assert fold_text(text) == " ".join(fold_text(text).split())


def test_folding() -> None:
    assert fold_text("It’s  done, Bob!") == "it's done bob"
    assert fold_text("Straße") == fold_text("STRASSE")
    assert fold_text("snake_case -- ok?") == "snake case ok"
    assert fold_text("...") == fold_text("' --") == fold_text("\u2764\ufe0f") == ""
    assert fold_text("हिन्दी, की") == "हिन्दी की"
    assert fold_text("e\u0301te\u0301") == "été"


@given(st.lists(st.tuples(st.sampled_from(["a", "bb", "'s"]), st.booleans()), max_size=6))
def test_a_line_has_a_space_before_every_word_that_is_not_glued(
    spoken: list[tuple[str, bool]],
) -> None:
    words = [Word(text, Span(0, 1), glued=glued) for text, glued in spoken]
    line = join_words(words)
    assert line.replace(" ", "") == "".join(text for text, _ in spoken)
    assert line.count(" ") == sum(not glued for _, glued in spoken[1:])
    assert line == line.strip()


@given(letters)
def test_pieces_make_up_the_line(text: str) -> None:
    pieces = text_pieces(text)
    line = "".join(piece.text if piece.glued else f" {piece.text}" for piece in pieces)
    assert line[1:] == " ".join(text.split())
    assert all(piece.key for piece in pieces)


def test_pieces() -> None:
    assert [piece.text for piece in text_pieces("It's 今日, ok")] == ["It's", "今", "日", ",", "ok"]
    assert [piece.glued for piece in text_pieces("It's 今日, ok")] == [
        False,
        False,
        True,
        True,
        False,
    ]
    assert [piece.key for piece in text_pieces("Well, -- OK")] == ["well", "--", "ok"]
