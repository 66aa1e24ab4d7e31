"""Understanding a session: read as people see it, judged once, never shown in its place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import earwitness
from earwitness.app.library import open_library
from earwitness.app.records import read_record
from earwitness.app.settings import read_settings
from earwitness.app.understanding.understand import Wish, understand
from earwitness.app.understanding.understood import Understood
from earwitness.core.claims import Labels
from earwitness.core.errors import UsageError
from earwitness.core.span import Span
from earwitness.core.transcript import Label, Transcript

NIGHT = """1
00:00:01,000 --> 00:00:03,000
ANN: That is a natural twenty!

2
00:00:04,000 --> 00:00:06,000
BOB: Een natuurlijke één, ik val om.

3
00:00:07,000 --> 00:00:09,000
ANN: We go on.
"""


@pytest.fixture
def night(tmp_path: Path) -> str:
    path = tmp_path / "night.srt"
    path.write_text(NIGHT)
    done = earwitness.import_transcript(path, playbook="tabletop", output=tmp_path / "out")
    return done.session.id


def understand_it(session: str, **said: object) -> Understood:
    with open_library(read_settings()) as library:
        return understand(library, session, Wish(**said))  # type: ignore[arg-type]


def warnings_of(session: str) -> tuple[str, ...]:
    with open_library(read_settings()) as library:
        return read_record(library, session).warnings


def test_moments_cite_what_was_said_and_the_transcript_stays_in_sight(night: str) -> None:
    found = understand_it(night)
    assert not found.noted.lacking
    lines = {line.id: line for line in found.reading.transcript.utterances}
    assert [(each.kind, each.quote) for each in found.moments.moments] == [
        ("critical_hit", "natural twenty"),
        ("fumble", "natuurlijke één"),
    ]
    for moment in found.moments.moments:
        (cited,) = moment.evidence
        assert moment.quote
        assert moment.quote in lines[cited].text
        assert moment.who == (lines[cited].person,)
    ((run, steps),) = earwitness.show_session(night).runs
    assert run.outcome is not None
    assert [step.stage for step in steps][-5:] == [
        "read", "classify", "classify", "extract", "extract", "understood",
    ][-5:]  # fmt: skip


def test_the_same_lines_are_judged_once_and_a_correction_makes_it_stale(night: str) -> None:
    first = understand_it(night)
    assert understand_it(night) == first
    line = first.reading.transcript.utterances[2].id
    earwitness.edit(night, line, "text", "We rest here, natural 20!")
    stale = "older than changes in 1 line"
    assert any(stale in each for each in warnings_of(night))
    again = understand_it(night)
    assert len(again.moments.moments) == 3
    assert understand_it(night) == again
    assert not any(stale in each for each in warnings_of(night))


def test_an_engine_nobody_knows_is_refused_(night: str) -> None:
    with pytest.raises(UsageError, match="crystal"):
        understand_it(night, engine="crystal")


def test_what_people_say_wins_over_what_was_found(night: str) -> None:
    found = understand_it(night)
    transcript = found.reading.transcript
    first, second, _ = (line.id for line in transcript.utterances)
    said = Label(first, "stance", "IC", None, "user:ann")
    own = Transcript(transcript.utterances, (said,))
    labels = Labels(
        (
            Label(first, "stance", "OOC", 0.9, "rules"),
            Label(second, "stance", "OOC", 0.9, "rules"),
            Label(999, "stance", "OOC", 0.9, "rules"),
        )
    )
    both = replace(found, labels=labels).labelled(own).labels
    assert [(each.utterance, each.value) for each in both] == [(first, "IC"), (second, "OOC")]


def test_what_was_found_in_other_lines_is_not_put_on_these(night: str) -> None:
    found = understand_it(night)
    first, *others = found.reading.transcript.utterances
    moved = replace(first, span=Span(first.span.start_ms, first.span.end_ms + 1))
    transcript = Transcript((moved, *others))
    assert [each.kind for each in found.moments_in(transcript)] == ["fumble"]
    assert found.changed(transcript) == 1
