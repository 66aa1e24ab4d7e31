"""Two processes correct one session at the same time: a serial order, and nothing is lost."""

from __future__ import annotations

import itertools
import json
import os
import random
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from earwitness.app.corrections.desk import Editor
from earwitness.app.corrections.edits import edit, list_edits, undo
from earwitness.app.corrections.projection import index_of, log_of
from earwitness.app.corrections.wanted import Edit
from earwitness.app.records import read_record
from earwitness.core.errors import EditConflict, UsageError
from earwitness.core.fate import Applied, Conflict, Undone
from earwitness.core.fold import Folding, fold
from earwitness.core.override import Field, Override
from earwitness.core.run import DONE, Step
from earwitness.core.session import Recording, Session
from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.transcript import Transcript, Utterance
from earwitness.store.library import Library
from earwitness.store.overrides import Entry

AT = datetime(2026, 11, 20, 18, tzinfo=UTC)
SESSION = "2026-11-20-aaaaaa"
LINES = 40
EACH = 500

EDITOR = """
import json, random, sys
from pathlib import Path
from earwitness.app.corrections import edits
from earwitness.app.corrections.desk import Editor
from earwitness.app.corrections.wanted import Edit
from earwitness.core.errors import EarwitnessError, EditConflict
from earwitness.core.override import Field
from earwitness.store.library import Library

home, address, session, name, lines, each = *sys.argv[1:5], *map(int, sys.argv[5:])
chance = random.Random(name)
me = Editor(name, may_undo_others=True)
made, refused = [], 0
with Library.open(Path(home), database=address or None) as library:
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(each):
        line = chance.randrange(lines)
        kind = chance.random()
        try:
            if kind < 0.25 and made:
                done = edits.undo(library, session, chance.choice(made), me)
            elif kind < 0.3 and made:
                done = edits.redo(library, session, chance.choice(made), me)
            elif kind < 0.65:
                wanted = Edit(line, Field.TEXT, f"{name} wrote {number} here")
                done = edits.edit(library, session, wanted, me)
            elif kind < 0.8:
                wanted = Edit(line, Field.VOICE, f"S{chance.randint(1, 4)}")
                done = edits.edit(library, session, wanted, me)
            else:
                wanted = Edit(line, Field.PERSON, f"{name} {number}", was=None)
                done = edits.edit(library, session, wanted, me)
            made += [override.seq for override in done.overrides]
        except EarwitnessError as error:
            refused += isinstance(error, EditConflict)
    print(json.dumps({"made": made, "refused": refused}))
"""


TYPIST = """
import itertools, sys
from pathlib import Path
from earwitness.app.corrections import edits
from earwitness.app.corrections.desk import Editor
from earwitness.app.corrections.wanted import Edit
from earwitness.core.override import Field
from earwitness.store.library import Library

with Library.open(Path(sys.argv[1]), database=sys.argv[2] or None) as library:
    for number in itertools.count():
        wanted = [Edit(line, Field.TEXT, f"{number} in {line}") for line in range(3)]
        done = edits.apply_edits(library, sys.argv[3], wanted, Editor("ann"))
        print(done.overrides[-1].seq, flush=True)
"""


def spoken(number: int) -> Utterance:
    words = tuple(
        Word(f"w{number}x{n}", Span(5_000 * number + 400 * n, 5_000 * number + 400 * n + 300))
        for n in range(4)
    )
    return Utterance(number, words[0].span | words[-1].span, words, f"S{number % 2 + 1}")


def transcribed(home: Path, address: str | None) -> Transcript:
    talk = Transcript(tuple(spoken(number) for number in range(LINES)))
    recording = Recording("a" * 64, "scene.wav", 1_000, None, 1, 16_000)
    with Library.open(home, database=address) as library:
        library.add_session(Session(SESSION, "A scene", "meeting", "en", (recording,)))
        run = library.start_run(SESSION, "request")
        digest = library.put("key", "attribute", SESSION, talk)
        library.note_step(Step(run.id, "attribute", None, "key", digest, False, DONE, AT, 1))
        library.finish_run(run.id, DONE)
    return talk


