"""Looking whether a model is there: it is told apart what is missing, and nothing said is sent."""

from __future__ import annotations

import pytest
from tests.faulty import FaultyService

from earwitness.engines.model_looking import look
from earwitness.engines.model_names import read_model_name


def test_what_is_there_and_what_is_not() -> None:
    with FaultyService() as server:
        server.models = ("small", "big:latest")
        for name, ok in (("small", True), ("big", True), ("big:latest", True), ("none", False)):
            assert look(read_model_name(f"{server.url}#{name}"), "").ok is ok
        for status, why in ((401, "refused"), (403, "refused"), (500, "status 500")):
            server.looked_status = status
            assert why in look(read_model_name(f"{server.url}#small"), "key").why
        assert server.calls == []
        gone = server.url
    assert "nothing answers" in look(read_model_name(f"{gone}#small"), "").why


@pytest.mark.parametrize(
    ("said", "key", "offline", "why"),
    [
        ("openai:gpt-4o", "", False, "wants a key"),
        ("anthropic:claude-sonnet-4-5", "", False, "wants a key"),
        ("openai:gpt-4o", "sk-ä", False, "no key has"),
        ("openai:gpt-4o", "sk-canary", True, "offline"),
        ("https://llm.invalid/v1#big", "", True, "offline"),
    ],
)
def test_nobody_is_asked_when_something_is_missing(
    said: str, key: str, offline: bool, why: str
) -> None:
    found = look(read_model_name(said), key, offline=offline)
    assert not found.ok
    assert why in found.why
    assert "canary" not in found.why + found.hint
