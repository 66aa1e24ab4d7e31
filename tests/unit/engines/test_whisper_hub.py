"""Fetching models: from a small hub of our own on this machine, and with no hub at all."""

import errno
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from huggingface_hub import constants
from tests.hub import COMMIT, Hub, point_to, serving

from earwitness.core.breaker import InMemory, Thresholds
from earwitness.core.errors import Cancelled, DiskFull, EngineUnavailable
from earwitness.core.retry import JITTER
from earwitness.core.services import Services
from earwitness.engines import whisper_hub
from earwitness.engines.whisper_hub import absent, forget_answers, hub_answers, pull
from earwitness.engines.whisper_models import cached, locate

REPO = "someone/whisper-for-tests"
FILES = {
    "config.json": b'{"suppress_ids": [], "alignment_heads": []}',
    "tokenizer.json": b'{"model": {}}',
    "vocabulary.json": b'["a", ""]',
    "model.bin": bytes(300_000),
    "README.md": b"not wanted",
}


class WhisperHub(Hub):
    """Speaks as much of the hub's protocol as fetching a snapshot needs."""

    files = FILES
    broken = False
    troubles: ClassVar[list[tuple[int, dict[str, str]]]] = []

    def answer(self) -> None:
        self.asked.append((self.command, self.path))
        if self.troubles:
            status, headers = self.troubles.pop(0)
            self.send(b"{}", status, headers)
            return
        path = self.path.partition("?")[0]
        name = path.rpartition("/")[2]
        if path == "/":
            self.send(b"")
        elif path == f"/api/models/{REPO}/revision/main":
            siblings = [{"rfilename": file} for file in FILES]
            self.send(json.dumps({"id": REPO, "sha": COMMIT, "siblings": siblings}).encode())
        elif path == f"/api/models/{REPO}/tree/{COMMIT}":
            self.send(json.dumps(self.tree()).encode())
        elif self.broken and name == "model.bin":
            self.send(b"not now", 403)
        elif path == f"/{REPO}/resolve/{COMMIT}/{name}" and name in FILES:
            self.give(name)
        else:
            self.send(b"{}", 404, {"X-Error-Code": "RepoNotFound"})


def quick(waits: list[float] | None = None) -> Services:
    """The hub's breaker of one test; nothing is waited for."""
    return Services(standings=InMemory(), pause=(waits if waits is not None else []).append)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[WhisperHub]]:
    forget_answers()
    with serving(WhisperHub, monkeypatch) as handler:
        yield handler


