"""Make the shipped example: a tabletop scene of four synthetic voices, with its exact reference.

Needs flite, which Debian and Ubuntu have (`apt-get install flite`), and Earwitness itself.
Users need neither: what this writes is committed. Run it from the repository root:

    python tools/make_example.py

It writes `tavern.flac` (16 kHz, mono), `tavern.stm` and `tavern.rttm` (who spoke when, exact
because every line is placed here) and `tavern.txt` (to read) into src/earwitness/examples.
"""

from __future__ import annotations

import argparse
import io
import re
import subprocess
import wave
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from earwitness.core.ports import RATE_HZ
from earwitness.core.span import timestamp

Samples = NDArray[np.int16]

VOICES = {"Master": ("rms", 1.0), "Anna": ("slt", 1.0), "Tom": ("kal16", 1.0), "Ben": ("awb", 1.18)}
"""Who speaks with which of flite's voices, and how much higher than it is (pitch and formants
alike): awb as it is comes too close to rms."""

SCENE = """\
0.6 Master: Welcome back, everyone. Last week you followed the old road to the river, and you
    found a small tavern at the edge of the forest. It is late in the evening. The rain is
    heavy, and there is a light in the window.
0.7 Anna: I open the door and look around the room. How many people are in there?
0.6 Master: There are three men at a table near the fire, and a woman behind the bar. Nobody is
    talking.
0.9 Tom: I do not like this at all. I keep one hand on my sword, and I walk to the bar.
0.5 Anna: Wait a minute. Before you do anything stupid, can we please ask for some food?
0.6 Ben: I agree with her. My horse is tired, my feet are wet, and I have not eaten since this
    morning.
0.8 Master: The woman looks at the three of you. She says, we have bread, and we have soup, but
    the rooms upstairs are not for strangers.
0.6 Tom: Why not? What happened in those rooms?
0.9 Master: She puts down the glass. Two nights ago, a young man went up the stairs with a black
    box. In the morning the box was gone, and so was he.
0.5 Ben: That must be the box we are looking for. Can I ask her who he was?
0.6 Master: Yes, you can. Roll the dice and tell me your number.
1.2 Ben: Seventeen. That is the best number I have had all night.
0.7 Master: Very good. You remember the letter from the king. The black box belongs to his
    brother.
0.8 Anna: Then we have to go up there tonight. I still have some money, so I will pay her for
    the room.
0.5 Tom: And I will stand at the door. If those three men move, I want to know about it.
0.8 Master: She takes the money and gives you a key. But when you turn around, the table near
    the fire is empty, and the back door is open.
"""
"""Seconds of quiet, who, and what they say; nobody talks over anybody."""

COARSE = 16
"""Steps of 12 instead of 16 bits: noise 55 dB below the voices, and FLAC needs half the room."""


@dataclass(frozen=True)
class Line:
    who: str
    text: str
    start_ms: int
    end_ms: int


def say(voice: str, higher: float, text: str) -> Samples:
    """One line of one voice at 16 kHz, without the quiet around it."""
    slowed = f"duration_stretch={higher:.2f}"
    command = ["flite", "-voice", voice, "--setf", slowed, "-t", text, "-o", "/dev/stdout"]
    made = subprocess.run(command, capture_output=True, check=True).stdout
    with wave.open(io.BytesIO(made)) as file:
        if file.getframerate() != RATE_HZ:
            raise SystemExit(f"the flite voice {voice} is not at {RATE_HZ} Hz")
        sound = np.frombuffer(file.readframes(len(made)), np.int16)
    if higher != 1:
        sound = squeeze(sound, higher)
    level = np.sqrt(np.mean(sound.astype(np.float64) ** 2))
    sound = np.clip(sound * (0.08 * 32768 / level), -32768, 32767).astype(np.int16)
    sound &= ~np.int16(COARSE - 1)
    heard = np.flatnonzero(np.abs(sound) > 0.004 * 32768)
    trimmed: Samples = sound[heard[0] : heard[-1] + 1]
    return trimmed


def squeeze(sound: Samples, higher: float) -> Samples:
    """Fewer samples, which at the same rate sound higher and faster."""
    resampler = av.AudioResampler("s16", "mono", round(RATE_HZ / higher))
    frame = av.AudioFrame.from_ndarray(sound[None, :], format="s16", layout="mono")
    frame.sample_rate = RATE_HZ
    parts = [part for given in (frame, None) for part in resampler.resample(given)]
    return np.concatenate([part.to_ndarray()[0] for part in parts])


def stage() -> tuple[Samples, list[Line]]:
    """The whole scene, and when each line of it was said."""
    pieces: list[Samples] = []
    lines = []
    at = 0
    for row in SCENE.replace("\n    ", " ").splitlines():
        quiet_s, who, text = re.findall(r"^(\S+) (\w+): (.*)", row)[0]
        sound = say(*VOICES[who], text)
        quiet = np.zeros(round(float(quiet_s) * RATE_HZ), np.int16)
        start = at + len(quiet)
        at = start + len(sound)
        lines.append(Line(who, text, start * 1000 // RATE_HZ, at * 1000 // RATE_HZ))
        pieces += [quiet, sound]
    pieces.append(np.zeros(RATE_HZ, np.int16))
    return np.concatenate(pieces), lines


def write_flac(path: Path, sound: Samples) -> None:
    with av.open(str(path), "w", format="flac") as file:
        best = {"compression_level": "12"}
        stream = file.add_stream("flac", rate=RATE_HZ, layout="mono", options=best)
        frame = av.AudioFrame.from_ndarray(sound[None, :], format="s16", layout="mono")
        frame.sample_rate = RATE_HZ
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            file.mux(packet)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("src/earwitness/examples"))
    folder = parser.parse_args().output
    folder.mkdir(parents=True, exist_ok=True)
    sound, lines = stage()
    write_flac(folder / "tavern.flac", sound)
    stm, rttm, txt = [], [], []
    for line in lines:
        start, end = line.start_ms / 1000, line.end_ms / 1000
        stm.append(f"tavern 1 {line.who} {start:.3f} {end:.3f} {line.text}\n")
        when = f"{start:.3f} {end - start:.3f}"
        rttm.append(f"SPEAKER tavern 1 {when} <NA> <NA> {line.who} <NA> <NA>\n")
        txt.append(f"[{timestamp(line.start_ms)}] {line.who}: {line.text}\n")
    for suffix, rows in (("stm", stm), ("rttm", rttm), ("txt", txt)):
        (folder / f"tavern.{suffix}").write_text("".join(rows), encoding="utf-8", newline="\n")
    size = (folder / "tavern.flac").stat().st_size
    print(f"{len(sound) / RATE_HZ:.1f} s, {len(lines)} lines, {size:,} bytes of sound")


if __name__ == "__main__":
    main()
