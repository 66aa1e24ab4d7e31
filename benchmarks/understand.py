"""How long understanding takes by rules, and how much memory: `python benchmarks/understand.py`.

A made-up evening of 6,000 lines (about 4 hours) passes the text stages as a session's would: roles,
windows, labels, moments, and the gate behind both. Nothing is stored, so what is measured is the
rules themselves; `--stored` imports the lines and understands them in a library.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import earwitness
from earwitness.app.library import open_library
from earwitness.app.settings import read_settings
from earwitness.app.understanding.understand import Wish, understand
from earwitness.core.evidence import believed_labels, believed_moments
from earwitness.core.reading import Reading, windows
from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.text_ports import Brief
from earwitness.core.transcript import Label, Transcript, Utterance
from earwitness.engines.rules import Rules
from earwitness.playbooks.loading import load
from earwitness.stages.roles import find_roles

SAID = (
    ("DM", "As you open the door, you see a long hall of black stone and you hear water drip."),
    ("DM", "Roll for perception, all of you."),
    ("DM", '"Who goes there?" the guard asks, and he begins to draw his sword.'),
    ("ANN", "Seventeen."),
    ("BOB", "I'm going to sneak along the wall and look around the corner."),
    ("CEM", "Natural twenty!"),
    ("ANN", "We should go back, my friends, before the guards wake up and all of us die here."),
    ("BOB", "How far away is the door?"),
    ("CEM", "I promise you, nobody will be left behind while I still have blood in my heart."),
    ("ANN", "Did anybody order the pizza? The app says that it is on its way."),
    ("BOB", "That's twelve points of damage, plus three for my strength, so fifteen in all."),
    ("CEM", "Okay."),
)


def evening(lines: int) -> tuple[Utterance, ...]:
    """Lines of four voices, about 2.4 s each."""
    chance, made = random.Random(1), []
    for number in range(lines):
        who, text = chance.choice(SAID)
        start = 2_400 * number
        words = tuple(
            Word(word, Span(start + 90 * place, start + 90 * place + 90))
            for place, word in enumerate(text.split())
        )
        made.append(Utterance(number, Span(start, words[-1].span.end_ms), words, who, who))
    return tuple(made)


def bare(lines: int) -> dict[str, float]:
    """Seconds that each text stage takes, without a library."""
    rules, took = Rules(Brief(book := load("tabletop"))), {}
    reading = Reading(Transcript(evening(lines)), "en")
    at = time.perf_counter()
    reading = replace(reading, roles=find_roles(reading, "tabletop"))
    took["roles"] = time.perf_counter() - at
    at, labels = time.perf_counter(), list[Label]()
    for window in windows(reading):
        labels += believed_labels(rules.classify(window).labels, window, book.schemes).labels
    took["classify"] = time.perf_counter() - at
    at, moments = time.perf_counter(), 0
    for window in windows(reading, tuple(labels)):
        moments += len(believed_moments(rules.extract(window), window).moments)
    took["extract"] = time.perf_counter() - at
    print(f"{len(labels)} labels, {moments} moments")
    return took


def stored(lines: int) -> dict[str, float]:
    """Seconds that understanding a session takes, all of it; imported before."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "evening.srt"
        path.write_text(
            "\n".join(
                f"{line.id + 1}\n{_clock(line.span.start_ms)} --> {_clock(line.span.end_ms)}\n"
                f"{line.person}: {line.text}\n"
                for line in evening(lines)
            ),
            "utf-8",
        )
        done = earwitness.import_transcript(
            path, playbook="tabletop", language="en", home=folder, output=folder
        )
        at = time.perf_counter()
        with open_library(read_settings(home=folder)) as library:
            understand(library, done.session.id, Wish(fresh=True))
        return {"understand": time.perf_counter() - at}


def _clock(ms: int) -> str:
    seconds, rest = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02},{rest:03}"


def main() -> None:
    """Measure and print."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--lines", type=int, default=6_000)
    told.add_argument("--stored", action="store_true")
    wish = told.parse_args()
    cpu = time.process_time()
    took = (stored if wish.stored else bare)(wish.lines)
    cpu = time.process_time() - cpu
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {sys.version.split()[0]}")
    print(", ".join(f"{stage} {seconds:.2f} s" for stage, seconds in took.items()))
    print(f"all: {sum(took.values()):.2f} s, {cpu:.2f} CPU s, at most {memory_mb:.0f} MB")


if __name__ == "__main__":
    main()
