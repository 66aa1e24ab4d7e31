"""Rates: what engines were measured to take for an hour of sound, shipped with the program."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Rate:
    """One measurement.

    Attributes:
        engine: Its name.
        model: Its model; empty where it has none.
        cores: Fewest and most cores of the machines it stands for; none has a GPU.
        workers: Pieces worked on at the same time.
        wall_s: Elapsed, for an hour of sound.
        cpu_s: Processor time, for an hour of sound.
        random: The model was never trained; a real one may take longer on hard passages.
    """

    engine: str
    model: str
    cores: tuple[int, int]
    workers: int
    wall_s: int
    cpu_s: int
    random: bool


@cache
def rates() -> tuple[Rate, ...]:
    """All that were measured."""
    told = tomllib.loads(files("earwitness.app.reports").joinpath("rates.toml").read_text("utf-8"))
    return tuple(
        Rate(
            engine=row["engine"],
            model=row["model"],
            cores=(row["cores"][0], row["cores"][1]),
            workers=row["workers"],
            wall_s=row["wall_s"],
            cpu_s=row["cpu_s"],
            random=row["random"],
        )
        for row in told["rate"]
    )


def rate_for(engine: str, model: str | None, cores: int, workers: int) -> Rate | None:
    """The measurement for this engine on such a machine; None when nobody measured it."""
    for rate in rates():
        same = (rate.engine, rate.model) == (engine, model or "")
        if same and rate.cores[0] <= cores <= rate.cores[1] and rate.workers == workers:
            return rate
    return None
