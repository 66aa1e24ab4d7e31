"""Batch orders: what a batch and its child processes say to each other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from earwitness.app.request import Request
from earwitness.core.batch import BatchError
from earwitness.core.people import Series


@dataclass(frozen=True, slots=True)
class Order:
    """One source to be worked on.

    Attributes:
        home: The library's folder.
        request: What is wanted of it.
        series: The session joins it.
        new_session: Make another session of it, even if there is one.
    """

    home: Path
    request: Request
    series: Series | None
    new_session: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage is."""

    stage: str
    share: float


@dataclass(frozen=True, slots=True)
class Ended:
    """A session has its record.

    Attributes:
        session: Its id.
        kind: How it went.
        why: Of a degraded one.
        length_ms: Of the sound.
        output: Its folder.
        reused: Everything was there already.
        resumed: An earlier run's work was used.
    """

    session: str
    kind: Literal["done", "degraded"]
    why: str
    length_ms: int | None
    output: Path
    reused: bool
    resumed: bool


@dataclass(frozen=True, slots=True)
class Broke:
    """A source gave nothing.

    Attributes:
        error: Why.
        again_s: After how many seconds it is worth another try; None: it is not.
    """

    error: BatchError
    again_s: float | None = None


Told = Progress | Ended | Broke
