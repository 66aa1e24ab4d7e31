"""Models from a small hub of our own on this machine: given, refused, broken off, not there."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import constants
from tests.hub import COMMIT, Hub, point_to, serving

from earwitness.core.errors import DiskFull, EngineUnavailable
from earwitness.core.services import Services
from earwitness.engines.model_hub import HubModel, absent, digest, fetch, here

TOKEN = "hf_" + "A" * 30
FILES = {"config.yaml": b"pipeline: {}", "part/model.bin": bytes(1_000), "README.md": b"no"}
OPEN = HubModel("someone/open", ("config.yaml", "*.bin"), ("config.yaml", "part/*.bin"))
GATED = HubModel("someone/gated", OPEN.files, OPEN.needed, gated=True, size_mb=35)


class GatedHub(Hub):
    """Speaks as much of the hub's protocol as fetching needs; one repository is gated."""

    files = FILES
    mood = "well"

    def answer(self) -> None:
        path = self.path.partition("?")[0]
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        self.asked.append((path, token))
        if token and token != TOKEN:
            self.send(b"{}", 401)
        elif path.startswith("/api/models/") and ("open" in path or "gated" in path):
            self._tell(path)
        elif "/gated/resolve/" in path and token != TOKEN:
            self.send(b"", 401, {"X-Error-Code": "GatedRepo"})
        elif "/gated/resolve/" in path and self.mood == "not accepted":
            self.send(b"", 403, {"X-Error-Code": "GatedRepo"})
        elif "/resolve/" in path and ("open" in path or "gated" in path):
            self._give(path.partition(COMMIT + "/")[2])
        else:
            self.send(b"{}", 401 if not token else 404, {"X-Error-Code": "RepoNotFound"})

    def _tell(self, path: str) -> None:
        if "/tree/" in path:
            self.send(json.dumps(self.tree()).encode())
        else:
            siblings = [{"rfilename": name} for name in FILES]
            told = {"id": path.split("/")[3], "sha": COMMIT, "siblings": siblings}
            self.send(json.dumps(told).encode())

    def _give(self, name: str) -> None:
        if self.mood == "broken" and name.endswith(".bin"):
            self.send(b"not now", 403)
        elif self.mood == "poor" and name.endswith(".bin"):
            self.send(b"", 404, {"X-Error-Code": "EntryNotFound"})
        else:
            self.give(name)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[GatedHub]]:
    with serving(GatedHub, monkeypatch) as handler:
        yield handler


def test_a_model_is_fetched_once_and_found_again(hub: type[GatedHub], tmp_path: Path) -> None:
    assert here(OPEN, cache=tmp_path) is None
    folder = fetch(OPEN, cache=tmp_path)
    assert (folder / "part" / "model.bin").read_bytes() == FILES["part/model.bin"]
    assert not (folder / "README.md").exists()
    assert here(OPEN, cache=tmp_path) == folder
    asked = len(hub.asked)
    assert fetch(OPEN, cache=tmp_path) == folder
    assert len(hub.asked) == asked
    assert constants.HF_HUB_DISABLE_TELEMETRY


def test_a_token_is_shown_to_the_hub_and_to_nobody_else(
    hub: type[GatedHub], tmp_path: Path
) -> None:
    fetch(GATED, token=TOKEN, cache=tmp_path)
    assert {token for _, token in hub.asked} == {TOKEN}


def test_no_token_is_looked_for_elsewhere(
    hub: type[GatedHub], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    fetch(OPEN, cache=tmp_path)
    assert {token for _, token in hub.asked} == {""}


def test_a_gated_model_without_a_token(hub: type[GatedHub], tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="only to those who show a token") as caught:
        fetch(GATED, cache=tmp_path)
    assert "hf.co/someone/gated" in caught.value.hint
    assert "EARWITNESS_HUB_TOKEN" in caught.value.hint


def test_a_gated_model_whose_conditions_were_not_accepted(
    hub: type[GatedHub], tmp_path: Path
) -> None:
    hub.mood = "not accepted"
    with pytest.raises(EngineUnavailable, match="has not accepted the conditions") as caught:
        fetch(GATED, token=TOKEN, cache=tmp_path)
    assert "hf.co/someone/gated" in caught.value.hint
    assert TOKEN not in str(caught.value) + caught.value.hint


def test_a_token_that_the_hub_does_not_know(hub: type[GatedHub], tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="does not know this token") as caught:
        fetch(OPEN, token="hf_wrong", cache=tmp_path)
    assert "hf_wrong" not in str(caught.value) + caught.value.hint


def test_a_model_that_the_hub_does_not_have(hub: type[GatedHub], tmp_path: Path) -> None:
    nothing = HubModel("someone/nothing", OPEN.files, OPEN.needed)
    for token in (None, TOKEN):
        with pytest.raises(EngineUnavailable, match="no model someone/nothing"):
            fetch(nothing, token=token, cache=tmp_path)


def test_an_id_that_can_be_none(hub: type[GatedHub], tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="no id of a model"):
        fetch(HubModel("some..one/x", OPEN.files, OPEN.needed), cache=tmp_path)


def test_what_breaks_off_goes_on_next_time(hub: type[GatedHub], tmp_path: Path) -> None:
    hub.mood = "broken"
    with pytest.raises(EngineUnavailable, match="broke off"):
        fetch(OPEN, cache=tmp_path)
    assert here(OPEN, cache=tmp_path) is None
    hub.mood = "well"
    assert fetch(OPEN, cache=tmp_path) == here(OPEN, cache=tmp_path)


def test_what_a_fetch_left_half_is_not_here(hub: type[GatedHub], tmp_path: Path) -> None:
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
        fetch(GATED, token=TOKEN, cache=tmp_path, services=Services(pause=lambda _s: None))
    assert "connect" in caught.value.hint


def test_a_full_disk_is_an_error_of_its_own(
    hub: type[GatedHub], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
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
