"""The shipped example, heard by the embedded engines: words, voices, and who spoke when."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import pytest

WER_AT_MOST = 0.25
DER_AT_MOST = 0.05
"""Measured: 0.12 and 0.00; beyond these something broke. Promised: 0.40 and 0.15."""


def words(text: str) -> str:
    return " ".join(re.findall(r"[\w']+", text.lower()))


def stm_text(path: Path) -> str:
    rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
    spoken = sorted((row for row in rows if not row[0].startswith(";;")), key=lambda r: float(r[3]))
    return words(" ".join(" ".join(row[5:]) for row in spoken))


def annotation(path: Path) -> object:
    from pyannote.core import Annotation, Segment

    result = Annotation()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        row = line.split()
        if row and row[0] == "SPEAKER":
            start, length = float(row[3]), float(row[4])
            result[Segment(start, start + length), number] = row[7]
    return result


def test_the_words_are_mostly_right(heard_tavern: Path, tavern: Path) -> None:
    import jiwer

    said = stm_text(tavern.with_suffix(".stm"))
    heard = stm_text(heard_tavern / "transcript.stm")
    assert jiwer.wer(said, heard) <= WER_AT_MOST


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_exactly_its_voices_are_found_when_they_speak(heard_tavern: Path, tavern: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyannote.metrics.diarization import DiarizationErrorRate

        truth = annotation(tavern.with_suffix(".rttm"))
        guess = annotation(heard_tavern / "transcript.rttm")
        error = DiarizationErrorRate(collar=0.5, skip_overlap=False)(truth, guess)
    rttm = (heard_tavern / "transcript.rttm").read_text(encoding="utf-8")
    assert len({line.split()[7] for line in rttm.splitlines()}) == 4
    assert error <= DER_AT_MOST


def test_it_is_called_a_draft(heard_tavern: Path) -> None:
    assert "draft" in (heard_tavern / "transcript.md").read_text(encoding="utf-8")
