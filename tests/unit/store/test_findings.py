"""What was found in lines goes with the correction they read so by; what is older stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from earwitness.core.claims import Moments
from earwitness.core.errors import CorruptStore, StoreError
from earwitness.core.moment import Moment
from earwitness.core.override import Field, Override, Target
from earwitness.core.people import Series
from earwitness.core.run import DONE, Step
from earwitness.core.session import Session
from earwitness.core.span import Span
from earwitness.core.terms import Kind, Sighting
from earwitness.store.library import Library

SPAN = Span(0, 900)
NOW = datetime.now(UTC)


def moments(text: str) -> Moments:
    return Moments((Moment("promise", SPAN, (0,), text, None, "", (), None, 0.9, "rules"),))


def corrected(library: Library, session: Session, at: datetime) -> int:
    with library.amend(session.id) as amendment:
        seq = amendment.head.count + 1
        target = Target(0, SPAN, "we go")
        amendment.append(Override(seq, "ann", at, "", target, Field.TEXT, "we go", "we stay"))
    return seq


def noted(library: Library, session: Session, run: str, key: str, *, stage: str = "extract") -> str:
    digest = library.put(key, stage, session.id, moments(key))
    library.note_step(Step(run, stage, None, key, digest, False, DONE, NOW, 0))
    return digest


@pytest.mark.parametrize("stage", ["classify", "extract"])
def test_what_was_found_since_goes_with_a_correction(
    library: Library, session: Session, stage: str
) -> None:
    run = library.start_run(session.id, "r").id
    other = noted(library, session, run, "b" * 64, stage="transcribe")
    seq = corrected(library, session, NOW)
    digest = noted(library, session, run, "a" * 64, stage=stage)
    assert library.get(digest, Moments) == moments("a" * 64)
    told = library.erase_overrides(session.id, seq, "ann")
    assert (told.findings, told.complete) == (1, True)
    assert library.find("a" * 64) is None
    assert library.result(run, stage) is None
    with pytest.raises((CorruptStore, StoreError)):
        library.get(digest, Moments)
    assert library.result(run, "transcribe") == other


def test_words_that_were_mined_from_it_go_too(library: Library, session: Session) -> None:
    series = library.add_series(Series("s" * 12, "Campaign"))
    library.join_series(session.id, series.id)
    seq = corrected(library, session, NOW)
    library.keep_sightings(session.id, series.id, [Sighting("Xyzzy", Kind.NAME, 0.5, (1,), 0)])
    library.refuse_terms(series.id, {"plugh": [session.id]})
    library.erase_overrides(session.id, seq, "ann")
    assert library.sightings(series.id) == ()
    assert library.refused_terms(series.id) == frozenset()


def test_what_is_older_than_the_correction_stays(library: Library, session: Session) -> None:
    run = library.start_run(session.id, "r").id
    digest = noted(library, session, run, "a" * 64)
    seq = corrected(library, session, NOW + timedelta(hours=1))
    assert library.erase_overrides(session.id, seq, "ann").findings == 0
    assert library.result(run, "extract") == digest


def test_what_another_session_found_alike_stays_with_it(
    library: Library, session: Session, new_session: object
) -> None:
    assert callable(new_session)
    other = new_session("bbbbbb")
    run, others = library.start_run(session.id, "r").id, library.start_run(other.id, "r").id
    seq = corrected(library, session, NOW)
    noted(library, session, run, "a" * 64)
    digest = noted(library, other, others, "a" * 64)
    assert library.erase_overrides(session.id, seq, "ann").findings == 1
    assert library.result(run, "extract") is None
    assert library.result(others, "extract") == digest
    assert library.get(digest, Moments) == moments("a" * 64)
