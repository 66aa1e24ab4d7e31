"""What was told of single chunks becomes a few lines, and never a silent success."""

from __future__ import annotations

from earwitness.app.running.remarks import ANEW, LANGUAGES, notices_of, verdict_of
from earwitness.core.span import Span
from earwitness.core.speech import Remark

ID = "2026-11-20-k3f9qz"


def at(minute: int) -> Span:
    return Span(minute * 60_000, minute * 60_000 + 28_000)


def test_nothing_told_is_nothing_to_say() -> None:
    assert verdict_of((), ID) is None
    assert notices_of((), ID, "nl") == ()
    assert verdict_of([Remark(at(1), "language", "en")], ID) is None, "a language is no failure"


def test_less_than_was_asked_for_is_degraded_with_places() -> None:
    remarks = [Remark(at(minute), "fallback", "a beam of 1") for minute in (5, 1, 2, 3)]
    verdict = verdict_of([*remarks, Remark(at(5), "fallback", "the model tiny")], ID)
    assert verdict is not None
    assert verdict.kind == "degraded"
    assert "4 chunks" in verdict.why
    assert "00:01:00" in verdict.why
    assert "and 1 more" in verdict.why
    assert verdict.instead == "a beam of 1, the model tiny"


def test_sound_that_could_not_be_enhanced_is_degraded() -> None:
    verdict = verdict_of([Remark(at(1), "sound", "the sound as it was")], ID)
    assert verdict is not None
    assert "could not be enhanced in 1 chunk," in verdict.why


def test_other_languages_are_told_with_the_command_that_mends_it() -> None:
    remarks = [Remark(at(minute), "language", "en") for minute in (4, 9)]
    english, german = notices_of([*remarks, Remark(at(2), "language", "de")], ID, "nl")
    assert english.startswith(f"{LANGUAGES}: 2 chunks sound like en, not nl: 00:04:00")
    assert f"sessions rerun {ID} --span ... --with language=en" in english
    assert german.startswith(f"{LANGUAGES}: 1 chunk sounds like de")


def test_times_that_are_estimates_are_told_and_are_no_failure() -> None:
    remarks = [Remark(at(minute), "times", "the speech in it") for minute in (1, 2)]
    assert verdict_of(remarks, ID) is None
    (notice,) = notices_of(remarks, ID, None)
    assert notice == (
        "times of words: some are estimates in 2 chunks: 00:01:00-00:01:28, 00:02:00-00:02:28"
    )
    assert notice.split(":")[0] in ANEW
