"""Grouping: numbers of voices kept to, found, and independent of the size of the recording."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.deep import examples

from earwitness.engines import grouping
from earwitness.engines.grouping import Closeness, group
from earwitness.engines.windows import Windows


def windows(voices: list[int], *, scatter: float = 0.03, seed: int = 0) -> Windows:
    """One window of 1.6 s every 2 s for each number of a voice."""
    random = np.random.default_rng(seed)
    faces = np.abs(random.standard_normal((max(voices, default=0) + 1, 256)))
    found = faces[voices] + np.abs(random.standard_normal((len(voices), 256))) * scatter
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    timbres = random.standard_normal((len(faces), 38))[voices]
    timbres += random.standard_normal((len(voices), 38)) * scatter
    starts = np.arange(len(voices)) * 2_000
    return Windows(
        starts,
        starts + 1_600,
        np.arange(len(voices)),
        found.astype(np.float16),
        timbres.astype(np.float32),
    )


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=30), st.integers(1, 40))
def test_a_number_of_speakers_is_kept_to_exactly(voices: list[int], speakers: int) -> None:
    labels = group(windows(voices, scatter=0.6), speakers, Closeness())
    assert len(set(labels.tolist())) == min(speakers, len(voices))


def test_the_number_of_voices_is_found() -> None:
    told = [0] * 8 + [1] * 6 + [0] * 4 + [2] * 9
    assert group(windows(told), None, Closeness()).tolist() == told


def test_one_voice_stays_one() -> None:
    assert set(group(windows([0] * 40, scatter=0.3), None, Closeness()).tolist()) == {0}


def test_a_cough_is_not_the_second_speaker() -> None:
    told = [0] * 10 + [1] + [2] * 10
    labels = group(windows(told), 2, Closeness())
    assert labels[0] != labels[-1]
    assert set(group(windows(told), None, Closeness()).tolist()) == {0, 1}


def test_what_is_not_in_the_sample_follows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    told = ([0] * 30 + [1] * 20 + [2] * 25) * 4
    monkeypatch.setattr(grouping, "SAMPLE", 60)
    monkeypatch.setattr(grouping, "_BLOCK", 50)
    assert group(windows(told), None, Closeness()).tolist() == told
    assert group(windows(told), 3, Closeness()).tolist() == told


def test_the_same_windows_give_the_same_voices() -> None:
    heard = windows([0, 1, 2, 1, 0, 2] * 20, scatter=0.5)
    assert (group(heard, None, Closeness()) == group(heard, None, Closeness())).all()


def test_only_the_longest_groups_may_become_voices() -> None:
    found = np.array([0, 1, 1, 2, 3, 3, 3])
    kept = grouping._longest(np.array([0, 1, 2, 3]), found, np.ones(7), 2)
    assert kept.tolist() == [1, 3]


def test_sounds_that_are_all_unlike_each_other_are_still_grouped() -> None:
    heard = windows(list(range(grouping.SEEDS * 2)))
    for speakers in (5, grouping.SEEDS + 50):
        labels = group(heard, speakers, Closeness())
        assert len(set(labels.tolist())) == speakers
