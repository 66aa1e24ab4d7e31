"""Giving commands as people and programs do, and reading what they are told."""

from __future__ import annotations

import json

import pytest

from earwitness.cli.failures import run


def answer(capsys: pytest.CaptureFixture[str], *tokens: str, code: int = 0) -> dict[str, object]:
    """Run a command with --json and read its one object."""
    capsys.readouterr()
    assert run([*tokens, "--json"]) == code
    told = json.loads(capsys.readouterr().out)
    assert isinstance(told, dict)
    return told


def shown(capsys: pytest.CaptureFixture[str], *tokens: str, code: int = 0) -> str:
    """Run a command as a person does and read what it prints; complaints too when it fails."""
    capsys.readouterr()
    assert run([*tokens]) == code
    captured = capsys.readouterr()
    assert "Traceback" not in captured.out + captured.err
    return captured.out if code == 0 else captured.out + captured.err
