"""Understanding a session on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.commands import answer, shown
from tests.faulty import Call, FaultyService, Reply, refused
from tests.modelling import answered, lines_in, said_in

import earwitness
from earwitness.core.errors import UsageError
from earwitness.core.ports import ExportOptions

NIGHT = """1
00:00:01,000 --> 00:00:03,000
ANN: That is a natural twenty!

2
00:00:04,000 --> 00:00:06,000
BOB: We go on.
"""


@pytest.fixture
def night(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    path = tmp_path / "night.srt"
    path.write_text(NIGHT)
    told = answer(capsys, "import", str(path), "--playbook", "tabletop", "--formats", "json,md")
    assert "“natural twenty”" in (Path(str(told["output"])) / "transcript.md").read_text()
    return str(told["session"])


def test_people_and_programs_are_told_the_same(
    night: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = answer(capsys, "understand", night)
    moments = told["moments"]
    assert isinstance(moments, list)
    assert [(each["kind"], each["quote"]) for each in moments] == [
        ("critical_hit", "natural twenty")
    ]
    assert told["lines"] == 2
    seen = shown(capsys, "understand", night)
    assert "critical hit" in seen
    assert "ANN: natural twenty" in seen
    assert f"earwitness export {night}" in seen, "what to do next"
    told = answer(capsys, "sessions", "show", night)
    assert (told["labelled"], told["moments"]) == ({"stance": 2}, 1)
    assert "stance of 2 lines, 1 moment\n" in shown(capsys, "sessions", "show", night)


def test_an_engine_nobody_knows_is_a_mistake_of_use(
    night: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "there are: rules" in shown(capsys, "understand", night, "--by", "crystal", code=2)


def test_a_language_model_on_this_machine_labels_what_it_is_shown(
    night: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with FaultyService() as server:
        server.plan = labelled
        told = answer(capsys, "understand", night, "--model", f"{server.url}#toy")
        assert told["labels"] == {"stance": {"OOC": 2}}
        assert told["engines"] == dict.fromkeys(("classify", "extract"), f"{server.url}#toy")
        asked = len(server.calls)
        answer(capsys, "understand", night, "--model", f"{server.url}#toy")
        assert len(server.calls) == asked, "the same lines are not asked about twice"
        assert "only" in shown(
            capsys, "understand", local(tmp_path, capsys), "--model", "openai:gpt-4o", code=6
        )
        assert len(server.calls) == asked
        server.plan = lambda _call: refused(500)
        failed = answer(capsys, "understand", night, "--model", f"{server.url}#other")
        assert "what was found before stays" in str(failed["warnings"])
        assert failed["engines"] == dict.fromkeys(("classify", "extract"), f"{server.url}#toy")
        record = earwitness.record(night)
        assert [each.value for each in record.transcript.labels] == ["OOC", "OOC"]


def labelled(call: Call) -> Reply:
    """Every line out of character."""
    if "moments" in said_in(call):
        return answered({"moments": []})
    return answered(
        {"labels": [{"utterance": n, "scheme": "stance", "value": "OOC"} for n in lines_in(call)]}
    )


def local(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """A session that must stay here."""
    path = folder / "hour.srt"
    path.write_text(NIGHT)
    return str(answer(capsys, "import", str(path), "--playbook", "therapy")["session"])


def test_one_side_is_written_beside_the_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "night.srt"
    path.write_text(
        "1\n00:00:01,000 --> 00:00:03,000\nANN: Roll initiative!\n\n"
        "2\n00:00:04,000 --> 00:00:06,000\nBOB: Mellon.\n",
        "utf-8",
    )
    done = earwitness.import_transcript(path, playbook="tabletop", output=tmp_path, language="en")
    session = done.session.id
    shown(capsys, "edit", "stance", session, "1", "narration")
    shown(capsys, "understand", session)
    for only in ("ic", "ooc"):
        told = answer(
            capsys, "export", session, "--only", only, "--output", str(tmp_path), "--formats",
            "json,txt,srt",
        )  # fmt: skip
        assert isinstance(told["files"], list)
        names = [Path(str(each)).name for each in told["files"]]
        assert names == [f"transcript.{only}.txt", f"transcript.{only}.srt"]
    folder = tmp_path / session
    assert (folder / "transcript.txt").is_file()
    for suffix in ("txt", "srt"):
        assert "Mellon" in (folder / f"transcript.ic.{suffix}").read_text("utf-8")
        assert "initiative" not in (folder / f"transcript.ic.{suffix}").read_text("utf-8")
        assert "initiative" in (folder / f"transcript.ooc.{suffix}").read_text("utf-8")
        assert "Mellon" not in (folder / f"transcript.ooc.{suffix}").read_text("utf-8")
    with pytest.raises(UsageError, match="always tell the whole session"):
        earwitness.export(session, formats="json", options=ExportOptions(only="ic"))


def test_what_a_model_found_stays_when_the_session_is_written_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "night.srt"
    path.write_text(NIGHT)
    importing = ("import", str(path), "--playbook", "tabletop", "--formats", "json")
    session = str(answer(capsys, *importing)["session"])
    with FaultyService() as server:
        server.plan = labelled
        answer(capsys, "understand", session, "--model", f"{server.url}#toy")
    assert answer(capsys, *importing)["session"] == session
    labels = earwitness.record(session).transcript.labels
    assert [each.value for each in labels if each.scheme == "stance"] == ["OOC", "OOC"]