@pytest.fixture
def no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port of this machine where nobody listens."""
    forget_answers()
    point_to(monkeypatch, "http://127.0.0.1:9")


def test_pull_fetches_what_a_model_needs_and_tells_the_bytes(
    hub: type[WhisperHub], tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []
    folder = pull(REPO, lambda done, total: told.append((done, total)), cache=tmp_path)
    assert sorted(file.name for file in folder.iterdir()) == sorted(set(FILES) - {"README.md"})
    assert (folder / "model.bin").read_bytes() == FILES["model.bin"]
    wanted = sum(len(body) for name, body in FILES.items() if name != "README.md")
    assert told[-1] == (wanted, wanted)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert all(0 <= done <= total for done, total in told)


def test_what_was_pulled_is_found_and_not_fetched_again(
    hub: type[WhisperHub], tmp_path: Path
) -> None:
    folder = pull(REPO, cache=tmp_path)
    asked = len(hub.asked)
    assert cached(REPO, tmp_path) == folder
    assert locate(REPO, cache=tmp_path).path == folder
    assert pull(REPO, cache=tmp_path) == folder
    assert len(hub.asked) == asked


def test_stopping_leaves_no_half_model_and_the_next_pull_completes_it(
    hub: type[WhisperHub], tmp_path: Path
) -> None:
    def stop(_done: int, _total: int) -> None:
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        pull(REPO, stop, cache=tmp_path)
    assert cached(REPO, tmp_path) is None
    assert pull(REPO, cache=tmp_path) == cached(REPO, tmp_path)


def test_a_model_the_hub_does_not_have(hub: type[WhisperHub], tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="no model someone/other"):
        pull("someone/other", cache=tmp_path)


def test_an_id_that_can_be_none_is_refused(hub: type[WhisperHub], tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="no id of a model"):
        pull("some..one/model", cache=tmp_path)


def test_a_fetch_that_breaks_off_goes_on_next_time(hub: type[WhisperHub], tmp_path: Path) -> None:
    hub.broken = True
    with pytest.raises(EngineUnavailable, match="broke off") as caught:
        pull(REPO, cache=tmp_path)
    assert f"earwitness models pull {REPO}" in caught.value.hint
    hub.broken = False
    assert pull(REPO, cache=tmp_path) == cached(REPO, tmp_path)


def test_a_full_disk_is_an_error_of_its_own(
    hub: type[WhisperHub], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_options: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("huggingface_hub.snapshot_download", full)
    with pytest.raises(DiskFull) as caught:
        pull("small", cache=tmp_path)
    assert "486 MB" in caught.value.hint


def test_no_telemetry_is_sent(hub: type[WhisperHub], tmp_path: Path) -> None:
    pull(REPO, cache=tmp_path)
    assert constants.HF_HUB_DISABLE_TELEMETRY
    assert not any("telemetry" in path for _, path in hub.asked)


@pytest.mark.usefixtures("no_hub")
def test_without_a_hub_the_error_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="cannot be reached") as caught:
        pull("small", cache=tmp_path, services=quick())
    assert "earwitness models pull small" in caught.value.hint
    assert not hub_answers(quick())


def test_a_hub_that_refuses_still_answers(hub: type[WhisperHub]) -> None:
    assert hub_answers(quick())
    assert whisper_hub._answers(constants.ENDPOINT + "/nothing-here")


def test_the_hubs_own_offline_switch_is_heeded(
    hub: type[WhisperHub], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    forget_answers()
    assert not hub_answers(quick())
    assert hub.asked == []


def test_absent_models_are_mended_by_a_command() -> None:
    assert absent("base", offline=True).hint == "earwitness models pull base"
    assert "earwitness models pull base" in absent("base", offline=False).hint


@pytest.mark.usefixtures("no_hub")
def test_a_hub_that_is_away_is_asked_four_times_then_left_alone(tmp_path: Path) -> None:
    waits: list[float] = []
    services = replace(quick(waits), thresholds={"hub": Thresholds(4, 60)})
    with pytest.raises(EngineUnavailable, match="cannot be reached"):
        pull("small", cache=tmp_path, services=services)
    assert waits == [pytest.approx(each, rel=JITTER) for each in (1, 2, 4)]
    with pytest.raises(EngineUnavailable, match="left alone") as caught:
        pull("small", cache=tmp_path, services=services)
    assert len(waits) == 3
    assert "in 60 s" in caught.value.hint
    assert not hub_answers(services)


@pytest.mark.parametrize(
    ("status", "headers", "waited"),
    [(500, {}, 1), (503, {}, 1), (429, {"Retry-After": "7"}, 7), (408, {}, 1)],
)
def test_a_passing_trouble_of_the_hub_costs_one_wait(
    hub: type[WhisperHub],
    tmp_path: Path,
    status: int,
    headers: dict[str, str],
    waited: float,
) -> None:
    waits: list[float] = []
    hub.troubles = [(status, headers)]
    folder = pull(REPO, cache=tmp_path, services=quick(waits))
    assert (folder / "model.bin").is_file()
    assert all(wait == pytest.approx(waited, rel=JITTER) for wait in waits), (
        "the hub's package may wait itself"
    )


@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_the_hub_refuses_is_not_asked_for_twice(
    hub: type[WhisperHub], tmp_path: Path, status: int
) -> None:
    waits: list[float] = []
    hub.troubles = [(status, {})] * 20
    with pytest.raises(EngineUnavailable):
        pull(REPO, cache=tmp_path, services=quick(waits))
    assert waits == []


@pytest.mark.usefixtures("no_hub")
def test_the_question_if_it_is_there_counts_too() -> None:
    hub_away = replace(quick(), thresholds={"hub": Thresholds(4, 60)})
    for _ in range(4):
        forget_answers()
        assert not hub_answers(hub_away)
    (standing,) = hub_away.standings.standings().values()
    assert (standing.state, standing.fault) == ("OPEN", "network")
