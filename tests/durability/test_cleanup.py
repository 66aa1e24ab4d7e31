"""A clean library: every kind of waste, made by the program itself, is found and removed."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests.waste import (
    SCRIPTED,
    Squalor,
    ask,
    bytes_of,
    every_kind,
    folder_hash,
    newest_run,
    recording,
)

import earwitness
from earwitness.core.waste import CATEGORIES

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills with signals")

DECODED = "select count(*) from step where stage = 'decode' and chunk is null"
Case = tuple[Squalor, dict[str, str]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return every_kind(tmp_path_factory.mktemp("squalor"))


@pytest.fixture
def case(made: Case, tmp_path: Path) -> Case:
    """A copy of its own; recordings stay where they were."""
    squalor, named = made
    copy = Squalor(tmp_path / "copy")
    shutil.copytree(squalor.base, copy.base)
    return copy, named


def found_in(squalor: Squalor) -> dict[str, set[str]]:
    """Names of what an audit finds, by category."""
    found = earwitness.audit_sessions(home=squalor.home, output=squalor.output)
    return {each: {waste.name for waste in found.of(each)} for each in CATEGORIES}


def test_an_audit_finds_every_kind_and_changes_no_byte(case: Case) -> None:
    squalor, named = case
    assert (squalor.home / "library.db-wal").exists(), "a killed process left its log"
    before = folder_hash(squalor.base)
    found = found_in(squalor)
    assert folder_hash(squalor.base) == before
    assert found["orphaned"] == {named["gone"], named["corrected"]}
    assert found["stale"] == {named["old"], named["later"]}
    assert found["incomplete"] == {named["stopped"], named["torn"]}
    assert found["failed"] == {named["broken"]}
    assert found["duplicates"] == {named["twice"], named["other"]}, "the newest is kept"
    assert found["sound"] == {named["quiet"]}
    # A kill at no chosen moment may leave more of these.
    assert found["blobs"]
    assert found["leftovers"]
    shown = squalor.run("sessions", "audit").stdout
    assert "Looked at 13 sessions; nothing was changed." in shown
    assert "!! HOLDS PEOPLE'S WORK: 1 correction" in shown
    assert "stopped in diarize and transcribe" in shown or "stopped in transcribe" in shown
    assert max(map(len, shown.splitlines())) <= 80 + len(str(squalor.output))
    assert folder_hash(squalor.base) == before


def test_a_dry_run_changes_no_byte_and_says_what_force_does(case: Case) -> None:
    squalor, _ = case
    before = folder_hash(squalor.base)
    shown = squalor.run("sessions", "cleanup", "--dry-run")
    planned = squalor.answer("sessions", "cleanup", "--dry-run")
    assert folder_hash(squalor.base) == before
    assert "Dry run: nothing is deleted." in shown.stdout
    done = squalor.answer("sessions", "cleanup", "--force")
    assert names_of(planned, "removed") == names_of(done, "removed")
    assert names_of(planned, "kept") == names_of(done, "kept")
    for plan, real in zip(list_of(planned, "removed"), list_of(done, "removed"), strict=True):
        assert plan["freed_bytes"] == real["freed_bytes"], plan


def test_freed_bytes_are_what_the_disk_gives_back(case: Case) -> None:
    squalor, named = case
    disk = bytes_of(squalor.home) + bytes_of(squalor.output)
    report = squalor.base / "report.md"
    done = squalor.answer(
        "sessions", "cleanup", "--force", "--older-than", "0", "--report", str(report)
    )
    freed = done["freed_bytes"]
    assert isinstance(freed, int)
    given_back = disk - bytes_of(squalor.home) - bytes_of(squalor.output)
    assert given_back > 2_000_000
    assert abs(freed - given_back) <= given_back / 100, (freed, given_back)
    items = sum(int(str(each["freed_bytes"])) for each in list_of(done, "removed"))
    assert freed == items + int(str(done["besides_bytes"]))
    left = set(squalor.sessions())
    stay = {named[each] for each in ("good", "corrected", "later", "other", "again", "quiet")}
    assert stay <= left
    assert not {named[each] for each in ("gone", "old", "stopped", "broken", "twice")} & left
    for session in stay:
        assert squalor.run("sessions", "lines", session).returncode == 0
        assert (squalor.output / session / "transcript.json").exists() or session == named["quiet"]
    again = squalor.answer("sessions", "cleanup", "--dry-run", "--older-than", "0")
    assert list_of(again, "removed") == []
    assert not list((squalor.home / "scratch").iterdir())
    text = report.read_text(encoding="utf-8")
    for line in (
        r"\*\*Date\*\*: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC",
        r"\*\*Total Sessions Scanned\*\*: 13",
        r"\*\*Orphaned Sessions\*\*: 2 \(\d+\.\d MB\)",
        r"\*\*Incomplete Sessions\*\*: 2 \(1\.[23] MB\)",
        r"\*\*Stale Checkpoints\*\*: 2 \(1\.[23] MB\)",
        r"\*\*Total Space Freed\*\*: [23]\.\d MB",
        r"## Actions Taken",
        r"Kept 1 orphaned session \(holds what people corrected or named\)",
    ):
        assert re.search(line, text), line


def test_every_question_is_answered_with_no_by_default(case: Case, tmp_path: Path) -> None:
    squalor, _ = case
    before = folder_hash(squalor.base)
    report = tmp_path / "report.md"
    done = squalor.run(
        "sessions", "cleanup", "--interactive", "--report", str(report), stdin="\n" * 12
    )
    assert done.returncode == 0, done.stderr
    assert folder_hash(squalor.base) == before, "nobody said yes: nothing was even opened"
    assert "Nothing was deleted." in done.stdout
    assert done.stdout.count("[y/N]: ") == 9, "a category each, and people's work by itself"
    assert "Kept 2 incomplete sessions (user declined)" in report.read_text(encoding="utf-8")


def test_the_flow_is_the_one_that_was_asked_for(case: Case) -> None:
    squalor, named = case
    # orphaned, the corrected one, stale, then no more answers: the end of input means no.
    done = squalor.run("sessions", "cleanup", "--interactive", stdin="y\nn\nyes\n")
    assert done.returncode == 0, done.stderr
    flow = [
        r"^Found 1 orphaned session:$",
        rf"^  1\. {named['gone']} \(\d+ kB, created \d{{4}}-\d\d-\d\d\)$",
        r"^Only the recording is gone: its transcript can still be read, and would be lost\.$",
        r"^Delete orphaned sessions\? \[y/N\]: y$",
        rf"^Deleted {named['gone']} \(freed \d+ kB\)$",
        r"^Found an orphaned session with people's work in it:$",
        r"^     !! HOLDS PEOPLE'S WORK: 1 correction$",
        rf"^Delete {named['corrected']} and the work in it, for good\? \[y/N\]: n$",
        r"^Found 2 stale checkpoints:$",
        r"^Delete stale checkpoints\? \[y/N\]: yes$",
        r"^Deleted 2 checkpoints \(freed 1\.[23] MB\)$",
        r"^Delete incomplete sessions\? \[y/N\]: $",
        r"^Kept 2 incomplete sessions \(user declined\)$",
    ]
    lines = iter(done.stdout.splitlines())
    for wanted in flow:
        assert any(re.search(wanted, line) for line in lines), (wanted, done.stdout)
    assert {named["corrected"], named["stopped"]} <= set(squalor.sessions())


def test_people_who_say_yes_to_their_own_work_are_obeyed(case: Case) -> None:
    squalor, named = case
    done = squalor.run(
        *("sessions", "cleanup", "--interactive", "--category", "orphaned"), stdin="n\ny\n"
    )
    assert f"Deleted {named['corrected']}" in done.stdout
    left = squalor.sessions()
    assert named["gone"] in left
    assert named["corrected"] not in left


def test_a_terminal_is_asked_without_any_flag(case: Case) -> None:
    squalor, named = case
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "earwitness", "sessions", "cleanup", "--category", "stale"],
        env=squalor.environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        close_fds=True,
    ) as started:
        os.close(theirs)
        shown = read_until(ours, "[y/N]: ")
        os.write(ours, b"y\n")
        shown += read_until(ours, "Report: ")
        started.wait(timeout=240)
    os.close(ours)
    assert started.returncode == 0, shown
    assert "Found 2 stale checkpoints:" in shown
    assert re.search(r"Deleted 2 checkpoints \(freed 1\.[23] MB\)", shown)
    assert named["old"] not in squalor.sessions()


def test_nothing_is_deleted_where_nobody_can_answer(case: Case) -> None:
    squalor, _ = case
    before = folder_hash(squalor.base)
    for flags in ([], ["--json"], ["--force", "--dry-run"], ["--older-than", "soon", "--force"]):
        done = squalor.run("sessions", "cleanup", *flags, stdin="y\n" * 20)
        assert done.returncode == 2, flags
        assert "Traceback" not in done.stderr
    done = squalor.run("sessions", "cleanup", "--category", "everything", "--force")
    assert done.returncode == 2
    assert folder_hash(squalor.base) == before


def test_what_can_be_continued_is_continued_after_a_cleanup(made: Case, case: Case) -> None:
    squalor, named = case
    squalor.answer("sessions", "cleanup", "--force")
    stopped = made[0].base / "sounds" / "stopped.wav"
    told = squalor.answer("process", str(stopped), *made[0].slowly())
    assert told["session"] == named["stopped"]
    shown = squalor.answer("sessions", "show", named["stopped"])
    (run,) = list_of(shown, "runs")
    steps = run["steps"]
    assert isinstance(steps, list)
    assert sum(step["hit"] for step in steps if step["stage"] == "transcribe") >= 2


def test_a_checkpoint_given_up_leaves_its_session_as_it_was(made: Case, case: Case) -> None:
    squalor, named = case
    before = squalor.answer("sessions", "lines", named["later"])
    squalor.answer("sessions", "cleanup", "--force", "--category", "stale")
    assert squalor.answer("sessions", "lines", named["later"]) == before
    shown = squalor.answer("sessions", "show", named["later"])
    latest, first = list_of(shown, "runs")
    assert latest["outcome"] == {
        "kind": "failed",
        "why": "given up: it rested for too long, and what it had made was cleaned up",
        "hint": "`earwitness process` begins anew",
    }
    assert latest["steps"], "what was spent was spent"
    assert first["outcome"] == {"kind": "done"}
    later = made[0].base / "sounds" / "later.wav"
    told = squalor.answer("process", str(later), *SCRIPTED, "--speakers", "3")
    assert told["session"] == named["later"]
    assert told["outcome"] == {"kind": "done"}
    assert found_in(squalor)["stale"] == set()


def test_named_categories_take_what_force_alone_leaves(case: Case) -> None:
    squalor, named = case
    squalor.answer("sessions", "cleanup", "--force", "--category", "incomplete")
    squalor.answer("sessions", "cleanup", "--force", "--category", "duplicates")
    left = set(squalor.sessions())
    assert not {named["stopped"], named["torn"], named["twice"], named["other"]} & left
    assert {named["again"], named["gone"], named["corrected"], named["broken"]} <= left


def test_what_is_worked_on_is_never_touched(tmp_path: Path) -> None:
    squalor = Squalor(tmp_path)
    sound = recording(tmp_path / "sounds" / "live.wav", 1)
    slowly = squalor.slowly(wait_ms=120_000)
    with subprocess.Popen(
        [sys.executable, "-m", "earwitness", "process", str(sound), *slowly],
        env=squalor.environment,
        stderr=subprocess.DEVNULL,
    ) as started:
        pause = threading.Event()
        while not newest_run(squalor.home) or not ask(squalor.home, DECODED):
            assert started.poll() is None
            pause.wait(0.05)
        sound.rename(tmp_path / "away.wav")
        (session,) = squalor.sessions()
        told = squalor.answer("sessions", "audit", "--stale-days", "0")
        assert told["working"] == [session]
        assert told["bytes"] == 0
        for category in ("incomplete", "stale", "sound", "orphaned"):
            flags = ("--force", "--category", category, "--older-than", "0")
            done = squalor.answer("sessions", "cleanup", *flags, "--stale-days", "0")
            assert done["removed"] == []
        assert started.poll() is None
        assert squalor.sessions() == [session]
        started.kill()
    assert found_in(squalor)["orphaned"] == {session}, "nobody works on it any more"


def test_therapy_keeps_decoded_sound_for_a_day_only(tmp_path: Path) -> None:
    squalor = Squalor(tmp_path)
    sound = recording(tmp_path / "sounds" / "hour.wav", 1)
    session = squalor.stopped(sound, "--playbook", "therapy", after=1)
    assert found_in(squalor)["sound"] == set()
    squalor.age(session, 2)
    assert found_in(squalor)["sound"] == {session}
    done = squalor.answer("sessions", "cleanup", "--force")
    sounds = [each["name"] for each in list_of(done, "removed") if each["category"] == "sound"]
    assert sounds == [session]
    assert names_of(done, "kept") == [session], "the session itself can still be continued"
    assert not list((squalor.home / "scratch").rglob("*.pcm"))
    told = squalor.answer("process", str(sound), *squalor.slowly(), "--playbook", "therapy")
    assert told["session"] == session
    assert told["outcome"] == {"kind": "done"}


def test_an_empty_and_a_clean_library_are_told(tmp_path: Path) -> None:
    squalor = Squalor(tmp_path / "nothing")
    done = squalor.run("sessions", "audit")
    assert "Looked at 0 sessions" in done.stdout
    assert "The library is clean." in done.stdout
    assert squalor.run("sessions", "cleanup", "--force").stdout.strip() == "Nothing to clean up."
    assert not squalor.base.exists(), "looking makes no folder"
    squalor.process(recording(tmp_path / "sounds" / "one.wav", 1))
    before = folder_hash(squalor.base)
    assert "The library is clean." in squalor.run("sessions", "audit").stdout
    for flag in ("--force", "--dry-run", "--interactive"):
        done = squalor.run("sessions", "cleanup", flag, stdin="y\n")
        assert done.stdout.strip() == "Nothing to clean up."
    assert folder_hash(squalor.base) == before


def test_a_recording_is_known_by_its_bytes(tmp_path: Path) -> None:
    squalor = Squalor(tmp_path)
    sound = recording(tmp_path / "sounds" / "one.wav", 1)
    session = squalor.process(sound)
    os.utime(sound, (1, 1))
    assert found_in(squalor)["orphaned"] == set(), "only its time is another one"
    data = bytearray(sound.read_bytes())
    data[-1] ^= 1
    sound.write_bytes(data)
    assert found_in(squalor)["orphaned"] == {session}, "another recording took its place"
    sound.unlink()
    assert found_in(squalor)["orphaned"] == {session}
    recording(sound, 1)
    assert found_in(squalor)["orphaned"] == set(), "it came back"


def list_of(told: dict[str, object], name: str) -> list[dict[str, object]]:
    found = told[name]
    assert isinstance(found, list)
    return found


def names_of(told: dict[str, object], name: str) -> list[object]:
    return [each["name"] for each in list_of(told, name)]


def read_until(handle: int, text: str) -> str:
    """What a terminal shows until `text` and the rest of its line."""
    shown = ""
    while text not in shown:
        ready, _, _ = select.select([handle], [], [], 60)
        assert ready, shown
        shown += os.read(handle, 4096).decode()
    return shown
