"""Understanding a session on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.commands import answer, shown

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
    assert "critical_hit" in seen
    assert "ANN: natural twenty" in seen


def test_an_engine_nobody_knows_is_a_mistake_of_use(
    night: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "there are: rules" in shown(capsys, "understand", night, "--by", "crystal", code=2)
