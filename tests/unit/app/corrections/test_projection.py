"""The ledger as files, and evenings of random corrections: kept views, folds and undos agree."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.deep import examples

from earwitness.app.corrections import edits as verbs
from earwitness.app.corrections.desk import Edited, Editor
from earwitness.app.corrections.projection import index_of, log_of, write_projection
from earwitness.app.corrections.view import see
from earwitness.app.corrections.wanted import Edit, read_field
from earwitness.core.errors import EarwitnessError, UsageError
from earwitness.core.fate import Applied, Conflict, Orphan
from earwitness.core.fold import fold
from earwitness.core.override import Field, Override
from earwitness.core.run import DONE, Step
from earwitness.core.session import Recording, Session
from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.transcript import Label, Transcript, Utterance
from earwitness.store.library import Library

AT = datetime(2026, 11, 20, 18, tzinfo=UTC)
ANN = Editor("ann")
OWNER = Editor("owner", may_undo_others=True)
SESSION = "2026-11-20-aaaaaa"


def say(number: int, text: str, voice: str | None = "S1") -> Utterance:
    words = tuple(
        Word(word, Span(10_000 * number + 300 * n, 10_000 * number + 300 * n + 250), 0.5)
        for n, word in enumerate(text.split())
    )
    return Utterance(number, words[0].span | words[-1].span, words, voice)


LINES = (
    "we should open the door now",
    "no wait for me",
    "the door is locked anyway",
    "and then it opens by itself",
    "who said that just now",
)
TALK = Transcript(
    tuple(say(n, text, f"S{n % 2 + 1}") for n, text in enumerate(LINES)),
    (Label(1, "stance", "IC", 0.7, "rules"),),
)


def transcribed(library: Library, session: str, transcript: Transcript) -> str:
    """What a run leaves behind that has gone well."""
    run = library.start_run(session, "request")
    key = f"attribute of {run.id}"
    digest = library.put(key, "attribute", session, transcript)
    library.note_step(Step(run.id, "attribute", None, key, digest, False, DONE, AT, 1))
    library.finish_run(run.id, DONE)
    return digest


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    recording = Recording("a" * 64, "scene.wav", 1_000, None, 1, 16_000)
    with Library.open(tmp_path / "library") as opened:
        opened.add_session(Session(SESSION, "A scene", "tabletop", "en", (recording,)))
        yield opened


@pytest.fixture
def talk(library: Library) -> Transcript:
    transcribed(library, SESSION, TALK)
    return TALK


def edit(library: Library, *wanted: object, by: Editor = ANN, **more: object) -> Edited:
    return verbs.edit(library, SESSION, Edit(*wanted), by, **more)  # type: ignore[arg-type]


# The projection.


def test_the_projection_is_the_ledger(library: Library, talk: Transcript, tmp_path: Path) -> None:
    assert write_projection((), tmp_path) == ()
    edit(library, 0, Field.TEXT, "é 今日 \u2028".strip())
    edit(library, 0, Field.TEXT, "once more")
    edit(library, 0, Field.VOICE, "S2")
    edit(library, 1, Field.PERSON, "Ann")
    verbs.undo(library, SESSION, 2, ANN)
    verbs.erase(library, SESSION, 4, ANN)
    paths = write_projection(library.ledger(SESSION).entries, tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
        "overrides/overrides.jsonl",
        "overrides/overrides_index.json",
    ]
    log, index = (path.read_text(encoding="utf-8") for path in paths)
    assert index == index_of(log), "the index is made from the log alone"
    assert log == log_of(library.ledger(SESSION).entries)
    told = json.loads(index)
    assert (told["count"], told["undone"], told["erased"]) == (5, [2], [4])
    assert told["utterances"] == {"0": {"text": 1, "speaker_id": 3}}
    for seq, (offset, length) in told["lines"].items():
        row = json.loads(paths[0].read_bytes()[offset : offset + length])
        assert row["seq"] == int(seq)
        assert {"user", "timestamp"} <= set(row)
    (tmp_path / "overrides" / "mine.txt").write_text("of the user's")
    assert write_projection((), tmp_path) == ()
    assert [path.name for path in (tmp_path / "overrides").iterdir()] == ["mine.txt"]
    (tmp_path / "overrides" / "mine.txt").unlink()
    write_projection((), tmp_path)
    assert not (tmp_path / "overrides").exists()


@pytest.mark.parametrize("line", ["{", "[]", "{}", '{"seq": "1", "erased": true}'])
def test_what_is_no_log(line: str) -> None:
    with pytest.raises(UsageError, match="line 1"):
        index_of(line + "\n")


def test_the_reference_names_every_key(library: Library, talk: Transcript, root: Path) -> None:
    edit(library, 0, Field.VOICE, "S2")
    page = (root / "docs" / "reference" / "overrides.md").read_text(encoding="utf-8")
    log = log_of(library.ledger(SESSION).entries)
    row, index = json.loads(log), json.loads(index_of(log))
    for key in (*row, *row["target"], *index, *index["log"], *map(str, Field), "erased"):
        assert f"`{key}`" in page, key
    assert index["schema"] in page


# Random evenings.

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["text", "voice", "person", "split", "undo", "redo", "erase"]),
        st.integers(0, 40),
    ),
    max_size=14,
)
_sessions = iter(range(10**6))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.open(tmp_path_factory.mktemp("evenings")) as opened:
        yield opened


def step(library: Library, session: str, kind: str, pick: int) -> None:
    count = library.ledger(session).head.count
    if kind in ("undo", "redo", "erase"):
        seq = pick % (count + 1)
        if kind == "erase":
            verbs.erase(library, session, seq, OWNER)
        else:
            (verbs.undo if kind == "undo" else verbs.redo)(library, session, seq, OWNER)
        return
    line = pick % len(LINES)
    value: str | int = {"text": f"{pick} words stand here", "voice": f"S{pick % 3 + 1}"}.get(
        kind, f"Person {pick % 3}"
    )
    wanted = Edit(line, read_field(kind), pick % 4 if kind == "split" else value)
    verbs.edit(library, session, wanted, OWNER)


@given(STEPS)
@settings(max_examples=examples(30), deadline=None)
def test_any_evening_can_be_undone(shared: Library, steps: list[tuple[str, int]]) -> None:
    session = f"2026-11-20-{next(_sessions):06d}"
    recording = Recording("b" * 64, "scene.wav", 1_000, None, 1, 16_000)
    shared.add_session(Session(session, "A scene", "tabletop", "en", (recording,)))
    digest = transcribed(shared, session, TALK)
    for kind, pick in steps:
        try:
            step(shared, session, kind, pick)
        except EarwitnessError:
            continue
    found = see(shared, session, digest)
    overrides = [e.said for e in found.entries if isinstance(e.said, Override)]
    assert found.folded == fold(TALK, overrides), "the view kept is the ledger folded afresh"
    assert [entry.seq for entry in found.entries] == list(range(1, len(found.entries) + 1))
    assert shared.verify_overrides(session).broken_at is None
    assert index_of(log_of(found.entries))
    for listed in reversed(verbs.list_edits(shared, session)):
        if listed.entry.undoes is None and isinstance(listed.fate, Applied | Conflict | Orphan):
            verbs.undo(shared, session, listed.entry.seq, OWNER)
    assert see(shared, session, digest).folded.transcript == TALK
