"""Processed: what became of a session, and the files that tell people."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from earwitness.app.clips import CLIP, clips_written
from earwitness.app.people.recognition import Assigned, assign
from earwitness.app.records import Written, read_record, write_session
from earwitness.app.request import Request
from earwitness.app.sources.track_names import name_by_tracks
from earwitness.app.understanding.understand import understand_if_possible
from earwitness.core.clip import Manifest
from earwitness.core.errors import EarwitnessError
from earwitness.core.ports import ExportOptions
from earwitness.core.run import Outcome, Run
from earwitness.core.session import Session
from earwitness.core.transcript import Record
from earwitness.media.layouts import Layout
from earwitness.store.library import Library

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Processed:
    """What `process` did.

    Attributes:
        session: The sitting.
        outcome: Done or degraded; a failure is raised instead.
        stages: Each stage's outcome, in the order in which they ended; empty when reused.
        written: The files, and the reading rules their subtitles had to break.
        record: What was written into them.
        reused: Everything was there already; no engine was asked.
        assigned: Which voices were recognised and which are to be asked about; None: the session
            is in no series.
        layout: The tracks that were recognised; None: plain recordings.
        notices: What else the user should know now; no part of the record.
        clips: Files of single lines, where there are any.
    """

    session: Session
    outcome: Outcome
    stages: dict[str, Outcome]
    written: Written
    record: Record
    reused: bool
    assigned: Assigned | None = None
    layout: Layout | None = None
    notices: tuple[str, ...] = ()
    clips: Manifest | None = None


def write_up(
    library: Library,
    request: Request,
    run: Run,
    outcome: Outcome,
    stages: dict[str, Outcome],
    *,
    reused: bool,
) -> Processed:
    """Name whose track it is and who is known, then write what people see."""
    assigned, notices = _named(library, run)
    notices += understand_if_possible(library, run.session)
    record = read_record(library, run.session, run)
    options = ExportOptions(doubted=request.doubted)
    written = write_session(library, record, request.formats, request.output, options)
    clips, more = clips_written(library, request, run, record, cut=CLIP in stages)
    return Processed(
        record.session,
        outcome,
        stages,
        written,
        record,
        reused=reused,
        assigned=assigned,
        notices=(*notices, *more),
        clips=clips,
    )


def _named(library: Library, run: Run) -> tuple[Assigned | None, tuple[str, ...]]:
    """Who is known by track or voice; a transcript without names is better than none."""
    try:
        name_by_tracks(library, library.session(run.session), run)
        known = library.series_of(run.session) is not None
        return (assign(library, run.session) if known else None), ()
    except EarwitnessError as error:
        log.warning("voices could not be named (%s)", type(error).__name__)
        mend = f"earwitness speakers assign {run.session}"
        return None, (f"voices could not be named: {error} (later: {mend})",)
