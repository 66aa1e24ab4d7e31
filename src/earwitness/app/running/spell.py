"""Spelling: a spell of work on a run is measured from beginning to end, and noted."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from types import TracebackType

from earwitness.app.reports.prices import price_all, read_tariff
from earwitness.app.running.opening import Opening
from earwitness.core.errors import NotFound, StoreError, UsageError
from earwitness.core.run import Run
from earwitness.core.usage import Spell
from earwitness.runs.meter import Meter
from earwitness.store.library import Library

log = logging.getLogger(__name__)


class Spelling:
    """Measures while work goes on, and notes what it took, however it ends; a context manager.

    What cannot be noted is not worth losing a result for: it is logged and stays unknown.
    """

    def __init__(self, library: Library, run: Run, opening: Opening, workers: int) -> None:
        self._library = library
        self._run = run
        self._opening = opening
        self._workers = workers
        self._began = datetime.now(UTC)
        self._meter = Meter()

    def __enter__(self) -> Meter:
        """Begin to measure."""
        return self._meter.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Note the spell, and what its calls cost."""
        self._meter.__exit__(kind, error, trace)
        try:
            self._library.note_spell(
                Spell(
                    run=self._run.id,
                    began_at=self._began,
                    machine=self._meter.machine(),
                    taken=self._meter.taken(),
                    workers=self._workers,
                    transcriber=self._opening.transcriber,
                    diarizer=self._opening.diarizer,
                    sound_ms=self._library.session(self._run.session).length_ms,
                )
            )
            price_all(self._library, self._run.id, read_tariff(self._library.home).prices)
        except (NotFound, StoreError, UsageError) as why:
            log.warning("what run %s took cannot be noted: %s", self._run.id, why)
