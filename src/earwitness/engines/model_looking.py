"""Looking: whether a language model is there and lets itself be asked; nothing said is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from earwitness.core.ports import Readiness
from earwitness.engines.model_names import OLLAMA, ModelName

LOOK_S: Final = 5.0
"""So long is waited for a list of models."""

_LIST_BYTES: Final = 4_000_000
_ANTHROPIC: Final = "2023-06-01"
"""The version of its interface, as Anthropic names it."""


def lacks(name: ModelName, key: str, *, offline: bool) -> Readiness | None:
    """What is missing before anybody is asked; None when nothing is."""
    if name.provider and not key:
        return Readiness(
            False, f"{name.address.host} wants a key", f"set EARWITNESS_{name.key.upper()}"
        )
    if key and not (key.isascii() and key.isprintable()):
        return Readiness(False, "the key holds signs that no key has", "copy it once more")
    if offline and not name.stays_here:
        return Readiness(False, "it is not on this machine, and offline holds", "leave it out")
    return None


def look(name: ModelName, key: str, *, offline: bool = False) -> Readiness:
    """Ask the service which models it has; no text of a session is sent, and no model is loaded.

    Args:
        name: The model.
        key: What the service asks for; empty for none.
        offline: Only this machine may be asked.
    """
    missing = lacks(name, key, offline=offline)
    if missing is not None:
        return missing
    status, listed = _listed(name, key)
    where = f"at {name.address.host}"
    if status is None:
        hint = "start it: ollama serve" if name.address.url == OLLAMA else "see that it runs"
        return Readiness(False, f"nothing answers {where}", hint)
    if status in (401, 403):
        return Readiness(False, f"the key was refused {where}", "see to the key")
    if status != 200:
        return Readiness(False, f"status {status} {where}", "see that its address is right")
    if not {name.model, f"{name.model}:latest"} & listed:
        pull = f"ollama pull {name.model}" if name.address.url == OLLAMA else "name one that it has"
        return Readiness(False, f"there, but has no such model {where}", pull)
    stays = "stays on this machine" if name.stays_here else "what was said is sent there"
    told = "with a key" if key else "without a key"
    return Readiness(True, f"there {where}, {told}; {stays}")


def _listed(name: ModelName, key: str) -> tuple[int | None, frozenset[str]]:
    """The status, and ids of models; None: no answer."""
    import httpx2

    if name.maker == "anthropic":
        url = f"{name.address.url}/v1/models?limit=1000"
        headers = {"x-api-key": key, "anthropic-version": _ANTHROPIC}
    else:
        url = f"{name.address.url}/models"
        headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        # No redirect: the key would go where nobody said it may. No proxy for this machine.
        with (
            httpx2.Client(
                timeout=LOOK_S, follow_redirects=False, trust_env=not name.stays_here
            ) as client,
            client.stream("GET", url, headers=headers) as answer,
        ):
            body = bytearray()
            for chunk in answer.iter_bytes():
                body += chunk
                if len(body) > _LIST_BYTES:
                    break
            return answer.status_code, _ids(bytes(body))
    except (httpx2.HTTPError, httpx2.InvalidURL):
        return None, frozenset()


def _ids(body: bytes) -> frozenset[str]:
    """Ids in a list as OpenAI and Anthropic give it; what is none holds none."""
    try:
        told: object = json.loads(body)
    except ValueError:
        return frozenset()
    rows = told.get("data") if isinstance(told, Mapping) else None
    if not isinstance(rows, list):
        return frozenset()
    return frozenset(
        row["id"] for row in rows if isinstance(row, Mapping) and isinstance(row.get("id"), str)
    )
