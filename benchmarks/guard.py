"""How often the guard is wrong, and what it finds: on real text, made loops, and a call that leaks.

Run: `python benchmarks/guard.py DATA [--words]`, DATA being the folder of real recordings. Prints
false alarms on text that people said or wrote, the share of made loops that is found, and for a
call whose two tracks were mixed into each other at several levels the diarization error rate with
and without crosstalk taken out. `--words` transcribes the call as it is and at -25 dB (minutes of
processor time) and counts words of the one that stand on the wrong track of the other.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from earwitness.core.ports import EngineOptions
from earwitness.core.span import Span
from earwitness.core.speech import Crosstalk, Detection, Segment, Speech, Word
from earwitness.core.text import fold_text
from earwitness.engines.pocketsphinx import PocketsphinxFactory
from earwitness.engines.silero import SileroFactory
from earwitness.engines.tracks import TracksDiarizer
from earwitness.media.crosstalk import leaks, levels
from earwitness.media.decode import decode
from earwitness.media.sound import PcmFile, Sound
from earwitness.stages.chunks import chunks
from earwitness.stages.diarize import own_speech
from earwitness.stages.guard import guard
from earwitness.stages.loops import looping, packed
from earwitness.stages.seams import merge
from earwitness.stages.stock import is_stock

SEGMENT_WORDS = 90
LOOP_WORDS = 150
LEAKS_DB = (-15, -20, -25, -30)
TWO = (0, 1)


def texts(data: Path) -> Iterator[tuple[str, list[str]]]:
    """Each collection's name and its lines, without transcribers' marks."""
    text = data / "text"
    for path in sorted(text.glob("dnd/crd3/*.gz")):
        turns = json.loads(gzip.decompress(path.read_bytes()))["TURNS"]
        yield path.stem, [" ".join(turn["UTTERANCES"]) for turn in turns]
    for path in sorted(text.glob("meetings/qmsum/*.json")):
        turns = json.loads(path.read_text("utf-8"))["meeting_transcripts"]
        yield path.stem, [re.sub(r"\{[^}]*\}", " ", turn["content"]) for turn in turns]
    for path in sorted(text.glob("meetings/earnings21/*.nlp")):
        rows = path.read_text("utf-8").splitlines()[1:]
        yield path.stem, [" ".join(row.partition("|")[0] for row in rows)]
    for path in sorted(text.glob("therapy/primock57/*.TextGrid")):
        said = re.findall(r'text = "(.*)"', path.read_text("utf-8"))
        yield path.stem, [re.sub("<[^>]*>", " ", line) for line in said]
    rows = [row for path in sorted((data / "parallel").glob("*.en-nl.tsv")) for row in _rows(path)]
    yield "dutch sentences", [row.partition("\t")[2] for row in rows]


def _rows(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


def spoken(text: str, *, hurried: bool = False) -> list[Word]:
    """Words at 13 characters a second, or so fast and improbable that every reason holds."""
    words, at_ms = [], 0
    for each in text.split():
        length_ms = 60 if hurried else 77 * (len(each) + 1)
        words.append(Word(each, Span(at_ms, at_ms + length_ms), 0.1 if hurried else 0.9))
        at_ms += length_ms
    return words


def doubted(words: list[Word]) -> set[int]:
    """Places that are loops, over all words and in segments of half a minute."""
    found = set(looping(words))
    for first in range(0, len(words), SEGMENT_WORDS):
        found |= {first + each for each in packed(words[first : first + SEGMENT_WORDS])}
    return found


def false_alarms(data: Path) -> None:
    """Words of real text that are taken for loops, and lines that are stock phrases."""
    total = usual = worst = lines = stock = 0
    for _, said in texts(data):
        words = spoken(" ".join(said))
        total += len(words)
        usual += len(doubted(words))
        worst += len(doubted(spoken(" ".join(said), hurried=True)))
        lines += len(said)
        stock += sum(is_stock(spoken(line)) for line in said if line.strip())
    print(f"real text: {total} words, taken for loops {usual}; were all of it hurried and")
    print(f"improbable {worst}; {lines} lines, of which stock phrases {stock}")


def hits(data: Path) -> None:
    """The share of made loops' repetitions that is found."""
    rng = random.Random(5)
    words = " ".join(line for _, said in texts(data) for line in said).split()
    print("made loops: words in the phrase, found when exact, when one word in ten is another's")
    for size in (1, 2, 3, 5, 8, 12):
        shares = {False: 0.0, True: 0.0}
        for changed in shares:
            for _ in range(50):
                start = rng.randrange(len(words) - size)
                loop = (words[start : start + size] * LOOP_WORDS)[:LOOP_WORDS]
                for place in range(size, LOOP_WORDS) if changed else ():
                    if rng.random() < 0.1:
                        loop[place] = rng.choice(words)
                found = doubted(spoken(" ".join(loop), hurried=True))
                shares[changed] += len(found) / (LOOP_WORDS - size) / 50
        print(f"  {size:>2}: {shares[False]:.3f} {shares[True]:.3f}")


