"""Models from a small hub of our own on this machine: given, refused, broken off, not there."""

from __future__ import annotations

import errno
import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from huggingface_hub import constants

from earwitness.core.errors import DiskFull, EngineUnavailable
from earwitness.engines.model_hub import HubModel, absent, digest, fetch, here

COMMIT = "c0ffee" + "0" * 34
TOKEN = "hf_" + "A" * 30
FILES = {"config.yaml": b"pipeline: {}", "part/model.bin": bytes(1_000), "README.md": b"no"}
OPEN = HubModel("someone/open", ("config.yaml", "*.bin"), ("config.yaml", "part/*.bin"))
GATED = HubModel("someone/gated", OPEN.files, OPEN.needed, gated=True, size_mb=35)


class Hub(BaseHTTPRequestHandler):
    """Speaks as much of the hub's protocol as fetching needs; one repository is gated."""

    mood = "well"
    asked: list[tuple[str, str]] = []  # noqa: RUF012  # one hub per test

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""

    def _answer(self) -> None:
        path = self.path.partition("?")[0]
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        self.asked.append((path, token))
        if token and token != TOKEN:
            self._send(b"{}", 401)
        elif path.startswith("/api/models/") and ("open" in path or "gated" in path):
            self._tell(path)
        elif "/gated/resolve/" in path and token != TOKEN:
            self._send(b"", 401, {"X-Error-Code": "GatedRepo"})
        elif "/gated/resolve/" in path and self.mood == "not accepted":
            self._send(b"", 403, {"X-Error-Code": "GatedRepo"})
        elif "/resolve/" in path and ("open" in path or "gated" in path):
            self._give(path.partition(COMMIT + "/")[2])
        else:
            self._send(b"{}", 401 if not token else 404, {"X-Error-Code": "RepoNotFound"})

    def _tell(self, path: str) -> None:
        if "/tree/" in path:
            entries = [
                {"type": "file", "path": name, "size": len(body), "oid": oid(name)}
                for name, body in FILES.items()
            ]
            self._send(json.dumps(entries).encode())
        else:
            siblings = [{"rfilename": name} for name in FILES]
            told = {"id": path.split("/")[3], "sha": COMMIT, "siblings": siblings}
            self._send(json.dumps(told).encode())

    def _give(self, name: str) -> None:
        if self.mood == "broken" and name.endswith(".bin"):
            self._send(b"not now", 403)
        elif self.mood == "poor" and name.endswith(".bin"):
            self._send(b"", 404, {"X-Error-Code": "EntryNotFound"})
        else:
            self._send(FILES[name], headers={"ETag": f'"{oid(name)}"', "X-Repo-Commit": COMMIT})

    def _send(self, body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for key, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)


