"""Memory that runs out: who waits for whom then."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Lets threads work side by side, and one at a time once it was narrowed.

    Fewer at a time need less memory, and what each says stays the same.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._narrow = False

    @property
    def narrowed(self) -> bool:
        """Whether one at a time is let through."""
        return self._narrow

    def narrow(self) -> None:
        """From now on, one at a time; who is inside already is waited for."""
        with self._changed:
            self._narrow = True

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Wait, go in, and leave at the end."""
        with self._changed:
            self._changed.wait_for(lambda: not self._narrow or self._inside == 0)
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()
