"""Understanding a session: read as people see it, judged once, never shown in its place."""

from __future__ import annotations

from pathlib import Path

import pytest

import earwitness
from earwitness.app.api import open_library
from earwitness.app.settings import read_settings
from earwitness.app.understand import Understood, Wish, understand, understood, with_labels
from earwitness.core.claims import Labels
from earwitness.core.errors import UsageError
from earwitness.core.transcript import Label

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


def test_moments_cite_what_was_said_and_the_transcript_stays_in_sight(night: str) -> None:
    shown = earwitness.show_session(night)
    found = understand_it(night)
    assert found.outcome.kind == "done"
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
    with open_library(read_settings()) as library:
        assert library.shown_run(night) == shown.runs[0][0].id
        assert library.shown_run(night) != found.run.id


def test_the_same_lines_are_judged_once_and_a_correction_makes_it_stale(night: str) -> None:
    first = understand_it(night)
    assert understand_it(night).run == first.run
    line = first.reading.transcript.utterances[2].id
    earwitness.edit(night, line, "text", "We rest here, natural 20!")
    with open_library(read_settings()) as library:
        before = understood(library, night)
    assert before is not None
    assert before.stale
    again = understand_it(night)
    assert again.run.id != first.run.id
    assert len(again.moments.moments) == 3
    with open_library(read_settings()) as library:
        now = understood(library, night)
    assert now is not None
    assert (now.run.id, now.stale) == (again.run.id, False)


def test_an_engine_nobody_knows_is_refused_and_leaves_no_open_run(night: str) -> None:
    with pytest.raises(UsageError, match="crystal"):
        understand_it(night, engine="crystal")
    assert all(run.finished_at for run, _ in earwitness.show_session(night).runs)


def test_what_people_say_wins_over_what_was_found(night: str) -> None:
    transcript = understand_it(night).reading.transcript
    first, second, _ = (line.id for line in transcript.utterances)
    said = Label(first, "stance", "IC", None, "user:ann")
    own = type(transcript)(transcript.utterances, (said,))
    found = Labels(
        (
            Label(first, "stance", "OOC", 0.9, "rules"),
            Label(second, "stance", "OOC", 0.9, "rules"),
            Label(999, "stance", "OOC", 0.9, "rules"),
        )
    )
    both = with_labels(own, found).labels
    assert [(each.utterance, each.value) for each in both] == [(first, "IC"), (second, "OOC")]
