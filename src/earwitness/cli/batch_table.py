"""Batch table: every recording of a batch with its state, on a terminal; plain lines elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Final, Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from earwitness.cli.answer import MARKS
from earwitness.cli.progress import Pace
from earwitness.core.batch import BatchItem, BatchReport
from earwitness.core.span import lasting

LINE_EVERY_S: Final = 15.0
_FRAME: Final = 7
"""Lines of the table that are no items."""

_MARKS: Final = {
    "done": MARKS["done"],
    "degraded": MARKS["degraded"],
    "failed": MARKS["failed"],
    "skipped": MARKS["skipped"],
    "duplicate": ("=", "dim"),
    "stopped": MARKS["cancelled"],
    "waiting": ("·", "dim"),
}
_SIZE_OF_SOUND: Final = {".wav": 10, ".aif": 10, ".aiff": 10, ".w64": 10, ".flac": 5}
"""How many times as many bytes as in a compressed file a minute takes, roughly."""


class Shown(Protocol):
    """An onlooker that shows what it sees; a context manager."""

    def changed(self, report: BatchReport) -> None:
        """Something began or ended."""
        ...

    def heard(self, name: str, stage: str, share: float) -> None:
        """An item's stage went on."""
        ...

    def __enter__(self) -> Shown:
        """Begin to show."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the screen as it was."""
        ...


def onlooker(*, quiet: bool) -> Shown:
    """On standard error: a live table on a terminal, plain lines elsewhere, nothing if `quiet`."""
    if quiet:
        return _Quiet()
    return BatchTable(Console(stderr=True)) if sys.stderr.isatty() else _Lines()


class _Quiet:
    """Shows nothing."""

    def changed(self, report: BatchReport) -> None:
        """Not shown."""

    def heard(self, name: str, stage: str, share: float) -> None:
        """Not shown."""

    def __enter__(self) -> _Quiet:
        """Nothing to begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing to end."""


class _Lines(_Quiet):
    """A line for everything that ends, and now and then one of what goes on; for logs and pipes."""

    def __init__(self) -> None:
        self._states: dict[str, str] = {}
        self._paces: dict[str, Pace] = {}
        self._last_s = time.monotonic()

    def changed(self, report: BatchReport) -> None:
        """Write what ended."""
        over = sum(item.state not in ("waiting", "working") for item in report.items)
        for item in report.items:
            if self._states.get(item.name) == item.state:
                continue
            self._states[item.name] = item.state
            if item.state == "working":
                self._paces[item.name] = Pace()
            elif item.state != "waiting":
                self._say(f"[{over}/{len(report.items)}] {plain(item.name)}: {_told(item)}")

    def heard(self, name: str, stage: str, share: float) -> None:
        """Write a line when the last one is old enough."""
        pace = self._paces.setdefault(name, Pace())
        pace.hear(stage, share)
        if time.monotonic() - self._last_s < LINE_EVERY_S:
            return
        left = pace.left_s
        rest = f", about {lasting(round(left * 1000))} left" if left is not None else ""
        self._say(f"{plain(name)}: {stage} {share:.0%} ({pace.share:.0%} of it{rest})")

    def _say(self, line: str) -> None:
        self._last_s = time.monotonic()
        sys.stderr.write(line + "\n")
        sys.stderr.flush()


