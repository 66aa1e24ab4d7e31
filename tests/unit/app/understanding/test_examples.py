"""People's labels as examples: spread over the answers, in steps, never out of their series."""

from __future__ import annotations

from pathlib import Path

import earwitness
from earwitness.app.library import open_library
from earwitness.app.settings import read_settings
from earwitness.app.understanding.examples import MOST_CHARS, Lessons, lessons_for, spread
from earwitness.core.text_ports import Example


def session(
    tmp_path: Path, name: str, *texts: str, series: str | None = None, playbook: str = "tabletop"
) -> str:
    path = tmp_path / f"{name}.srt"
    path.write_text(
        "\n\n".join(
            f"{n + 1}\n00:00:{2 * n:02},000 --> 00:00:{2 * n + 1:02},000\n{who}: {text}"
            for n, (who, text) in enumerate((name.upper(), text) for text in texts)
        )
    )
    done = earwitness.import_transcript(
        path, playbook=playbook, language="en", series=series, output=tmp_path / "out"
    )
    return done.session.id


def lessons(session_id: str, *, away: bool = False) -> Lessons:
    with open_library(read_settings()) as library:
        return lessons_for(library, session_id, away=away)


def told(found: Lessons) -> list[tuple[str, str]]:
    return [(each.value, each.text) for each in found.examples]


def test_examples_are_spread_over_the_answers_and_the_newest_come_first() -> None:
    given = [Example(f"line {n}", "stance", "OOC") for n in range(20)]
    given.insert(3, Example("by the sword", "stance", "IC"))
    given.insert(9, Example("line 8", "stance", "OOC"))
    chosen = spread(given)
    assert [each.text for each in chosen[:4]] == ["line 19", "by the sword", "line 18", "line 17"]
    assert len(chosen) == len(set(chosen)) == 12
    assert spread([]) == ()


def test_they_are_taken_from_the_series_and_from_nowhere_else(tmp_path: Path) -> None:
    for name in ("one", "two"):
        earwitness.add_series(name)
    mine = session(tmp_path, "ann", "We go.", "I draw my sword.", series="one")
    same = session(tmp_path, "bob", "Pizza is here!", "word " * 60, series="one")
    other = session(tmp_path, "eve", "A third one.", series="two")
    assert lessons(mine) == Lessons()
    seq = earwitness.edit(mine, 1, "stance", "IC").overrides[0].seq
    earwitness.edit(same, 0, "stance", "OOC")
    earwitness.edit(other, 0, "stance", "NARRATION")
    found = lessons(mine)
    assert told(found) == [("OOC", "Pizza is here!"), ("IC", "I draw my sword.")]
    assert found.strangers == ("ANN", "BOB")
    assert told(lessons(other)) == [("NARRATION", "A third one.")]
    earwitness.edit(same, 1, "character", "Mira")
    assert told(lessons(mine)) == told(found), "two of three: the next step is at four"
    earwitness.edit(same, 0, "character", "Mira")
    assert len(lessons(mine).examples) == 4
    assert max(len(each.text) for each in lessons(mine).examples) <= MOST_CHARS + 2
    earwitness.undo(mine, seq)
    assert ("IC", "I draw my sword.") not in told(lessons(mine))


def test_what_must_stay_here_is_shown_to_no_model_elsewhere(tmp_path: Path) -> None:
    earwitness.add_series("one")
    mine = session(tmp_path, "ann", "We go.", series="one")
    private = session(tmp_path, "zoe", "I am afraid.", series="one", playbook="therapy")
    earwitness.edit(private, 0, "stance", "OOC")
    assert told(lessons(mine)) == [("OOC", "I am afraid.")]
    assert lessons(mine, away=True) == Lessons()
    earwitness.edit(mine, 0, "stance", "IC")
    assert told(lessons(mine, away=True)) == [("IC", "We go.")]


def test_what_was_erased_teaches_nothing(tmp_path: Path) -> None:
    mine = session(tmp_path, "ann", "We go.")
    earwitness.erase(mine, earwitness.edit(mine, 0, "stance", "IC").overrides[0].seq)
    assert lessons(mine) == Lessons()
