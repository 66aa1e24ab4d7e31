"""Facts on the screen: words stay whole on a terminal, and lines stay whole in a pipe."""

from __future__ import annotations

import re

import pytest
from rich.cells import cell_len

from earwitness.cli.answer import fact

LONG = "Do you think taking the sword off the wall was what made Siff be able to come back?"


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What stands on the screen, without colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out).splitlines()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")


def test_in_a_pipe_a_fact_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    fact("question", LONG)
    assert capsys.readouterr().out == f"  question    {LONG}\n"


@pytest.mark.usefixtures("terminal")
def test_on_a_terminal_words_stay_whole_and_stand_below_each_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    fact("question", LONG)
    first, *more = lines(capsys)
    assert first.startswith("  question    Do you think")
    assert all(line.startswith(" " * 14) and line[14] != " " for line in more)
    assert all(cell_len(line) <= 60 for line in (first, *more))
    assert " ".join(line[14:].strip() for line in (first, *more)) == LONG


@pytest.mark.usefixtures("terminal")
def test_a_long_name_has_a_line_of_its_own_and_is_not_cut(
    capsys: pytest.CaptureFixture[str],
) -> None:
    fact("service of somebody", "left alone", mark="–")
    assert [line.rstrip() for line in lines(capsys)] == [
        "– service of somebody",
        " " * 14 + "left alone",
    ]


@pytest.mark.usefixtures("terminal")
def test_what_was_said_is_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    fact("quote", "[bold]not markup[/]")
    assert "[bold]not markup[/]" in capsys.readouterr().out