class BatchTable:
    """A table that follows the batch; what does not fit is counted."""

    def __init__(self, screen: Console) -> None:
        self._screen = screen
        self._lock = threading.Lock()
        self._began_s = time.monotonic()
        self._items: tuple[BatchItem, ...] = ()
        self._weights: dict[str, float] = {}
        self._paces: dict[str, Pace] = {}
        self._stages: dict[str, str] = {}
        self._spinners: dict[str, Spinner] = {}
        self._live = Live(
            console=screen, get_renderable=self.draw, refresh_per_second=6, transient=True
        )

    def __enter__(self) -> BatchTable:
        """Begin to draw."""
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the table as it stands at the end."""
        self._live.stop()
        if self._items:
            self._screen.print(self._rows(self._items))

    def changed(self, report: BatchReport) -> None:
        """Something began or ended."""
        with self._lock:
            for item in report.items:
                if item.name not in self._weights:
                    self._weights[item.name] = _weight(item)
                if item.state == "working" and item.name not in self._spinners:
                    self._paces[item.name] = Pace()
                    self._spinners[item.name] = Spinner("dots", style="cyan")
                elif item.state != "working":
                    self._spinners.pop(item.name, None)
            self._items = report.items

    def heard(self, name: str, stage: str, share: float) -> None:
        """An item's stage went on."""
        with self._lock:
            if share < 1 or name not in self._stages:
                self._stages[name] = stage
            if name in self._paces:
                self._paces[name].hear(stage, share)

    def draw(self) -> RenderableType:
        """The table as it is now."""
        with self._lock:
            room = max(3, self._screen.height - _FRAME)
            shown = _window(self._items, room)
            hidden = len(self._items) - len(shown)
            parts: list[RenderableType] = [self._rows(shown)]
            if hidden:
                parts.append(Text(f"  … and {hidden} more", style="dim"))
            return Group(*parts, Text(), self._total())

    def _rows(self, items: Sequence[BatchItem]) -> Table:
        drawn = Table(box=None, header_style="bold dim", pad_edge=False, expand=True)
        drawn.add_column("", width=1)
        drawn.add_column("recording", ratio=4, no_wrap=True, overflow="ellipsis")
        drawn.add_column("state", width=10, no_wrap=True, overflow="ellipsis")
        drawn.add_column("time", width=7, justify="right", no_wrap=True)
        drawn.add_column("", ratio=6, no_wrap=True, overflow="ellipsis")
        for item in items:
            if item.state == "working":
                drawn.add_row(*self._working(item))
            else:
                mark, colour = _MARKS[item.state]
                drawn.add_row(
                    Text(mark, style=colour),
                    Text(plain(item.name), style="dim" if colour == "dim" else ""),
                    Text(item.state, style=colour),
                    Text(lasting(item.processing_ms) if item.processing_ms else "", style="dim"),
                    _detail(item),
                )
        return drawn

    def _working(self, item: BatchItem) -> tuple[RenderableType, ...]:
        pace = self._paces[item.name]
        left = pace.left_s
        bar = Table.grid(padding=(0, 1, 0, 0))
        bar.add_row(
            ProgressBar(total=1.0, completed=pace.share, width=self._bar_width),
            Text(f"{pace.share:>4.0%}"),
            Text(f"{lasting(round(left * 1000))} left" if left is not None else "", style="dim"),
        )
        return (
            self._spinners[item.name],
            Text(plain(item.name)),
            Text(self._stages.get(item.name, ""), style="cyan"),
            Text(lasting(round(pace.elapsed_s * 1000)), style="dim"),
            bar,
        )

    def _total(self) -> RenderableType:
        share, elapsed_s = self._share(), time.monotonic() - self._began_s
        over = sum(item.state not in ("waiting", "working") for item in self._items)
        failed = sum(item.state == "failed" for item in self._items)
        left_s = elapsed_s * (1 - share) / share if share > 0.03 and elapsed_s > 5 else None
        told = f"{over} of {len(self._items)}"
        told += f", {failed} failed" if failed else ""
        told += f", {lasting(round(elapsed_s * 1000))}"
        if left_s is not None and share < 1:
            told += f", about {lasting(round(left_s * 1000))} left"
        grid = Table.grid(padding=(0, 1, 0, 0))
        bar = ProgressBar(total=1.0, completed=share, width=self._bar_width + 6)
        grid.add_row(bar, Text(f"{share:>4.0%}"), Text(told))
        return grid

    @property
    def _bar_width(self) -> int:
        return 14 if self._screen.width < 100 else 24

    def _share(self) -> float:
        """Of everything, 0 to 1; big recordings count for more."""
        whole = sum(self._weights.values()) or 1.0
        done = 0.0
        for item in self._items:
            if item.state == "working":
                done += self._weights[item.name] * self._paces[item.name].share
            elif item.state != "waiting":
                done += self._weights[item.name]
        return min(1.0, done / whole)


def _weight(item: BatchItem) -> float:
    try:
        size = item.source.stat().st_size
    except OSError:
        size = 0
    return max(1.0, size / _SIZE_OF_SOUND.get(item.source.suffix.lower(), 1))


def _window(items: tuple[BatchItem, ...], room: int) -> tuple[BatchItem, ...]:
    """What is shown of many: around what is being worked on."""
    if len(items) <= room:
        return items
    working = [place for place, item in enumerate(items) if item.state == "working"]
    first = (working[0] if working else len(items)) - room // 3
    first = max(0, min(first, len(items) - room))
    return items[first : first + room]


def _detail(item: BatchItem) -> Text:
    """What is to be said of an item at rest."""
    if item.error is not None:
        return Text(plain(f"{item.error.kind}: {reason(item)}"), style="red")
    if item.same_as is not None:
        return Text(f"same content as {plain(item.same_as)}", style="dim")
    if item.state in ("done", "degraded"):
        resumed = " (resumed)" if item.resumed else ""
        return Text(f"{item.session}{resumed}")
    return Text(f"{item.session} (earlier)" if item.state == "skipped" else "", style="dim")


def reason(item: BatchItem) -> str:
    """Why an item failed, without its own name in front."""
    told = item.error.message if item.error is not None else ""
    return told.removeprefix(f"{item.source.name}: ")


def _told(item: BatchItem) -> str:
    """The same as a sentence."""
    detail = _detail(item).plain
    spent = f" in {lasting(item.processing_ms)}" if item.processing_ms is not None else ""
    return f"{item.state}{spent}" + (f", {detail}" if detail else "")


def plain(name: str) -> str:
    """A name a terminal can show: no control characters."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in name)
