"""Processes do all at once to a few sessions: no row without its bytes, no gap, no deadlock."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from earwitness.core.people import Person, Series
from earwitness.core.session import Recording, Session
from earwitness.core.speech import Diarization
from earwitness.store.library import Library

SESSIONS = [f"2026-11-20-{letter * 6}" for letter in "abcd"]
EACH = 120

WRITER = """
import json, random, sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from earwitness.core.errors import NotFound, UsageError
from earwitness.core.override import Field, Override, Target
from earwitness.core.run import DONE, Event, Step
from earwitness.core.session import Recording, Session
from earwitness.core.span import Span
from earwitness.core.speech import Diarization, Turn, VoicePrint
from earwitness.store.library import Library

home, address, name, each, series, *sessions = sys.argv[1:]
HEARD = VoicePrint("S1", (1.0, 0.0), "toy", 9)
chance, did = random.Random(name), Counter()

def value(number):
    prints = (HEARD, VoicePrint("S2", (0.0, 1.0), "toy", 9))
    return Diarization((Turn(Span(0, 9 + number), "S1"), Turn(Span(9, 19), "S2")), prints)

def work(library, session, kind):
    number = chance.randrange(12)
    at = datetime.now(UTC)
    if kind < 0.35:
        digest = library.put(f"key {number}", "diarize", session, value(number % 4))
        return "put"
    if kind < 0.45:
        library.refer(f"key {number}", session)
        return "refer"
    if kind < 0.6:
        run = library.start_run(session, "request")
        library.append(Event(0, at, session, run.id, "run.started"))
        library.note_step(Step(run.id, "diarize", None, "k", "d", False, DONE, at, 1))
        library.append(Event(0, at, session, run.id, "run.finished"))
        library.finish_run(run.id, DONE)
        return "run"
    if kind < 0.8:
        with library.amend(session) as amendment:
            seq = amendment.head.count + 1
            target = Target(0, Span(0, 9))
            amendment.append(Override(seq, name, at, "why", target, Field.TEXT, "was", f"{seq}"))
        return "amend"
    if kind < 0.88:
        library.delete_session(session)
        library.add_session(made(session))
        return "delete"
    if kind < 0.94:
        library.sweep()
        return "sweep"
    if kind < 0.97:
        library.enroll(series, "ann", session, HEARD)
        library.forget_voice(series, "ann", {})
        return "forget"
    library.reclaim(list(library._blobs.digests()))
    return "reclaim"

def made(session):
    recording = Recording("a" * 64, "scene.wav", 1, None, 1, 16_000)
    return Session(session, "A scene", "meeting", None, (recording,))

with Library.open(Path(home), database=address or None) as library:
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(int(each)):
        try:
            did[work(library, chance.choice(sessions), chance.random())] += 1
        except (NotFound, UsageError) as error:
            did[type(error).__name__] += 1
    print(json.dumps(did))
"""


def made(session: str) -> Session:
    recording = Recording("a" * 64, "scene.wav", 1, None, 1, 16_000)
    return Session(session, "A scene", "meeting", None, (recording,))


@pytest.mark.parametrize("writers", [3])
def test_everything_at_once(tmp_path: Path, address: str | None, writers: int) -> None:
    home = tmp_path / "home"
    with Library.open(home, database=address) as library:
        for session in SESSIONS:
            library.add_session(made(session))
        series = library.add_series(Series("", "Friday", cast=(Person("ann", "Ann"),)))
    start = [sys.executable, "-c", WRITER, str(home), address or ""]
    started = [
        subprocess.Popen(
            [*start, f"writer {number}", str(EACH), series.id, *SESSIONS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(writers)
    ]
    for each in started:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in started:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    told = [each.communicate()[0] for each in started]
    assert [each.returncode for each in started] == [0] * writers
    did = [json.loads(each) for each in told]
    sys.stderr.write(str(did))
    assert all(sum(each.values()) == EACH for each in did)
    with Library.open(home, database=address) as library:
        assert_sound(library)


def assert_sound(library: Library) -> None:
    """Every row has its bytes, every file its row, every number its predecessor."""
    named = set()
    for row in library.sessions():
        session = row.session.id
        seqs = [event.seq for event in library.events(session)]
        assert seqs == list(range(1, len(seqs) + 1))
        assert library.verify_overrides(session).broken_at is None
    for number in range(12):
        digest = library.find(f"key {number}")
        if digest is not None:
            library.get(digest, Diarization)
            named.add(digest)
    library.sweep(stale_seconds=0)
    assert set(library._blobs.digests()) == named
    assert not list(library.home.rglob("*.part"))
