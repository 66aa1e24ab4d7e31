"""Laying tracks: what is said, what the sound bears out, and what is left alone."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from earwitness.core.session import Track
from earwitness.core.sound import Place
from earwitness.media.agreement import Ear, listen
from earwitness.media.laying import Microphone, lay

RATE = 16_000
SECONDS = 90

Sound = NDArray[np.float64]


def talk(seed: int) -> Sound:
    """Noise in bursts, like somebody who takes turns."""
    rng = np.random.default_rng(seed)
    beats = np.repeat(rng.random(SECONDS * 5) < 0.7, RATE // 5)
    turns = np.repeat(rng.random(SECONDS // 3) < 0.45, 3 * RATE)
    return rng.normal(0, 2_500, SECONDS * RATE) * beats * turns


def late(sound: Sound, ms: int) -> Sound:
    shift = RATE * ms // 1000
    return np.concatenate([np.zeros(shift), sound[: len(sound) - shift]])


def ear(sound: Sound) -> Ear:
    hiss = np.random.default_rng(len(sound)).normal(0, 3, len(sound))
    samples = np.clip(np.rint(sound + hiss * sound.any()), -32_768, 32_767).astype(np.int16)

    def read(first: int, count: int) -> NDArray[np.int16]:
        made = np.zeros(count, np.int16)
        low, high = max(0, first), min(len(samples), first + count)
        if low < high:
            made[low - first : high - first] = samples[low:high]
        return made

    return listen(read, len(samples))


def laid(*tracks: tuple[str, Track, Sound]) -> tuple[tuple[Place, ...], tuple[str, ...]]:
    heard = [
        Microphone(n, name, track, ear(sound)) for n, (name, track, sound) in enumerate(tracks)
    ]
    shares: list[float] = []
    found = lay(heard, shares.append)
    assert shares == sorted(shares)
    return found


def test_plain_files_are_laid_by_their_sound_and_time_begins_with_the_first() -> None:
    ann, bob = talk(1), talk(2)
    room = ("bob.wav", Track("bob"), (bob + 0.06 * ann)[2 * RATE :])
    places, notices = laid(("ann.wav", Track("ann"), ann + 0.06 * bob), room)
    assert notices == ()
    assert [place.by for place in places] == ["reference", "sound"]
    assert places[0].offset_us == 0
    assert places[1].offset_us == pytest.approx(2_000_000, abs=500)


def test_what_a_program_wrote_is_not_moved_by_a_calls_delay() -> None:
    ann, bob = talk(1), talk(2)
    places, _ = laid(
        ("1-ann.flac", Track("ann", 0), ann + 0.1 * late(bob, 150)),
        ("2-bob.flac", Track("bob", 0), bob + 0.1 * late(ann, 150)),
    )
    assert [(place.offset_us, place.by) for place in places] == [(0, "reference"), (0, "declared")]


def test_what_a_program_wrote_is_moved_by_what_both_microphones_bear_out() -> None:
    ann, bob = talk(1), talk(2)
    places, _ = laid(
        ("ann.wav", Track("ann", 0), ann + 0.06 * bob),
        ("bob.wav", Track("bob", 0), (bob + 0.06 * ann)[RATE // 2 :]),
    )
    assert places[1].by == "sound"
    assert places[1].offset_us == pytest.approx(500_000, abs=500)


def test_the_users_word_holds_against_the_sound() -> None:
    ann, bob = talk(1), talk(2)
    places, _ = laid(
        ("ann.wav", Track("ann"), ann + 0.06 * bob),
        ("bob.wav", Track("bob", 300, said=True), (bob + 0.06 * ann)[RATE // 2 :]),
    )
    assert (places[1].offset_us, places[1].by) == (300_000, "said")


def test_tracks_that_share_nothing_begin_together_and_it_is_told() -> None:
    places, notices = laid(("a.wav", Track("ann"), talk(1)), ("b.wav", Track("bob"), talk(2)))
    assert [(place.offset_us, place.by) for place in places] == [(0, "reference"), (0, "assumed")]
    assert len(notices) == 1
    assert notices[0].startswith("b.wav")
    assert "--offset" in notices[0]
    places, notices = laid(
        ("1-a.flac", Track("ann", 0), talk(1)), ("2-b.flac", Track("bob", 0), talk(2))
    )
    assert [place.by for place in places] == ["reference", "declared"]
    assert notices == ()


def test_silence_is_told_and_stays_where_it_is() -> None:
    places, notices = laid(
        ("a.wav", Track("ann"), talk(1)), ("b.wav", Track("bob"), np.zeros(RATE * 20))
    )
    assert places[1].offset_us == 0
    assert notices == ("b.wav: it is silent throughout",)


def test_a_track_that_only_a_third_one_hears_is_laid_through_that() -> None:
    ann, bob, cy = talk(1), talk(2), talk(3)
    places, _ = laid(
        ("a.wav", Track("ann"), ann + 0.06 * bob),
        ("b.wav", Track("bob"), (bob + 0.06 * ann + 0.06 * cy)[RATE:]),
        ("c.wav", Track("cy"), (cy + 0.06 * bob)[3 * RATE :]),
    )
    assert [place.by for place in places] == ["reference", "sound", "sound"]
    assert places[2].offset_us == pytest.approx(3_000_000, abs=1_000)


@pytest.mark.parametrize("everybody", [True, False])
def test_whether_a_doubtful_name_is_the_mix_is_heard(everybody: bool) -> None:
    ann, bob, cy = talk(1), talk(2), talk(3)
    whole = 0.8 * (ann + bob) if everybody else cy + 0.05 * (ann + bob)
    places, notices = laid(
        ("ann.wav", Track("ann"), ann + 0.03 * bob),
        ("bob.wav", Track("bob"), bob + 0.03 * ann),
        ("master.wav", Track("master", is_mix=None), whole),
    )
    assert [place.is_mix for place in places] == [False, False, everybody]
    assert bool(notices) == everybody


def test_a_mix_gives_the_clock() -> None:
    ann, bob = talk(1), talk(2)
    places, notices = laid(
        ("ann.wav", Track("ann"), ann[RATE:]),
        ("bob.wav", Track("bob"), bob[RATE * 4 // 2 :]),
        ("mix.wav", Track(None, None, is_mix=True), (ann + bob)[: 80 * RATE]),
    )
    assert notices == ()
    assert places[2].by == "reference"
    assert [round(place.offset_us / 1_000) for place in places] == [1_000, 2_000, 0]
