"""Notes on the command line: made, shown, listed, made again; older than corrections; erased."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.commands import answer, shown

import earwitness
from earwitness import plugins
from earwitness.core.errors import EngineError
from earwitness.core.note import Sections, Template
from earwitness.core.ports import EngineOptions
from earwitness.core.reading import Window
from earwitness.core.text_ports import Brief
from earwitness.engines.rules_notes import RulesWriter, WriteRulesFactory

VISIT = """\
ANN: Good morning, my name is Doctor Ann. How can I help you today?
BOB: I've had a terrible headache for three days, and I feel sick.
ANN: Have you had a fever? Did you take anything for it?
BOB: I took paracetamol twice a day, but it did not help.
ANN: Do you have any allergies?
BOB: No, none at all.
ANN: Do you smoke?
BOB: About ten cigarettes a day.
ANN: It sounds like you might have a migraine, from what you've described.
ANN: I'm going to prescribe a stronger painkiller. If it gets worse, call us back tomorrow, OK?
BOB: That makes sense, I will try that.
"""


def srt(text: str) -> str:
    return "\n".join(
        f"{n + 1}\n00:00:{5 * n:02},000 --> 00:00:{5 * n + 4:02},000\n{line}\n"
        for n, line in enumerate(text.splitlines())
    )


@pytest.fixture
def visit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    path = tmp_path / "visit.srt"
    path.write_text(srt(VISIT))
    told = answer(
        capsys,
        "import",
        str(path),
        "--playbook",
        "therapy",
        "--language",
        "en",
        "--formats",
        "json",
    )
    return str(told["session"])


def quotes(told: dict[str, object], key: str) -> list[str]:
    sections = told["sections"]
    assert isinstance(sections, list)
    section = next(each for each in sections if each["key"] == key)
    return [each["text"] for each in section["sentences"]]


def test_people_and_programs_are_told_the_same_note(
    visit: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = answer(capsys, "notes", "make", visit, "--template", "soap")
    assert (told["version"], told["by"], told["written"], told["is_new"]) == (
        1,
        "rules",
        False,
        True,
    )
    assert "Do you smoke?\nAbout ten cigarettes a day." in quotes(told, "subjective") or (
        "About ten cigarettes a day." in quotes(told, "subjective")
    )
    assert any("migraine" in each for each in quotes(told, "assessment"))
    assert any("stronger painkiller" in each for each in quotes(told, "plan"))
    sections = told["sections"]
    assert isinstance(sections, list)
    for section in sections:
        for sentence in section["sentences"]:
            assert sentence["quoted"]
            for cited in sentence["evidence"]:
                assert cited["end_ms"] > cited["start_ms"]
                assert cited["speaker"] in ("ANN", "BOB")
                assert cited["quote"]
    seen = shown(capsys, "notes", "show", visit)
    assert "Quotes, no summary" in seen
    assert "[00:00:40] ANN: “" in seen
    assert "– no line was found" in seen, "a section that nothing was said for says so"
    assert "summar" not in seen.replace("no summary", "")
    assert "version 1" in seen


def test_the_same_again_needs_no_work_and_regenerating_keeps_the_old(
    visit: str, capsys: pytest.CaptureFixture[str]
) -> None:
    first = answer(capsys, "notes", "make", visit, "--template", "soap")
    again = answer(capsys, "notes", "make", visit, "--template", "soap")
    assert (again["version"], again["is_new"]) == (1, False)
    assert again["sections"] == first["sections"]
    for version in (2, 3):
        made = answer(capsys, "notes", "regenerate", visit, "--template", "soap")
        assert (made["version"], made["is_new"]) == (version, True)
        assert made["sections"] == first["sections"]
    answer(capsys, "notes", "make", visit, "--template", "dap")
    listed = answer(capsys, "notes", "list", visit)["notes"]
    assert isinstance(listed, list)
    assert [(each["template"], each["version"]) for each in listed] == [
        ("dap", 1),
        ("soap", 3),
        ("soap", 2),
        ("soap", 1),
    ]
    assert "soap" in shown(capsys, "notes", "list", visit)
    old = answer(capsys, "notes", "show", visit, "--template", "soap", "--version", "1")
    assert old["made_at"] == first["made_at"]
    assert "say --template" in shown(capsys, "notes", "show", visit, "--version", "1", code=2)
    assert "notes list" in shown(
        capsys, "notes", "show", visit, "--template", "soap", "--version", "9", code=10
    )


def test_a_note_older_than_corrections_says_so(
    visit: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(capsys, "notes", "make", visit, "--template", "soap")
    assert answer(capsys, "notes", "show", visit)["warnings"] == []
    shown(capsys, "edit", "text", visit, "8", "It sounds like you might have a bad migraine.")
    warnings = answer(capsys, "notes", "show", visit)["warnings"]
    assert isinstance(warnings, list)
    assert "1 line that it cites read otherwise now" in warnings[0]
    made = answer(capsys, "notes", "make", visit, "--template", "soap")
    assert made["version"] == 2
    assert made["warnings"] == []
    assert any("bad migraine" in each for each in quotes(made, "assessment"))
    old = answer(capsys, "notes", "show", visit, "--version", "1")
    assert not any("bad migraine" in each for each in quotes(old, "assessment"))


def test_nothing_of_a_note_survives_the_words_that_were_erased(
    visit: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(capsys, "notes", "make", visit, "--template", "soap")
    told = "It sounds like you might have the zebrapox."
    answer(capsys, "edit", "text", visit, "8", told)
    seq = max(each.entry.seq for each in earwitness.edits(visit))
    assert any(
        "zebrapox" in each
        for each in quotes(
            answer(capsys, "notes", "make", visit, "--template", "soap"), "assessment"
        )
    )
    erased = answer(capsys, "sessions", "erase", visit, str(seq), "--yes")
    assert erased["notes"] == 1
    listed = answer(capsys, "notes", "list", visit)["notes"]
    assert isinstance(listed, list)
    assert [(each["version"], each["dropped"]) for each in listed] == [(2, True), (1, False)]
    assert "dropped" in shown(capsys, "notes", "list", visit)
    assert "erased" in answer_warnings(capsys, visit, "2")
    made = answer(capsys, "notes", "make", visit, "--template", "soap")
    assert (made["version"], made["is_new"]) == (3, True)
    for version in ("1", "3"):
        seen = answer(capsys, "notes", "show", visit, "--version", version)
        assert "zebrapox" not in str(seen)


def answer_warnings(capsys: pytest.CaptureFixture[str], session: str, version: str) -> str:
    return str(answer(capsys, "notes", "show", session, "--version", version)["warnings"])


def test_what_cannot_be_made_says_what_can(visit: str, capsys: pytest.CaptureFixture[str]) -> None:
    for tokens in (("--template", "recap"), ()):
        told = shown(capsys, "notes", "make", visit, *tokens, code=2)
        assert "--template" in told
        assert "soap" in told
    assert "there are: rules" in shown(
        capsys, "notes", "make", visit, "--template", "soap", "--by", "crystal", code=2
    )
    assert "no notes of this session yet" in shown(capsys, "notes", "list", visit)
    shown(capsys, "notes", "show", visit, code=10)
    forms = answer(capsys, "notes", "templates", visit)["templates"]
    assert isinstance(forms, list)
    assert {each["template"] for each in forms} == {"soap", "dap", "birp", "progress"}
    assert "minutes" in shown(capsys, "notes", "templates", "--playbook", "meeting")
    assert "recap_dm" in shown(capsys, "notes", "templates")


def test_a_form_of_ones_own_is_filled_in_by_its_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = answer(capsys, "playbooks", "new", "ours", "--extends", "meeting")
    (Path(str(told["folder"])) / "notes" / "stock.en.toml").write_text(
        'form = 1\ntitle = "Stock"\n[[section]]\nkey = "cigarettes"\ntitle = "Cigarettes"\n'
        'ask = "How many cigarettes somebody smokes."\n'
    )
    path = tmp_path / "visit.srt"
    path.write_text(srt(VISIT))
    session = answer(capsys, "import", str(path), "--playbook", "ours", "--language", "en")
    made = answer(capsys, "notes", "make", str(session["session"]), "--template", "stock")
    assert quotes(made, "cigarettes") == ["About ten cigarettes a day."]


def test_python_users_get_the_note_itself(visit: str) -> None:
    kept = earwitness.make_note(visit, "soap")
    assert kept.note is not None
    assert earwitness.note(visit) == earwitness.notes(visit)[0]
    assert earwitness.regenerate_note(visit, "soap").version == 2
    cited = {id for each in kept.note.sections for s in each.sentences for id in s.evidence}
    assert {each.id for each in kept.note.cited} == cited
    record = earwitness.record(visit)
    assert "notes" not in dict(record.engines)


def test_the_reference_names_every_field(
    visit: str, capsys: pytest.CaptureFixture[str], root: Path
) -> None:
    page = (root / "docs" / "reference" / "notes.md").read_text("utf-8")
    told = answer(capsys, "notes", "make", visit, "--template", "soap")
    sections = told["sections"]
    assert isinstance(sections, list)
    sentence = sections[0]["sentences"][0]
    for each in (told, sections[0], sentence, sentence["evidence"][0]):
        assert all(f"`{name}`" in page for name in each)
    assert told["schema"] == "earwitness/note@1"


def test_notes_are_in_a_backup_and_gone_with_their_session(
    visit: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    made = answer(capsys, "notes", "make", visit, "--template", "soap")
    kept = tmp_path / "kept.zip"
    told = answer(capsys, "backup", str(kept))
    restored = tmp_path / "restored"
    answer(capsys, "restore", str(kept), "--home", str(restored))
    again = answer(capsys, "notes", "show", visit, "--home", str(restored))
    assert again["sections"] == made["sections"]
    assert told
    answer(capsys, "sessions", "delete", visit, "--yes")
    shown(capsys, "notes", "show", visit, code=10)


class Breaking(WriteRulesFactory):
    """Rules that fail on every window, far away."""

    name = "breaking"

    def stays_here(self, options: EngineOptions, brief: Brief) -> bool:
        del options, brief
        return False

    def open_for(self, options: EngineOptions, brief: Brief) -> RulesWriter:  # type: ignore[override]
        del options
        return Broken(brief)


class Broken(RulesWriter):
    def collect(self, window: Window, template: Template) -> Sections:
        del window, template
        raise EngineError("it broke", hint="mend it")


def test_a_note_that_fails_harms_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(plugins.BUILT_IN["write"], "breaking", f"{__name__}:Breaking")
    path = tmp_path / "visit.srt"
    path.write_text(srt(VISIT))
    session = str(answer(capsys, "import", str(path), "--playbook", "meeting")["session"])
    before = earwitness.record(session)
    first = answer(capsys, "notes", "make", session)
    told = shown(capsys, "notes", "regenerate", session, "--by", "breaking", code=7)
    assert "it broke" in told
    assert "mend it" in told
    assert earwitness.record(session) == before
    assert answer(capsys, "notes", "show", session)["sections"] == first["sections"]
    listed = answer(capsys, "notes", "list", session)["notes"]
    assert isinstance(listed, list)
    assert len(listed) == 1


def test_a_session_that_stays_here_is_told_to_no_writer_elsewhere(
    visit: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(plugins.BUILT_IN["write"], "breaking", f"{__name__}:Breaking")
    told = shown(capsys, "notes", "make", visit, "--template", "soap", "--by", "breaking", code=6)
    assert "local only" in told
