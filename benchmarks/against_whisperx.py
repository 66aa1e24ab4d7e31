"""Who said which word, and subtitles: ours against WhisperX's own code, on the same words.

    python benchmarks/against_whisperx.py [--whisperx PYTHON] [--hours 8] [--json FILE]

Real game nights (../shared/data/text/dnd/crd3), repeated to eight hours, at 13 characters a second
and again at 16, nearly as fast as a reader may be asked to read. Both sides are given the same
sentences, words, times and turns, and run in one sitting, best of three. What both wrote is read by
the same few lines below and held to the same rules: 2 lines of 42, 17 characters a second, 1 to
7 s, 80 ms between two subtitles.

`unavoidable` counts cues of turns that leave no room: another voice begins before a subtitle could
stand a second, or the turn is spoken faster than 17 characters a second. The rest is `broken`.

PYTHON is an interpreter with WhisperX (`pip install --no-deps whisperx` and pandas are enough);
without it that half is left out.
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import re
import subprocess
import sys
import tempfile
import time
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from earwitness.cli import CALM
from earwitness.core.ports import ExportOptions
from earwitness.core.session import Recording, Session
from earwitness.core.transcript import Record
from earwitness.exporters.atoms import width
from earwitness.exporters.srt import WORD_JOINER, Srt
from earwitness.stages.attribute import attribute
from spoken import GAMES, Talk, talk

RATES = (13.0, 16.0)
RULES = ExportOptions()
ROUNDS = 3
SIDE = Path(__file__).with_name("whisperx_side.py")
_TIMES = re.compile(r"(\d+):(\d\d):(\d\d),(\d{3}) --> (\d+):(\d\d):(\d\d),(\d{3})")
_PREFIX = re.compile(r"^\[S\d+\]: ")
_NARROW = str.maketrans("｛｝", "{}", WORD_JOINER)


@dataclass(frozen=True)
class Shown:
    """One subtitle as a player reads it, without the name WhisperX puts in front."""

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]


def read_srt(path: Path) -> list[Shown]:
    """Every subtitle of a file."""
    shown = []
    for block in re.split(r"\n{2,}", path.read_text("utf-8").strip()):
        _, times, *lines = block.split("\n")
        found = _TIMES.fullmatch(times)
        assert found, "a subtitle file has times"
        h1, m1, s1, f1, h2, m2, s2, f2 = map(int, found.groups())
        lines[0] = _PREFIX.sub("", lines[0])
        plain = tuple(line.translate(_NARROW) for line in lines)
        shown.append(
            Shown(
                ((h1 * 60 + m1) * 60 + s1) * 1000 + f1,
                ((h2 * 60 + m2) * 60 + s2) * 1000 + f2,
                plain,
            )
        )
    return shown


def faults(shown: list[Shown], at: int) -> list[str]:
    """The rules that a subtitle breaks."""
    cue, lasts_ms = shown[at], max(1, shown[at].end_ms - shown[at].start_ms)
    checks = {
        "lines": len(cue.lines) > RULES.lines,
        "line_chars": any(width(line) > RULES.line_chars for line in cue.lines),
        "chars_per_second": width(" ".join(cue.lines)) * 1000 > RULES.chars_per_second * lasts_ms,
        "cue_min_ms": lasts_ms < RULES.cue_min_ms,
        "cue_max_ms": lasts_ms > RULES.cue_max_ms,
        "gap_ms": at + 1 < len(shown) and shown[at + 1].start_ms - cue.end_ms < RULES.gap_ms,
    }
    return [rule for rule, broken in checks.items() if broken]


def judged(path: Path, said: Talk) -> dict[str, object]:
    """What a subtitle file lost, mixed and broke."""
    shown = read_srt(path)
    lost, mixed = _words(shown, said)
    tight = _tight(said)
    starts = [turn.span.start_ms for turn in said.turns]
    rules: Counter[str] = Counter()
    broken = unavoidable = only_gap = 0
    for at, cue in enumerate(shown):
        found = faults(shown, at)
        rules.update(found)
        if found and tight[max(0, bisect_right(starts, cue.start_ms) - 1)]:
            unavoidable += 1
        elif found:
            broken += 1
            only_gap += found == ["gap_ms"]
    return {
        "cues": len(shown),
        "words lost": lost,
        "mixed": mixed,
        "broken": broken,
        "only the gap": only_gap,
        "unavoidable": unavoidable,
        "rules": dict(rules),
    }


def _words(shown: list[Shown], said: Talk) -> tuple[int, int]:
    """Words that are not shown, in order, and subtitles with words of two voices."""
    texts, at, lost, mixed = [word.text for word in said.words], 0, 0, 0
    for cue in shown:
        voices = set()
        for text in " ".join(cue.lines).split():
            near = texts[at : at + 200]
            if text in near:
                skipped = near.index(text)
                lost, at = lost + skipped, at + skipped + 1
                voices.add(said.voices[at - 1])
        mixed += len(voices) > 1
    return lost + len(texts) - at, mixed


def _tight(said: Talk) -> list[bool]:
    """For each turn, whether no subtitles of it could keep the rules."""
    firsts = [turn.span.start_ms for turn in said.turns]
    nexts = [*firsts[1:], firsts[-1] + 3_600_000]
    places, words = [-1] * len(firsts), iter(said.words)
    at = 0
    for word in words:
        while at + 1 < len(firsts) and word.span.start_ms >= firsts[at + 1]:
            at += 1
        places[at] += width(word.text) + 1
    room = [after - first - RULES.gap_ms for first, after in zip(firsts, nexts, strict=True)]
    return [
        free_ms < RULES.cue_min_ms or size * 1000 > RULES.chars_per_second * free_ms
        for free_ms, size in zip(room, places, strict=True)
    ]


def ours(said: Talk, folder: Path) -> dict[str, object]:
    """Attribute and write srt, as the command does: with its thresholds of the collector."""
    gc.set_threshold(*CALM)
    recording = Recording("0" * 64, "talk.wav", 1, None, 1, 16_000)
    session = Session("2026-11-25-abcdef", "Talk", "tabletop", "en", (recording,))
    best = {"attribute": (1e9, 1e9), "write": (1e9, 1e9)}
    path = folder / "ours.srt"
    for _ in range(ROUNDS):
        began = _clocks()
        transcript = attribute(said.segments, said.turns)
        middle = _clocks()
        path.write_text(Srt().export(Record(session, transcript, said.turns), RULES), "utf-8")
        ended = _clocks()
        best["attribute"] = min(best["attribute"], _between(began, middle))
        best["write"] = min(best["write"], _between(middle, ended))
    wrong = _wrong_voices([(u.voice, len(u.words)) for u in transcript.utterances], said)
    return {"seconds": best, "wrong voices": wrong, "srt": {"Earwitness": judged(path, said)}}


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _between(began: tuple[float, float], ended: tuple[float, float]) -> tuple[float, float]:
    """Wall and processor seconds."""
    return ended[0] - began[0], ended[1] - began[1]


def _wrong_voices(given: list[tuple[str | None, int]], said: Talk) -> int:
    labels = [voice for voice, count in given for _ in range(count)]
    return sum(label != voice for label, voice in zip(labels, said.voices, strict=True))


def theirs(said: Talk, folder: Path, python: str) -> dict[str, object]:
    """WhisperX's `assign_word_speakers` and its writers, in its own interpreter."""
    segments = [
        {
            "start": segment.span.start_ms / 1000,
            "end": segment.span.end_ms / 1000,
            "text": " ".join(word.text for word in segment.words),
            "words": [
                {
                    "word": word.text,
                    "start": word.span.start_ms / 1000,
                    "end": word.span.end_ms / 1000,
                    "score": 0.9,
                }
                for word in segment.words
            ],
        }
        for segment in said.segments
    ]
    turns = [(t.span.start_ms / 1000, t.span.end_ms / 1000, t.voice) for t in said.turns]
    path = folder / "words.json"
    result = {"segments": segments, "language": "en"}
    path.write_text(json.dumps({"turns": turns, "result": result}), "utf-8")
    done = subprocess.run(
        [python, str(SIDE), str(path), str(folder)], stdout=subprocess.PIPE, text=True, check=True
    )
    told: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    told["srt"] = {
        name: judged(folder / f"{name}.srt", said)
        for name in ("WriteSRT 42x2", "WriteSRT as it comes", "SubtitlesProcessor 42")
    }
    return told