def oid(name: str) -> str:
    return hashlib.sha1(FILES[name]).hexdigest()


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Hub]]:
    handler = type("OneHub", (Hub,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    serving = threading.Thread(target=server.serve_forever, args=(0.01,))
    serving.start()
    point_to(monkeypatch, f"http://127.0.0.1:{server.server_port}")
    yield handler
    server.shutdown()
    serving.join()
    server.server_close()


def point_to(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    monkeypatch.setattr(constants, "ENDPOINT", endpoint)
    template = endpoint + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)


def test_a_model_is_fetched_once_and_found_again(hub: type[Hub], tmp_path: Path) -> None:
    assert here(OPEN, cache=tmp_path) is None
    folder = fetch(OPEN, cache=tmp_path)
    assert (folder / "part" / "model.bin").read_bytes() == FILES["part/model.bin"]
    assert not (folder / "README.md").exists()
    assert here(OPEN, cache=tmp_path) == folder
    asked = len(hub.asked)
    assert fetch(OPEN, cache=tmp_path) == folder
    assert len(hub.asked) == asked
    assert constants.HF_HUB_DISABLE_TELEMETRY


def test_a_token_is_shown_to_the_hub_and_to_nobody_else(hub: type[Hub], tmp_path: Path) -> None:
    fetch(GATED, token=TOKEN, cache=tmp_path)
    assert {token for _, token in hub.asked} == {TOKEN}


def test_no_token_is_looked_for_elsewhere(
    hub: type[Hub], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    fetch(OPEN, cache=tmp_path)
    assert {token for _, token in hub.asked} == {""}


def test_a_gated_model_without_a_token(hub: type[Hub], tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="only to those who show a token") as caught:
        fetch(GATED, cache=tmp_path)
    assert "hf.co/someone/gated" in caught.value.hint
    assert "EARWITNESS_HUB_TOKEN" in caught.value.hint


def test_a_gated_model_whose_conditions_were_not_accepted(hub: type[Hub], tmp_path: Path) -> None:
    hub.mood = "not accepted"
    with pytest.raises(EngineUnavailable, match="has not accepted the conditions") as caught:
        fetch(GATED, token=TOKEN, cache=tmp_path)
    assert "hf.co/someone/gated" in caught.value.hint
    assert TOKEN not in str(caught.value) + caught.value.hint


def test_a_token_that_the_hub_does_not_know(hub: type[Hub], tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="does not know this token") as caught:
        fetch(OPEN, token="hf_wrong", cache=tmp_path)
    assert "hf_wrong" not in str(caught.value) + caught.value.hint


def test_a_model_that_the_hub_does_not_have(hub: type[Hub], tmp_path: Path) -> None:
    nothing = HubModel("someone/nothing", OPEN.files, OPEN.needed)
    for token in (None, TOKEN):
        with pytest.raises(EngineUnavailable, match="no model someone/nothing"):
            fetch(nothing, token=token, cache=tmp_path)


def test_an_id_that_can_be_none(hub: type[Hub], tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="no id of a model"):
        fetch(HubModel("some..one/x", OPEN.files, OPEN.needed), cache=tmp_path)


def test_what_breaks_off_goes_on_next_time(hub: type[Hub], tmp_path: Path) -> None:
    hub.mood = "broken"
    with pytest.raises(EngineUnavailable, match="broke off"):
        fetch(OPEN, cache=tmp_path)
    assert here(OPEN, cache=tmp_path) is None
    hub.mood = "well"
    assert fetch(OPEN, cache=tmp_path) == here(OPEN, cache=tmp_path)


def test_what_a_fetch_left_half_is_not_here(hub: type[Hub], tmp_path: Path) -> None:
    fetch(OPEN, cache=tmp_path)
    half = tmp_path / "models--someone--open" / "blobs" / "0123.incomplete"
    half.touch()
    assert here(OPEN, cache=tmp_path) is None
    half.unlink()
    assert here(OPEN, cache=tmp_path) is not None


def test_without_a_hub_the_error_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    point_to(monkeypatch, "http://127.0.0.1:9")
    with pytest.raises(EngineUnavailable, match="cannot be reached") as caught:
        fetch(GATED, token=TOKEN, cache=tmp_path)
    assert "connect" in caught.value.hint


def test_a_full_disk_is_an_error_of_its_own(
    hub: type[Hub], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_options: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("huggingface_hub.snapshot_download", full)
    with pytest.raises(DiskFull) as caught:
        fetch(GATED, token=TOKEN, cache=tmp_path)
    assert "35 MB" in caught.value.hint


def test_offline_says_how_to_get_it() -> None:
    gone = absent(GATED, offline=True)
    assert "nothing may be fetched" in str(gone)
    assert "--offline" in gone.hint


def test_the_digest_is_of_names_and_bytes_not_of_places(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a").write_bytes(b"x")
        (tmp_path / folder / "b").write_bytes(b"y")
    one = digest((tmp_path / "one").iterdir())
    assert digest((tmp_path / "two").iterdir()) == one
    (tmp_path / "two" / "a").write_bytes(b"z")
    assert digest((tmp_path / "two").iterdir()) != one
    (tmp_path / "two" / "a").unlink()
    assert digest((tmp_path / "two").iterdir()) != one
