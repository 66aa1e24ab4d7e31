"""How long naming a voice takes in a session of about eight hours: python benchmarks/names.py."""

from __future__ import annotations

import random
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from earwitness import plugins
from earwitness.app.corrections import edits
from earwitness.app.corrections.view import forget_views
from earwitness.app.corrections.wanted import Edit
from earwitness.app.people import naming
from earwitness.app.records import read_record
from earwitness.core.override import Field
from earwitness.core.ports import ExportOptions
from earwitness.core.run import DONE, Step
from earwitness.core.session import Recording, Session
from earwitness.core.speech import Settled, Turn
from earwitness.core.transcript import Transcript
from earwitness.store.library import Library
from edits import ANN, SESSION, ms, say, talk

VOICES = ("S1", "S2", "S3", "S4")
CORRECTIONS = 1_000


def add(library: Library, transcript: Transcript) -> None:
    """The session as a run leaves it behind, a turn for every utterance."""
    recording = Recording("a" * 64, "night.flac", 1, None, 1, 16_000)
    library.add_session(Session(SESSION, "", "tabletop", "en", (recording,)))
    run = library.start_run(SESSION, "request")
    turns = tuple(Turn(line.span, str(line.voice)) for line in transcript.utterances)
    at = datetime.now(UTC)
    for stage, value in (("settle", Settled(turns)), ("attribute", transcript)):
        digest = library.put(stage, stage, SESSION, value)
        library.note_step(Step(run.id, stage, None, stage, digest, False, DONE, at, 1))
    library.finish_run(run.id, DONE)


def main() -> None:
    """Print the table."""
    rng = random.Random(7)
    transcript = talk(rng)
    words = sum(len(line.words) for line in transcript.utterances)
    hours = transcript.utterances[-1].span.end_ms / 3_600_000
    print(f"{words} words, {hours:.1f} hours, {CORRECTIONS} corrections")
    print("milliseconds: median, 95 %, most")
    with tempfile.TemporaryDirectory() as home:
        with Library.open(Path(home)) as library:
            add(library, transcript)
            edits.apply_edits(
                library,
                SESSION,
                [Edit(rng.randrange(9_000), Field.PERSON, f"P{n}") for n in range(CORRECTIONS)],
                ANN,
            )

        def cold(number: int) -> float:
            """Nothing is in memory: the library is opened for it."""
            forget_views(SESSION)

            def name() -> None:
                with Library.open(Path(home)) as fresh:
                    names: dict[str, str | None] = {VOICES[number % 4]: f"Cold {number}"}
                    naming.name_voices(fresh, SESSION, names, ANN)

            return ms(name)

        say("name a voice, library opened for it", [cold(number) for number in range(40)])
        with Library.open(Path(home)) as library:

            def warm(number: int) -> float:
                names: dict[str, str | None] = {VOICES[number % 4]: f"Warm {number}"}
                return ms(lambda: naming.name_voices(library, SESSION, names, ANN))

            read_record(library, SESSION)
            say("name a voice, library open", [warm(number) for number in range(40)])
            say("reading what people see after it", [ms(lambda: read_record(library, SESSION))])
            record = read_record(library, SESSION)
            for suffix in plugins.listed("export"):
                exporter = plugins.exporter(suffix)
                took = ms(lambda e=exporter: e.export(record, ExportOptions(names=True)))
                say(f"the next {suffix}", [took])


if __name__ == "__main__":
    main()
