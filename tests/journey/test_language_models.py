"""Language models on the command line: the ledger, what it cost, corrections, doctor, erasure."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from tests.commands import answer, shown
from tests.faulty import Call, FaultyService, Reply, refused
from tests.modelling import answered, lines_in, said_in

import earwitness

LINES = 60
SECRET = "xyzzycanary"


@pytest.fixture
def talk(tmp_path: Path) -> str:
    """An hour's worth of short lines, understood by rules."""
    path = tmp_path / "talk.srt"
    path.write_text(
        "\n\n".join(
            f"{n + 1}\n00:{n:02}:01,000 --> 00:{n:02}:03,000\n"
            f"{'ANN' if n % 2 else 'BOB'}: We walk on, for the {n} time."
            for n in range(LINES)
        )
    )
    done = earwitness.import_transcript(
        path, playbook="tabletop", language="en", output=tmp_path / "out"
    )
    return done.session.id


def labelled(call: Call, *, read: int = 100, written: int = 10) -> Reply:
    """Every line told, and no moment."""
    if "moments" in said_in(call):
        return answered({"moments": []}, read=read, written=written)
    return answered(
        {
            "labels": [
                {"utterance": n, "scheme": "stance", "value": "NARRATION"} for n in lines_in(call)
            ]
        },
        read=read,
        written=written,
    )


def rows(told: dict[str, object], name: str) -> list[dict[str, Any]]:
    found = told[name]
    assert isinstance(found, list)
    return found


def own_price(server: FaultyService) -> None:
    """A dollar for a million tokens read, two for as many written."""
    home = Path(os.environ["EARWITNESS_HOME"])
    (home / "prices.toml").write_text(
        "\n".join(
            f'[[price]]\nservice = "{server.url.split("/")[2]}"\nmodel = "toy"\n'
            f'operation = "chat"\nunit = "million_tokens_{way}"\namount = "{amount}"\n'
            'currency = "USD"\n'
            for way, amount in (("in", 1), ("out", 2))
        )
    )