def show(said: Talk, rate: float, sides: dict[str, dict[str, object]]) -> None:
    """Print what one rate gave."""
    hours = said.words[-1].span.end_ms / 3_600_000
    print(
        f"\n{rate:g} characters a second: {len(said.words)} words, {hours:.1f} h, "
        f"{len(said.turns)} turns, {len(said.segments)} sentences"
    )
    for name, told in sides.items():
        seconds = dict(told["seconds"])  # type: ignore[call-overload]
        print(
            f"  {name}: "
            + ", ".join(f"{k} {wall:.2f} s ({cpu:.2f} CPU)" for k, (wall, cpu) in seconds.items())
        )
    heads = ("cues", "words lost", "mixed", "broken", "only the gap", "unavoidable")
    print(f"  {'':<24}" + "".join(f"{head:>18}" for head in heads))
    for told in sides.values():
        for name, found in dict(told["srt"]).items():  # type: ignore[call-overload]
            cells = [f"{found['cues']}", f"{found['words lost']}"]
            for head in heads[2:]:
                cells.append(f"{found[head]} ({found[head] / found['cues']:.2%})")
            print(f"  {name:<24}" + "".join(f"{cell:>18}" for cell in cells))
            print(f"    {found['rules']}")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--whisperx", metavar="PYTHON")
    parser.add_argument("--hours", type=float, default=8)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    if not GAMES.is_dir():
        print(f"there is no {GAMES}: nothing was measured")
        return 1
    kept: dict[str, object] = {"python": platform.python_version(), "hours": given.hours}
    for rate in RATES:
        said = talk(given.hours, rate)
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            sides = {"Earwitness": ours(said, Path(folder))}
            if given.whisperx and Path(given.whisperx).is_file():
                sides["WhisperX"] = theirs(said, Path(folder), given.whisperx)
        show(said, rate, sides)
        kept[f"{rate:g}"] = {"words": len(said.words), **sides}
    if len(sides) == 1:
        print("\nWhisperX was not measured: give its interpreter with --whisperx PYTHON")
    if given.json:
        given.json.write_text(json.dumps(kept, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