def test_two_processes_edit_and_undo_at_once(tmp_path: Path, address: str | None) -> None:
    home = tmp_path / "library"
    talk = transcribed(home, address)
    each = EACH if address is None else EACH // 4
    start = [sys.executable, "-c", EDITOR, str(home), address or "", SESSION]
    editors = [
        subprocess.Popen(
            [*start, name, str(LINES), str(each)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={k: v for k, v in os.environ.items() if not k.startswith("COVERAGE")},
        )
        for name in ("ann", "bea")
    ]
    for editor in editors:
        assert editor.stdout is not None
        assert editor.stdout.readline() == "ready\n"
    for editor in editors:
        assert editor.stdin is not None
        editor.stdin.write("go\n")
        editor.stdin.flush()
    told = [json.loads(editor.communicate()[0]) for editor in editors]
    assert [editor.returncode for editor in editors] == [0, 0]

    with Library.open(home, database=address) as library:
        entries = library.ledger(SESSION).entries
        made = sorted(told[0]["made"] + told[1]["made"])
        assert made == list(range(1, len(entries) + 1)), "one was lost, doubled or out of order"
        assert len(made) > each
        for name, mine in zip(("ann", "bea"), told, strict=True):
            assert [entry.seq for entry in entries if entry.by == name] == mine["made"]
        assert changes_hands(entries) > 20, "they did not work at the same time"
        verified = library.verify_overrides(SESSION)
        assert (verified.count, verified.erased, verified.broken_at) == (len(made), 0, None)

        ledger = [entry.said for entry in entries if isinstance(entry.said, Override)]
        shuffled = random.Random(7).sample(ledger, len(ledger))
        serial = fold(talk, shuffled)
        assert read_record(library, SESSION).transcript == serial.transcript
        fates = Counter(type(listed.fate) for listed in list_edits(library, SESSION))
        assert set(fates) <= {Applied, Undone, Conflict}
        assert fates[Applied] > each // 2
        assert each_was_made_on_what_stood_there(talk, ledger)
        assert index_of(log_of(entries))


def test_a_killed_editor_leaves_whole_batches_and_a_whole_chain(
    tmp_path: Path, address: str | None
) -> None:
    home = tmp_path / "library"
    talk = transcribed(home, address)
    told = 0
    for goal in (4, 9, 17):
        with subprocess.Popen(
            [sys.executable, "-c", TYPIST, str(home), address or "", SESSION],
            stdout=subprocess.PIPE,
            text=True,
            env={k: v for k, v in os.environ.items() if not k.startswith("COVERAGE")},
        ) as typist:
            assert typist.stdout is not None
            for line in itertools.islice(typist.stdout, goal):
                told = int(line)
            typist.kill()
            told = max([told, *(int(line) for line in typist.stdout if line.endswith("\n"))])
        with Library.open(home, database=address) as library:
            entries = library.ledger(SESSION).entries
            assert len(entries) >= told, "what was answered is on the disk"
            assert len(entries) % 3 == 0, "half a batch stayed"
            assert library.verify_overrides(SESSION).broken_at is None
            ledger = [entry.said for entry in entries if isinstance(entry.said, Override)]
            assert read_record(library, SESSION).transcript == fold(talk, ledger).transcript


def test_threads_of_one_process_share_a_view(tmp_path: Path, address: str | None) -> None:
    home = tmp_path / "library"
    talk = transcribed(home, address)
    with Library.open(home, database=address) as library:

        def work(name: str) -> int:
            chance, me = random.Random(name), Editor(name, may_undo_others=True)
            made = 0
            for number in range(40):
                seen = read_record(library, SESSION).transcript.utterances
                line = chance.choice(seen)
                wanted = Edit(line.id, Field.TEXT, f"{name} wrote {number}", was=line.text)
                try:
                    done = edit(library, SESSION, wanted, me)
                    made += len(done.overrides)
                    if chance.random() < 0.2:
                        made += len(undo(library, SESSION, done.overrides[0].seq, me).overrides)
                except (EditConflict, UsageError):
                    continue
            return made

        with ThreadPoolExecutor(4) as pool:
            made = sum(pool.map(work, ("ann", "bea", "cem", "dee")))
        entries = library.ledger(SESSION).entries
        assert [entry.seq for entry in entries] == list(range(1, made + 1))
        ledger = [entry.said for entry in entries if isinstance(entry.said, Override)]
        assert read_record(library, SESSION).transcript == fold(talk, ledger).transcript
        assert library.verify_overrides(SESSION).broken_at is None


def changes_hands(entries: tuple[Entry, ...]) -> int:
    return sum(one.by != other.by for one, other in pairwise(entries))


def each_was_made_on_what_stood_there(talk: Transcript, ledger: list[Override]) -> bool:
    """No edit was made over another one unseen: replayed in order, each one fitted when made."""
    folding = Folding(talk)
    for override in ledger:
        folding.extend([override])
        if not isinstance(folding.history[-1][1], Applied):
            return False
    return True
