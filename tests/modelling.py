"""A language model for tests: an OpenAI-compatible service that answers what a test says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from earwitness.core.breaker import InMemory
from earwitness.core.playbook import Playbook
from earwitness.core.services import Services
from earwitness.core.text_ports import Brief, Budget
from earwitness.engines.gateway import Gateway
from earwitness.engines.model_names import read_model_names
from earwitness.engines.models import Asking, Models
from earwitness.engines.models_notes import ModelWriter
from tests.faulty import Call, FaultyService, Reply, told

A = TypeVar("A", bound=Asking)

_LINE = re.compile(r"^(\d+)( before)? \| ([^:]*): (.*)$", re.MULTILINE)


def said_in(call: Call) -> str:
    """All text that a call sends."""
    messages = call.asked["messages"]
    assert isinstance(messages, list)
    return "\n".join(str(each["content"]) for each in messages)


def lines_in(call: Call) -> dict[int, str]:
    """The utterances that a call asks about, context left out."""
    return {
        int(number): text for number, before, _, text in _LINE.findall(said_in(call)) if not before
    }


def answered(answer: Mapping[str, object], *, read: int = 100, written: int = 10) -> Reply:
    """An answer in the form that was asked for."""
    call = {
        "id": "call-1",
        "type": "function",
        "function": {"name": "answer", "arguments": json.dumps(answer)},
    }
    return _completion({"role": "assistant", "content": None, "tool_calls": [call]}, read, written)


def chatted(text: str) -> Reply:
    """Prose, where an answer was asked for."""
    return _completion({"role": "assistant", "content": text}, 100, 10)


def _completion(message: Mapping[str, object], read: int, written: int) -> Reply:
    usage = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return told(
        {
            "id": "chat-1",
            "object": "chat.completion",
            "created": 1,
            "model": "toy",
            "choices": [choice],
            "usage": usage,
        }
    )


def models(
    server: FaultyService,
    playbook: Playbook,
    *others: FaultyService,
    budget: Budget = Budget(),  # noqa: B008 - frozen
    waits: list[float] | None = None,
    timeout_s: float = 20,
) -> Models:
    """Models that ask these services one after another, without waiting for real."""
    services = (server, *others)
    return _open(Models, services, playbook, budget=budget, waits=waits, timeout_s=timeout_s)


def writer(
    server: FaultyService,
    playbook: Playbook,
    *others: FaultyService,
    budget: Budget = Budget(),  # noqa: B008 - frozen
) -> ModelWriter:
    """The same, to write notes."""
    return _open(ModelWriter, (server, *others), playbook, budget=budget, waits=None, timeout_s=20)


def _open(
    engine: type[A],
    services: tuple[FaultyService, ...],
    playbook: Playbook,
    *,
    budget: Budget,
    waits: list[float] | None,
    timeout_s: float,
) -> A:
    names = read_model_names([f"{each.url}#toy" for each in services])
    noted = waits if waits is not None else []
    pause: Callable[[float], None] = noted.append
    brief = Brief(playbook, models=tuple(each.said for each in names), budget=budget)
    return engine(
        names,
        brief,
        Gateway(
            names,
            {},
            brief,
            timeout_s=timeout_s,
            services=Services(standings=InMemory(), pause=pause),
        ),
    )
