"""How long folding takes: 1,000 corrections over 5,000 utterances, as made and after a re-run.

Run: `python benchmarks/fold.py`. Prints for each case the best wall and CPU time of nine rounds,
in milliseconds, and how many of the corrections were applied (all must be).
"""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import UTC, datetime

from earwitness.core import edit
from earwitness.core.fate import Applied
from earwitness.core.fold import fold
from earwitness.core.override import Override, Stamp
from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.transcript import Transcript, Utterance

UTTERANCES = 5_000
EDITS = 1_000
ROUNDS = 9


def session(rng: random.Random) -> Transcript:
    """Utterances of 3 to 20 words from a small vocabulary, about four hours of them."""
    vocabulary = [f"word{n}" for n in range(2_000)]
    utterances = []
    at_ms = 0
    for number in range(UTTERANCES):
        words = []
        for _ in range(rng.randint(3, 20)):
            words.append(Word(rng.choice(vocabulary), Span(at_ms, at_ms + 220), 0.8))
            at_ms += 240
        span = Span(words[0].span.start_ms, words[-1].span.end_ms)
        utterances.append(Utterance(number, span, tuple(words), f"S{rng.randint(1, 4)}"))
        at_ms += rng.randint(0, 600)
    return Transcript(tuple(utterances))


def ledger(transcript: Transcript, rng: random.Random) -> list[Override]:
    """Edits of all kinds on random utterances, each made on what the machine wrote."""
    at = datetime(2026, 11, 20, tzinfo=UTC)
    overrides = []
    chosen = rng.sample(transcript.utterances, EDITS)
    for seq, utterance in enumerate(chosen, start=1):
        stamp = Stamp(seq, "ann", at)
        words = utterance.text.split()
        words[rng.randrange(len(words))] = "mended"
        overrides.append(
            (
                edit.set_text(utterance, " ".join(words), stamp),
                edit.set_voice(utterance, "S9", stamp),
                edit.set_person(utterance, "Ann", stamp),
                edit.set_stance(transcript, utterance.id, "IC", stamp),
                edit.split(utterance, len(utterance.words) // 2, stamp),
            )[seq % 5]
        )
    return overrides


def rerun(transcript: Transcript) -> Transcript:
    """The same session heard again: every id is another one, every time 90 ms later."""
    moved = []
    for utterance in transcript.utterances:
        words = tuple(replace(word, span=word.span.shift(90)) for word in utterance.words)
        span = utterance.span.shift(90)
        moved.append(replace(utterance, id=utterance.id + 1, span=span, words=words))
    return Transcript(tuple(moved))


def best_ms(transcript: Transcript, overrides: list[Override]) -> tuple[float, float, int]:
    """The best wall and CPU time of some rounds, and how many corrections were applied."""
    walls, cpus = [], []
    for _ in range(ROUNDS):
        wall, cpu = time.perf_counter(), time.process_time()
        folded = fold(transcript, overrides)
        walls.append((time.perf_counter() - wall) * 1_000)
        cpus.append((time.process_time() - cpu) * 1_000)
    applied = sum(isinstance(fate, Applied) for _, fate in folded.history)
    return min(walls), min(cpus), applied


def main() -> None:
    """Print the table."""
    rng = random.Random(7)
    transcript = session(rng)
    overrides = ledger(transcript, rng)
    texts = [
        edit.set_text(each, f"{each.text} indeed", Stamp(seq, "ann", datetime.now(UTC)))
        for seq, each in enumerate(transcript.utterances[:EDITS], start=1)
    ]
    cases = {
        "no corrections": (transcript, []),
        "1,000 mixed, on what they were made for": (transcript, overrides),
        "1,000 mixed, after a re-run (all found by time)": (rerun(transcript), overrides),
        "1,000 texts, on what they were made for": (transcript, texts),
        "1,000 texts, after a re-run (all found by time)": (rerun(transcript), texts),
    }
    print(f"{UTTERANCES} utterances, milliseconds, best of {ROUNDS}: wall, CPU; applied")
    for name, (base, history) in cases.items():
        wall_ms, cpu_ms, applied = best_ms(base, history)
        print(f"{name:<50} {wall_ms:7.1f} {cpu_ms:7.1f} {applied:6d}")


if __name__ == "__main__":
    main()