def test_calls_stand_in_the_ledger_with_their_price_and_what_memory_saved(
    talk: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with FaultyService() as server:
        server.plan = labelled
        answer(capsys, "understand", talk, "--model", f"{server.url}#toy")
        assert len(server.calls) == 5, "60 lines: three times 20 for labels, twice 30 for moments"
        told = answer(capsys, "report", "cost", "--session", talk)
        (row,) = rows(told, "services")
        assert (row["model"], row["operation"], row["calls"]) == ("toy", "chat", 5)
        assert (row["tokens_in"], row["tokens_out"], row["cost"]) == (500, 50, [])
        assert row["unknown_calls"] == 5, "nobody knows a price: unknown, never 0"
        own_price(server)
        told = answer(capsys, "report", "cost")
        (row,) = rows(told, "services")
        assert row["cost"] == [{"micros": 600, "currency": "USD"}]
        assert rows(told, "prices")[0]["own"]
        shown(capsys, "edit", "text", talk, "0", "We turn back.")
        answer(capsys, "understand", talk, "--model", f"{server.url}#toy")
        assert len(server.calls) == 7, "the first 20 lines, and the first 30"
        saved = answer(capsys, "report", "cost", "--session", talk)["savings"]
        assert isinstance(saved, dict)
        assert (saved["pieces"] >= 10, saved["hits"] >= 3) == (True, True)
        assert saved["cost"] == [{"micros": 360, "currency": "USD"}], "three calls"
        seen = shown(capsys, "report", "cost")
        assert "700/70" in seen
        assert "0.0008" in seen


def test_notes_are_told_to_the_ledger_like_all_else(
    talk: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def plan(call: Call) -> Reply:
        """A sentence of each window; now and then the service fails."""
        lines = list(lines_in(call))
        told = {"text": "They walk on.", "evidence": lines[:1]}
        untrue = {"text": "They fly.", "evidence": [99_999]}
        return answered({"sections": [{"key": "events", "sentences": [told, untrue]}]})

    with FaultyService() as away, FaultyService() as server:
        away.plan = lambda _call: refused(401, "invalid_api_key")
        server.plan = plan
        names = ("--model", f"{away.url}#first", "--model", f"{server.url}#second")
        shown(capsys, "notes", "make", talk, "--template", "recap", *names)
        cost = {row["model"]: row for row in rows(answer(capsys, "report", "cost"), "services")}
        assert cost["second"]["calls"] == len(server.calls) > 0
        seen = shown(capsys, "sessions", "show", talk)
        assert f"collect: fallback: {len(server.calls)} second" in seen
        asked = len(server.calls)
        monkeypatch.setenv("EARWITNESS_LANGUAGE_MODEL_TOKENS", "10")
        shown(capsys, "notes", "regenerate", talk, "--template", "recap", *names, code=7)
        assert len(server.calls) == asked, "a note has the same budget"


def test_what_was_not_straight_is_shown(talk: str, capsys: pytest.CaptureFixture[str]) -> None:
    with FaultyService() as away, FaultyService() as server:
        away.plan = lambda _call: refused(429, "insufficient_quota")

        def plan(call: Call) -> Reply:
            if "moments" in said_in(call):
                return answered({"moments": []})
            lines = [*lines_in(call), 99_999]
            values = {99_999: "IC", lines[0]: "PIRATE"}
            return answered(
                {
                    "labels": [
                        {"utterance": n, "scheme": "stance", "value": values.get(n, "OOC")}
                        for n in lines
                    ]
                }
            )

        server.plan = plan
        names = ("--model", f"{away.url}#first", "--model", f"{server.url}#second")
        told = answer(capsys, "understand", talk, *names)
        assert told["refused"] == {"out_of_scheme": 3, "unknown_line": 3}
        seen = shown(capsys, "sessions", "show", talk)
        assert "classify: fallback: 3 second; refused: 3 out of scheme, 3 unknown line" in seen, (
            seen
        )
        assert "extract: fallback: 2 second" in seen
        cost = {row["model"]: row for row in rows(answer(capsys, "report", "cost"), "services")}
        assert 1 <= cost["first"]["unanswered"] == cost["first"]["attempts"] <= 5
        assert cost["second"]["unanswered"] == 0
        shown(capsys, "export", talk, "--formats", "json,csv,md,txt,srt")
        for path in (Path.cwd() / "out" / talk).rglob("*.*"):
            assert "PIRATE" not in path.read_text("utf-8")
            assert "99999" not in path.read_text("utf-8")


def test_a_model_that_is_away_leaves_what_was_found_before(
    talk: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = answer(capsys, "understand", talk)
    with FaultyService() as server:
        server.plan = lambda _call: refused(401, "invalid_api_key")
        told = answer(capsys, "understand", talk, "--model", f"{server.url}#toy")
        assert told["labels"] == before["labels"]
        assert "the key was refused" in str(told["warnings"])
        seen = shown(capsys, "sessions", "show", talk)
        assert "degraded" in seen
        assert "what was found before stays" in seen
        server.plan = labelled
        told = answer(capsys, "understand", talk, "--model", f"{server.url}#toy")
        assert (told["labels"], told["warnings"]) == ({"stance": {"NARRATION": LINES}}, [])


def test_the_budget_stops_before_the_call_that_could_exceed_it(
    talk: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EARWITNESS_LANGUAGE_MODEL_TOKENS", "1000")
    with FaultyService() as server:
        server.plan = lambda call: labelled(call, read=2_000, written=500)
        told = answer(capsys, "understand", talk, "--model", f"{server.url}#toy")
        assert server.calls == [], "an answer alone may be longer"
        assert "budget of tokens" in str(told["warnings"])
        monkeypatch.setenv("EARWITNESS_LANGUAGE_MODEL_TOKENS", "9000")
        answer(capsys, "understand", talk, "--model", f"{server.url}#toy")
        assert len(server.calls) == 2, "5,000 tokens are spent; a third one may take 5,000 more"
        monkeypatch.delenv("EARWITNESS_LANGUAGE_MODEL_TOKENS")
        own_price(server)
        monkeypatch.setenv("EARWITNESS_LANGUAGE_MODEL_DOLLARS", "0.005")
        before = len(server.calls)
        told = answer(capsys, "understand", talk, "--model", f"{server.url}#toy")
        assert len(server.calls) == before, (
            "4,096 tokens written could cost more, by your own price"
        )
        assert "budget of money" in str(told["warnings"])


def test_what_people_said_wins_and_teaches(talk: str, capsys: pytest.CaptureFixture[str]) -> None:
    shown(capsys, "edit", "stance", talk, "7", "OOC")
    shown(capsys, "edit", "stance", talk, "9", "MECHANICS")
    with FaultyService() as server:
        server.plan = labelled
        told = answer(capsys, "understand", talk, "--model", f"{server.url}#toy")
        assert told["labels"] == {"stance": {"NARRATION": LINES - 2, "OOC": 1, "MECHANICS": 1}}
        for call in server.calls:
            data = said_in(call).split("\n<<<\n")[-1]
            assert ("example | stance=OOC: We walk on, for the 7 time." in data) == (
                "moments" not in said_in(call)
            )
            assert said_in(call).count("\nexample |") in (0, 2)
        asked = len(server.calls)
        shown(capsys, "edit", "stance", talk, "55", "IC")
        answer(capsys, "understand", talk, "--model", f"{server.url}#toy")
        assert len(server.calls) == asked + 2, "one more correction: its own lines are judged anew"


def test_the_doctor_looks_at_language_models(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "ollama pull" in finding(capsys, "language models")["hint"]
    with FaultyService() as server:
        server.models = ("small", "big:latest")
        names = [f"{server.url}#{name}" for name in ("small", "big", "none")]
        monkeypatch.setenv("EARWITNESS_LANGUAGE_MODELS", ",".join([*names, "openai:gpt-4o"]))
        found = [finding(capsys, f"language model {name}") for name in names]
        assert [each["ok"] for each in found] == [True, True, False]
        assert "stays on this machine" in found[0]["why"]
        assert "no such model" in found[2]["why"]
        assert "EARWITNESS_OPENAI" in finding(capsys, "language model openai:gpt-4o")["hint"]
        host = server.url.removeprefix("http://")
        assert (
            finding(capsys, f"service language model {host} small")["service"]["state"] == "CLOSED"
        )
        server.looked_status = 401
        assert "refused" in finding(capsys, f"language model {names[0]}")["why"]
        assert server.calls == [], "nobody is asked anything"
        assert set(server.looked) == {"/v1/models"}
        listed = answer(capsys, "models", "list")["language_models"]
        assert isinstance(listed, list)
        assert [each["stays_here"] for each in listed] == [True, True, True, False]
        assert "language model openai:gpt-4o, at api.openai.com" in shown(capsys, "models", "list")
    assert "nothing answers" in finding(capsys, f"language model {names[0]}")["why"]


def finding(capsys: pytest.CaptureFixture[str], what: str) -> dict[str, Any]:
    found = rows(answer(capsys, "doctor"), "findings")
    return next(each for each in found if each["what"] == what)


def test_what_is_erased_is_in_nothing_that_was_found(
    talk: str, capsys: pytest.CaptureFixture[str]
) -> None:
    home = Path(os.environ["EARWITNESS_HOME"])
    said = f"I promise you, {SECRET} will fall today, my friend"
    made = [
        earwitness.edit(talk, 30, "text", said).overrides[0].seq,
        earwitness.edit(talk, 31, "character", SECRET.title()).overrides[0].seq,
    ]

    def plan(call: Call) -> Reply:
        """Repeats what it was shown."""
        if "moments" not in said_in(call):
            return labelled(call)
        cited = [n for n, text in lines_in(call).items() if SECRET in text]
        moments = [{"kind": "promise", "evidence": [n], "text": said, "quote": said} for n in cited]
        return answered({"moments": moments})

    with FaultyService() as server:
        server.plan = plan
        answer(capsys, "understand", talk, "--model", f"{server.url}#toy")
        answer(capsys, "understand", talk)
        assert len([path for path in (home / "blobs").rglob("*") if holds(path)]) > 2
        for seq in made:
            told = answer(capsys, "sessions", "erase", talk, str(seq), "--yes")
            assert (told["complete"], told["found_anew"]) == (True, True)
        assert [path for path in home.rglob("*") if holds(path)] == []
        assert answer(capsys, "understand", talk)["warnings"] == []
        assert earwitness.record(talk).transcript.labels, "rules have labelled it anew"


def holds(path: Path) -> bool:
    """Whether a file holds the secret, in whatever letters."""
    return path.is_file() and SECRET.encode() in path.read_bytes().lower()


def test_nothing_stays_of_a_session_that_was_deleted(
    talk: str, capsys: pytest.CaptureFixture[str]
) -> None:
    home = Path(os.environ["EARWITNESS_HOME"])
    shown(capsys, "edit", "text", talk, "30", f"I promise you, {SECRET} will fall, my friend")
    answer(capsys, "understand", talk)
    assert any(holds(path) for path in home.rglob("*"))
    shown(capsys, "sessions", "delete", talk, "--yes")
    assert [path for path in home.rglob("*") if holds(path)] == []
