"""GPUs: how busy NVIDIA's are and how much memory is in use, by anybody; extra `gpu`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """One look at all GPUs.

    Attributes:
        percent: Mean share of the time in which they were busy.
        used_bytes: Memory in use on all of them.
    """

    percent: int
    used_bytes: int


class Gpus:
    """The GPUs of this machine; none where the library or the driver is missing."""

    def __init__(self) -> None:
        self.names: tuple[str, ...] = ()
        self._look: Callable[[], Load | None] = lambda: None
        try:
            import pynvml
        except ImportError:
            return
        try:
            pynvml.nvmlInit()
            cards = [
                pynvml.nvmlDeviceGetHandleByIndex(number)
                for number in range(pynvml.nvmlDeviceGetCount())
            ]
            self.names = tuple(str(pynvml.nvmlDeviceGetName(card)) for card in cards)
        except pynvml.NVMLError:  # no driver, no card
            return

        def look() -> Load | None:
            try:
                busy = [int(pynvml.nvmlDeviceGetUtilizationRates(card).gpu) for card in cards]
                used = [int(pynvml.nvmlDeviceGetMemoryInfo(card).used) for card in cards]
            except pynvml.NVMLError:
                return None
            return Load(round(sum(busy) / len(busy)), sum(used))

        if cards:
            self._look = look

    def load(self) -> Load | None:
        """How busy they are; None when there are none, or they do not tell."""
        return self._look()
