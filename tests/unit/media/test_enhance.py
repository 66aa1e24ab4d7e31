"""Enhanced sound: as long as it was, every click in its place, and louder or less noisy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.deep import examples

from earwitness.core.errors import EngineError
from earwitness.core.ports import RATE_HZ
from earwitness.core.span import Span
from earwitness.media.enhance import FILTERS, Enhancement, Enhancer, filtered

KINDS: tuple[Enhancement, ...] = ("normalise", "denoise")
PER_MS = RATE_HZ // 1000


@dataclass(frozen=True)
class Samples:
    """A sound in memory."""

    of: NDArray[np.int16]
    tracks: tuple[int, ...] = (0, 1)

    @property
    def duration_ms(self) -> int:
        return len(self.of) // PER_MS

    def read(self, span: Span, track: int | None = None) -> bytes:
        sign = -1 if track == 1 else 1
        return (sign * self.of[span.start_ms * PER_MS : span.end_ms * PER_MS]).tobytes()


def noise(length: int, loud: float = 30, seed: int = 3) -> NDArray[np.int16]:
    return np.random.default_rng(seed).normal(0, loud, length).astype(np.int16)


def power_db(samples: NDArray[np.int16]) -> float:
    return float(10 * np.log10(np.mean(samples.astype(np.float64) ** 2) + 1e-9))


@pytest.mark.parametrize("kind", KINDS)
@given(length=st.integers(0, 5 * RATE_HZ), loud=st.sampled_from([0.0, 1.0, 300.0, 9_000.0]))
@settings(max_examples=examples(30))
def test_as_long_as_it_was(kind: Enhancement, length: int, loud: float) -> None:
    sound = np.clip(noise(length, loud), -32_000, 32_000).astype(np.int16)
    made = filtered(sound, kind)
    assert made.dtype == np.int16
    assert len(made) == length


@pytest.mark.parametrize("kind", KINDS)
@given(at=st.integers(RATE_HZ // 10, 6 * RATE_HZ), loud=st.sampled_from([3.0, 30.0, 200.0]))
@settings(max_examples=examples(30))
def test_a_click_stays_within_ten_milliseconds(kind: Enhancement, at: int, loud: float) -> None:
    sound = noise(7 * RATE_HZ, loud)
    sound[at : at + 8] = 20_000
    found = int(np.argmax(np.abs(filtered(sound, kind).astype(np.int32))))
    assert abs(found - at) <= 10 * PER_MS


def test_normalising_lifts_what_is_quiet() -> None:
    tone = 200 * np.sin(np.arange(6 * RATE_HZ) * 2 * np.pi * 300 / RATE_HZ)
    quiet = tone.astype(np.int16)
    assert power_db(filtered(quiet, "normalise")) > power_db(quiet) + 10


def test_denoising_takes_from_noise_that_lasts() -> None:
    hiss = noise(8 * RATE_HZ, 300)
    assert power_db(filtered(hiss, "denoise")[-RATE_HZ:]) < power_db(hiss) - 6


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_stretch_is_another(kind: Enhancement) -> None:
    sound = Samples(noise(12 * RATE_HZ, 500))
    span = Span(5_000, 7_000)
    made = Enhancer(kind).over(sound, span, 0)
    assert (made.duration_ms, made.tracks) == (sound.duration_ms, sound.tracks)
    whole = made.read(span, 0)
    assert len(whole) == len(sound.read(span, 0))
    assert whole != sound.read(span, 0)
    inside = Span(5_500, 6_000)
    assert made.read(inside, 0) == whole[500 * PER_MS * 2 : 1_000 * PER_MS * 2]
    assert made.read(inside, 1) == sound.read(inside, 1)
    outside = Span(4_000, 5_500)
    assert made.read(outside, 0) == sound.read(outside, 0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("span", [Span(0, 900), Span(11_500, 13_000), Span(11_000, 12_000)])
def test_the_edges_of_the_sound_are_kept(kind: Enhancement, span: Span) -> None:
    sound = Samples(noise(12 * RATE_HZ, 500))
    made = Enhancer(kind).over(sound, span, None)
    assert len(made.read(span)) == len(sound.read(span))


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_stretch_gives_the_same_whatever_was_done_before(kind: Enhancement) -> None:
    sound = Samples(noise(20 * RATE_HZ, 500))
    spans = [Span(0, 3_000), Span(9_000, 12_000), Span(4_000, 8_000)]
    first = [Enhancer(kind).over(sound, span, None).read(span) for span in spans]
    again = [Enhancer(kind).over(sound, span, None).read(span) for span in reversed(spans)]
    assert again[::-1] == first


def test_filters_that_fail_are_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FILTERS, "normalise", (("no_such_filter", ""),))
    with pytest.raises(EngineError, match="enhanced") as caught:
        filtered(noise(100), "normalise")
    assert caught.value.hint == "--enhance none"


def test_its_filters_are_in_the_key() -> None:
    assert len({Enhancer(kind).identity for kind in KINDS}) == len(KINDS)
    assert "afftdn" in Enhancer("denoise").identity
