"""The model that suits a machine: what is here goes first, and it has to fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwitness.engines.whisper_fit import NEEDS, Machine, choose, smaller_than, this_machine
from earwitness.engines.whisper_models import PUBLISHED, Located, locate

LAPTOP = Machine(4, 16_000)
SMALL = Machine(2, 4_000)
TINY = Machine(1, 700)
WORKSTATION = Machine(32, 64_000)
CARD = Machine(8, 32_000, gpu=True, gpu_mb=24_000)
OLD_CARD = Machine(8, 32_000, gpu=True, gpu_mb=2_500)
UNKNOWN_CARD = Machine(8, 32_000, gpu=True, gpu_mb=None)


def keep(cache: Path, *names: str) -> None:
    """Models in the hub's cache, without weights."""
    for name in names:
        repo = next(item.repo for item in PUBLISHED if item.name == name)
        folder = cache / ("models--" + repo.replace("/", "--")) / "snapshots" / ("a" * 40)
        folder.mkdir(parents=True)
        for file in ("model.bin", "config.json", "tokenizer.json", "vocabulary.json"):
            (folder / file).write_text("{}")


def chosen(cache: Path, machine: Machine) -> str:
    return choose(gpu=machine.gpu, cache=cache, machine=machine).located.name


def test_every_multilingual_model_has_its_needs() -> None:
    assert set(NEEDS) == {item.name for item in PUBLISHED if not item.english_only}


@pytest.mark.parametrize(
    ("machine", "name"),
    [
        (LAPTOP, "large-v3-turbo"),
        (SMALL, "small"),
        (TINY, "tiny"),
        (WORKSTATION, "large-v3-turbo"),
        (CARD, "large-v3-turbo"),
        (OLD_CARD, "base"),
        (UNKNOWN_CARD, "large-v3-turbo"),
    ],
)
def test_what_is_fetched_suits_the_machine(tmp_path: Path, machine: Machine, name: str) -> None:
    assert chosen(tmp_path, machine) == name
    assert "to fetch" in choose(gpu=machine.gpu, cache=tmp_path, machine=machine).why


@pytest.mark.parametrize(
    ("machine", "here", "name"),
    [
        (WORKSTATION, ("tiny",), "tiny"),
        (LAPTOP, ("tiny", "small"), "small"),
        (LAPTOP, ("small", "medium"), "medium"),
        (CARD, ("small", "large-v2"), "large-v2"),
        (SMALL, ("base", "large-v3"), "base"),
        (Machine(1, 16_000), ("large-v3", "large-v2"), "large-v3"),
        (OLD_CARD, ("large-v3", "base"), "base"),
    ],
)
def test_what_is_here_and_fits_goes_before_fetching(
    tmp_path: Path, machine: Machine, here: tuple[str, ...], name: str
) -> None:
    keep(tmp_path, *here)
    fitting = choose(gpu=machine.gpu, cache=tmp_path, machine=machine)
    assert fitting.located.name == name
    assert fitting.located.path is not None
    assert "on this machine" in fitting.why


def test_what_is_here_and_does_not_fit_is_left(tmp_path: Path) -> None:
    keep(tmp_path, "large-v3")
    assert chosen(tmp_path, SMALL) == "small"


def test_an_english_only_model_is_not_chosen_by_itself(tmp_path: Path) -> None:
    keep(tmp_path, "small.en")
    assert chosen(tmp_path, SMALL) == "small"


def test_smaller_ones_that_are_here_are_known_the_best_first(tmp_path: Path) -> None:
    keep(tmp_path, "medium", "tiny", "base")
    names = [each.name for each in smaller_than(locate("medium", cache=tmp_path), cache=tmp_path)]
    assert names == ["base", "tiny"]
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "model.bin").write_bytes(bytes(100_000))
    assert smaller_than(Located("mine", mine), cache=tmp_path) == ()


def test_this_machine_is_known() -> None:
    here = this_machine(gpu=False)
    assert here.cores >= 1
    assert here.memory_mb > 100
    assert "processors" in str(here)
    assert str(CARD) == "a GPU of 24 GB"
    assert str(UNKNOWN_CARD) == "a GPU"
