"""Again: what a re-run may be asked, and which chunks are meant."""

from __future__ import annotations

import pytest

from earwitness.app.running.again import Again, about, read_target, with_options
from earwitness.core.errors import UsageError
from earwitness.core.run import Asked, RunTarget
from earwitness.core.span import Span
from earwitness.core.speech import Chunk, Cut

CUT = Cut(
    tuple(
        Chunk(
            place,
            Span(place * 10_000, place * 10_000 + 9_500),
            None,
            (Span(place * 10_000 + 500, place * 10_000 + 9_000),),
        )
        for place in range(6)
    )
)
ASKED = Asked("en", None, "pocketsphinx", "auto", None, None)


def test_options_tell_the_stage() -> None:
    assert read_target(Again(options=(("speakers", "3"),)), None) == RunTarget(
        ("diarize",), None, (("speakers", "3"),)
    )
    both = (("language", "nl"), ("speakers", "3"))
    assert read_target(Again(options=both), None).stages == ("diarize", "transcribe")
    assert read_target(Again(stage="detect", options=both), None).stages == ("detect",)


def test_a_span_means_chunks_in_which_anything_was_said() -> None:
    def chosen(span: Span, *chunks: int) -> tuple[int, ...] | None:
        return read_target(Again(span=span, chunks=chunks), CUT).chunks

    assert chosen(Span(10_000, 20_000)) == (1,)
    assert chosen(Span(18_999, 20_501)) == (1, 2)
    assert chosen(Span(19_000, 20_501), 5) == (2, 5)
    assert read_target(Again(chunks=(3, 3)), CUT).chunks == (3,)


@pytest.mark.parametrize(
    "again",
    [
        Again(),
        Again(stage="sing"),
        Again(options=(("colour", "red"),)),
        Again(options=(("device", "cpu"),)),
        Again(stage="settle", options=(("speakers", "2"),)),
        Again(stage="diarize", chunks=(1,)),
        Again(chunks=(1,), options=(("diarizer", "auto"),)),
        Again(chunks=(6,)),
        Again(span=Span(9_100, 10_200)),
    ],
)
def test_what_makes_no_sense_is_refused(again: Again) -> None:
    with pytest.raises(UsageError) as refused:
        read_target(again, CUT if again.in_part else None)
    assert refused.value.hint


def test_what_is_not_said_stays() -> None:
    assert with_options(ASKED, ()) == ASKED
    said = with_options(ASKED, (("speakers", "4"), ("language", "NL"), ("device", "cpu")))
    assert said == Asked("nl", 4, "pocketsphinx", "auto", None, "cpu")
    assert with_options(said, (("speakers", "auto"), ("language", "auto"))).speakers is None


def test_a_model_belongs_to_its_transcriber() -> None:
    whisper = Asked(None, None, "faster-whisper", "auto", "small", None)
    assert with_options(whisper, (("transcriber", "pocketsphinx"),)).model is None
    assert with_options(whisper, (("transcriber", "faster-whisper"),)).model == "small"
    both = (("model", "script.json"), ("transcriber", "scripted"))
    assert with_options(whisper, both).model == "script.json"


@pytest.mark.parametrize(
    "option",
    [("speakers", "0"), ("language", "klingon"), ("transcriber", "dragon"), ("device", "moon")],
)
def test_a_value_that_makes_no_sense_is_refused(option: tuple[str, str]) -> None:
    with pytest.raises(UsageError):
        with_options(ASKED, (option,))


def test_vocabulary_and_options_of_engines_can_be_said_again() -> None:
    usual = Asked("en", None, "faster-whisper", "auto", None, None, ("Mira",), ())
    options = (("vocabulary", "Strahd, Barovia"), ("beam_size", "2"))
    known = about(options, usual)
    assert read_target(Again(chunks=(1,), options=options), CUT, known).stages == ("transcribe",)
    said = with_options(usual, options)
    assert said.vocabulary == ("Strahd", "Barovia")
    assert said.own == (("beam_size", "2"),)
    assert with_options(said, (("beam_size", "3"),)).own == (("beam_size", "3"),)
    assert with_options(said, (("transcriber", "pocketsphinx"),)).own == ()
    assert with_options(said, (("vocabulary", "auto"),), ("Ann",)).vocabulary == ("Ann",)
    assert with_options(said, (("vocabulary", ""),)).vocabulary == ()


def test_an_option_that_nobody_knows_is_refused_with_all_there_are() -> None:
    with pytest.raises(UsageError) as refused:
        about((("colour", "red"),), ASKED)
    assert "vocabulary" in refused.value.hint
    with pytest.raises(UsageError) as refused:
        about((("colour", "red"), ("transcriber", "faster-whisper")), ASKED)
    assert "beam_size" in refused.value.hint