def leaking(data: Path, folder: Path, level_db: int | None) -> Sound:
    """The call; each of its tracks mixed into the other."""
    decoded = decode(data / "multi/aws_call40/stereo.wav", folder, name="call.pcm")
    clean = np.fromfile(decoded.pcm, "<i2").reshape(-1, 2).astype(np.float64)
    gain = 0.0 if level_db is None else 10 ** (level_db / 20)
    mixed: NDArray[np.float64] = clean + gain * clean[:, ::-1]
    path = folder / f"call{level_db}.pcm"
    np.clip(np.rint(mixed), -32768, 32767).astype("<i2").tofile(path)
    return Sound([PcmFile(path, 2, decoded.samples, TWO)])


def heard(sound: Sound) -> tuple[tuple[Speech, ...], Crosstalk]:
    """Speech and leaks of both tracks."""
    detector = SileroFactory().open(EngineOptions())
    found = leaks(levels(sound, lambda _share: None))
    speech = tuple(detector.detect(sound, track) for track in TWO)
    return speech, Crosstalk(tuple(Speech(*each) for each in zip(TWO, found, strict=True)))


def voices(data: Path, folder: Path) -> None:
    """Diarization error rates."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "real"))
    from test_diarize import error_rate

    reference = data / "multi/aws_call40/channels.rttm"
    print("call whose tracks leak: DER as heard, and without crosstalk")
    for level_db in (None, *LEAKS_DB):
        sound = leaking(data, folder, level_db)
        speech, crosstalk = heard(sound)
        rates = [
            error_rate(reference, TracksDiarizer().diarize(sound, each, None), 245.38)
            for each in (speech, own_speech(speech, crosstalk))
        ]
        print(
            f"  {'clean' if level_db is None else f'{level_db} dB'}: {rates[0]:.3f} {rates[1]:.3f}"
        )


def said(sound: Sound) -> list[tuple[int | None, Word]]:
    """The call's words with the guard's doubts on them, each with its track."""
    speech, crosstalk = heard(sound)
    engine = PocketsphinxFactory().open(EngineOptions())
    cut = chunks(speech, engine.chunking, sound.duration_ms)
    with ThreadPoolExecutor(2) as pool:
        segments = merge(
            pool.map(lambda chunk: (chunk, engine.transcribe(sound, chunk, "en")), cut)
        )
    engine.close()
    guarded: tuple[Segment, ...] = guard(segments, Detection(speech), crosstalk)
    return [(segment.track, word) for segment in guarded for word in segment.words]


def wrong_track(data: Path, folder: Path) -> None:
    """Words of the clean call that stand on the wrong track of the leaking one."""
    clean, leaky = (said(leaking(data, folder, level)) for level in (None, -25))

    def there(word: Word, track: int | None, words: list[tuple[int | None, Word]]) -> bool:
        key = fold_text(word.text)
        return any(
            track == other and fold_text(each.text) == key and each.span.gap_ms(word.span) <= 200
            for other, each in words
        )

    shown = [(track, word) for track, word in leaky if word.doubt is None]
    astray = [(1 - (track or 0), word) for track, word in clean]
    astray = [each for each in astray if not there(each[1], each[0], clean)]
    for name, words in (("without the guard", leaky), ("with it", shown)):
        count = sum(there(word, track, words) for track, word in astray)
        print(f"words on the wrong track {name}: {count} of {len(clean)}")
    lost = sum(word.doubt is not None and there(word, track, clean) for track, word in leaky)
    print(f"words doubted on their own track: {lost}; in the clean call: ", end="")
    print(sum(word.doubt is not None for _, word in clean))


def main() -> None:
    """Print all figures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("data", type=Path)
    asked.add_argument("--words", action="store_true")
    options = asked.parse_args()
    false_alarms(options.data)
    hits(options.data)
    with tempfile.TemporaryDirectory() as folder:
        voices(options.data, Path(folder))
        if options.words:
            wrong_track(options.data, Path(folder))


if __name__ == "__main__":
    main()
