"""How long a correction takes in a session of about eight hours: python benchmarks/edits.py."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from earwitness.app.corrections import edits
from earwitness.app.corrections.desk import Editor
from earwitness.app.corrections.wanted import Edit
from earwitness.app.records import read_record
from earwitness.core.override import Field
from earwitness.core.run import DONE, Step
from earwitness.core.session import Recording, Session
from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.transcript import Transcript, Utterance
from earwitness.store.library import Library

UTTERANCES = 9_000
SESSION = "2026-11-20-aaaaaa"
ANN = Editor("ann", may_undo_others=True)


def talk(rng: random.Random) -> Transcript:
    """Utterances of 3 to 20 words from a small vocabulary."""
    utterances = []
    at_ms = 0
    for number in range(UTTERANCES):
        words = []
        for _ in range(rng.randint(3, 20)):
            words.append(Word(f"word{rng.randrange(2_000)}", Span(at_ms, at_ms + 220), 0.8))
            at_ms += 240
        span = Span(words[0].span.start_ms, words[-1].span.end_ms)
        utterances.append(Utterance(number, span, tuple(words), f"S{rng.randint(1, 4)}"))
        at_ms += rng.randint(0, 800)
    return Transcript(tuple(utterances))


def add(library: Library, transcript: Transcript) -> None:
    """The session as a run leaves it behind."""
    recording = Recording("a" * 64, "night.flac", 1, None, 1, 16_000)
    library.add_session(Session(SESSION, "", "tabletop", "en", (recording,)))
    run = library.start_run(SESSION, "request")
    digest = library.put("key", "attribute", SESSION, transcript)
    at = datetime.now(UTC)
    library.note_step(Step(run.id, "attribute", None, "key", digest, False, DONE, at, 1))
    library.finish_run(run.id, DONE)


def ms(verb: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    verb()
    return (time.perf_counter() - start) * 1_000


def say(what: str, times: list[float]) -> None:
    """One line of the table."""
    ordered = sorted(times)
    tail = ordered[int(len(ordered) * 0.95)]
    print(f"{what:<46} {statistics.median(times):8.1f} {tail:8.1f} {ordered[-1]:8.1f}")


def main() -> None:
    """Print the table."""
    rng = random.Random(7)
    transcript = talk(rng)
    hours = transcript.utterances[-1].span.end_ms / 3_600_000
    print(f"{UTTERANCES} utterances, {hours:.1f} hours; milliseconds: median, 95 %, most")
    with tempfile.TemporaryDirectory() as home, Library.open(Path(home)) as library:
        add(library, transcript)

        def edit(field: Field, value: str) -> float:
            wanted = Edit(rng.randrange(UTTERANCES), field, value)
            return ms(lambda: edits.edit(library, SESSION, wanted, ANN))

        say("first correction (reads the session)", [edit(Field.PERSON, "Ann")])
        names = [edit(Field.PERSON, f"Person {n}") for n in range(1_000)]
        say("corrections 2-101", names[:100])
        say("corrections 902-1001", names[-100:])
        say("texts", [edit(Field.TEXT, f"other words {n}") for n in range(100)])
        undos = [ms(lambda n=n: edits.undo(library, SESSION, n, ANN)) for n in range(2, 32)]
        say("undo among 1,100 corrections", undos)
        batch = [Edit(n, Field.VOICE, "S9") for n in range(500)]
        say("batch of 500", [ms(lambda: edits.apply_edits(library, SESSION, batch, ANN))])
        say("reading what people see, after an edit", [ms(lambda: read_record(library, SESSION))])
        say("the same again", [ms(lambda: read_record(library, SESSION)) for _ in range(9)])
        say("verify", [ms(lambda: edits.verify(library, SESSION)) for _ in range(5)])


if __name__ == "__main__":
    main()
