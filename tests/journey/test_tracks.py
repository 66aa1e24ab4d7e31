"""An evening in several files: as Craig, Zoom and Audacity write it, and as hostile people do."""

from __future__ import annotations

import wave
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import earwitness
from earwitness.app.running.process import Processed
from earwitness.cli.failures import run
from earwitness.core.errors import UnsupportedSource, UsageError
from earwitness.media.decode import decode

RATE = 16_000
INFO = (
    "Recording aBc\r\n\r\nGuild:\t\tThe Table (1)\r\nChannel:\tgame-night (2)\r\n"
    "Requester:\tann#0 (3)\r\nStart time:\t2026-09-20T23:00:00.000Z\r\n\r\nTracks:\r\n"
    "\tann 🎲#0 (3)\r\n\tbob#7043 (4)\r\n"
)

Samples = NDArray[np.int16]


@pytest.fixture(scope="module")
def voices(tmp_path_factory: pytest.TempPathFactory) -> tuple[Samples, Samples]:
    """Half a minute of the shipped scene, its turns dealt to two microphones."""
    scene = Path(earwitness.__file__).parent / "examples" / "tavern.flac"
    decoded = decode(scene, tmp_path_factory.mktemp("scene"))
    sound = np.fromfile(decoded.pcm, "<i2")[: 30 * RATE]
    mine = (np.arange(len(sound)) // (6 * RATE)) % 2 == 0
    return (sound * mine).astype(np.int16), (sound * ~mine).astype(np.int16)


def write(path: Path, sound: Samples, rate: int = RATE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    step = RATE // rate
    with wave.open(str(path), "w") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(sound[::step].astype("<i2").tobytes())
    return path


def zipped(path: Path, folder: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for file in sorted(folder.rglob("*")):
            target.write(file, file.relative_to(folder).as_posix())
    return path


def processed(*paths: Path, **more: object) -> Processed:
    return earwitness.process(list(paths), transcriber="scripted", language="en", **more)  # type: ignore[arg-type]


def people(done: Processed) -> set[str | None]:
    return {line.person for line in done.record.transcript.utterances}


def test_two_files_are_one_session_and_name_its_voices(
    voices: tuple[Samples, Samples], tmp_path: Path
) -> None:
    ann = write(tmp_path / "in" / "ann.wav", voices[0])
    bob = write(tmp_path / "in" / "2-bob.wav", voices[1], rate=8_000)
    done = processed(ann, bob, tracks=True, formats="txt,srt,rttm,json,md")
    assert people(done) == {"ann", "bob"}
    assert len({turn.track for turn in done.record.turns}) == 2
    for suffix in ("txt", "rttm", "json", "md"):
        text = (done.written.folder / f"transcript.{suffix}").read_text("utf-8")
        assert "ann" in text
        assert "bob" in text
    again = processed(ann, bob, tracks=True)
    assert again.reused
    assert again.session.id == done.session.id
    after = processed(ann, bob, title="one after the other")
    assert after.session.id != done.session.id
    assert after.session.length_ms == 60_000


def test_a_name_from_a_track_is_corrected_and_taken_back_as_any_other(
    voices: tuple[Samples, Samples], tmp_path: Path
) -> None:
    write(tmp_path / "in" / "ann.wav", voices[0])
    write(tmp_path / "in" / "bob.wav", voices[1])
    done = processed(tmp_path / "in", tracks=True)
    session = done.session.id
    voice = next(u.voice for u in done.record.transcript.utterances if u.person == "ann")
    assert voice is not None
    earwitness.name_speakers(session, {voice: "Anneke"})
    assert people(processed(tmp_path / "in", tracks=True)) == {"Anneke", "bob"}
    earwitness.name_speakers(session, {voice: None})
    assert people(processed(tmp_path / "in", tracks=True)) == {None, "bob"}, "not named again"


def test_craig_zip(
    voices: tuple[Samples, Samples], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "craig"
    write(folder / "1-ann_0.wav", voices[0])
    write(folder / "2-bob_7043.wav", voices[1])
    (folder / "info.txt").write_text(INFO, encoding="utf-8")
    path = zipped(tmp_path / "craig.zip", folder)
    before = sorted(tmp_path.rglob("*"))
    assert run(["process", str(path), "--transcriber", "scripted", "--language", "en"]) == 0
    assert "Craig: 2 tracks" in capsys.readouterr().out
    done = processed(path)
    assert done.reused
    assert people(done) == {"ann 🎲", "bob"}
    assert done.session.title == "game-night"
    assert done.session.id.startswith("2026-09-20")
    new = [p for p in sorted(tmp_path.rglob("*")) if p not in before]
    assert all(p.relative_to(tmp_path).parts[0] in ("home", "output") for p in new)
    assert not list((tmp_path / "home" / "scratch").rglob("*unpacked*"))
    redone = earwitness.rerun(done.session.id, stage="transcribe")
    assert redone.processed.outcome.kind == "done", "its sound was unpacked again"
    zipped(path, folder.parent / "craig")
    path.unlink()
    with pytest.raises(earwitness.SourceNotFound, match="gone"):
        earwitness.rerun(done.session.id, stage="transcribe")


def test_zoom_folder_with_its_mix(voices: tuple[Samples, Samples], tmp_path: Path) -> None:
    folder = tmp_path / "2026-11-20 19.02.11 Ours"
    inside = folder / "Audio Record"
    write(inside / "audioAnnLee11405927384.m4a", voices[0])
    write(inside / "audioBob21405927384.m4a", voices[1])
    write(folder / "audio_only.m4a", voices[0] + voices[1])
    done = processed(folder)
    assert done.layout is not None
    assert done.layout.kind == "Zoom"
    assert people(done) == {"AnnLee", "Bob"}
    places = {place.track: place for place in earwitness.show_session(done.session.id).places}
    assert [track for track, place in places.items() if place.is_mix] == [2]
    assert done.record.turns
    assert all(turn.track in (0, 1) for turn in done.record.turns)


@pytest.mark.parametrize("inside", ["folder", "file", "zip"])
def test_audacity_project_with_offsets(
    voices: tuple[Samples, Samples], tmp_path: Path, inside: str
) -> None:
    folder = tmp_path / "audacity"
    write(folder / "ann.wav", voices[0])
    write(folder / "bob.wav", voices[1][2 * RATE :])
    project = folder / "night.aup"
    project.write_text(
        '<project><import filename="ann.wav" offset="0"/>'
        '<import filename="bob.wav" offset="2.0"/></project>'
    )
    named = {"folder": folder, "file": project}
    done = processed(named.get(inside) or zipped(tmp_path / "n.zip", folder))
    places = earwitness.show_session(done.session.id).places
    assert [place.offset_us for place in places] == [0, 2_000_000]
    assert people(done) == {"ann", "bob"}


def test_an_offset_of_the_users_holds(
    voices: tuple[Samples, Samples], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    write(folder / "ann.wav", voices[0])
    write(folder / "bob.wav", voices[1])
    asked = ["process", str(folder), "--tracks", "--transcriber", "scripted", "--language", "en"]
    assert run([*asked, "--offset", "bob=1500"]) == 0
    (row,) = earwitness.sessions()
    places = earwitness.show_session(row.session.id).places
    assert [(place.offset_us, place.by) for place in places][1] == (1_500_000, "said")
    capsys.readouterr()
    assert run(["sessions", "show", row.session.id]) == 0
    assert "+1500.0 ms" in capsys.readouterr().out
    assert run([*asked, "--offset", "zed=1"]) == 2
    assert run([*asked, "--offset", "bob"]) == 2
    with pytest.raises(UsageError):
        processed(folder / "ann.wav", offsets={"ann": 5})


def test_a_damaged_track_degrades_and_is_tried_again(
    voices: tuple[Samples, Samples], tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    write(folder / "1-ann.wav", voices[0])
    write(folder / "2-bob.wav", voices[1])
    (folder / "3-cy.wav").write_bytes(b"no sound" * 400)
    (folder / "4-dee.wav").write_bytes(b"")
    done = processed(folder, tracks=True)
    assert done.outcome.kind == "degraded"
    told = [warning for warning in done.record.warnings if "without this track" in warning]
    assert len(told) == 2
    assert "3-cy.wav" in told[0]
    assert "4-dee.wav" in told[1]
    assert people(done) == {"ann", "bob"}
    again = processed(folder, tracks=True)
    assert not again.reused, "what failed is tried again"
    shown = earwitness.show_session(done.session.id)
    latest = [step for step in shown.runs[0][1] if step.stage in ("detect", "transcribe")]
    assert all(step.hit for step in latest), "the others' work stands"


def test_a_track_that_comes_later_costs_the_others_nothing(
    voices: tuple[Samples, Samples], tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    write(folder / "1-ann.wav", voices[0])
    (folder / "2-bob.wav").write_bytes(b"half a download")
    assert processed(folder, tracks=True).outcome.kind == "degraded"
    write(folder / "2-bob.wav", voices[1])
    done = processed(folder, tracks=True)
    assert done.outcome.kind == "done"
    assert people(done) == {"ann", "bob"}
    steps = earwitness.show_session(done.session.id).runs[0][1]
    parts = [s for s in steps if s.chunk is not None and s.stage in ("detect", "transcribe")]
    assert any(step.hit for step in parts)
    assert any(not step.hit for step in parts)


def test_tracks_that_start_late_end_early_are_silent_or_there_twice(
    voices: tuple[Samples, Samples], tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    write(folder / "1-ann.wav", voices[0])
    write(folder / "2-bob.wav", voices[1][: 20 * RATE])
    write(folder / "3-Cy #2 🎲.wav", np.zeros(25 * RATE, np.int16))
    write(folder / "4-copy of ann.wav", voices[0])
    done = processed(folder, tracks=True)
    assert people(done) == {"ann", "bob"}
    assert [track.person for track in done.session.tracks] == ["ann", "bob", "Cy #2 🎲"]
    assert any("silent throughout" in warning for warning in done.record.warnings)
    assert done.session.length_ms == 30_000


def test_one_person_who_came_back_is_one_voice(
    voices: tuple[Samples, Samples], tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    early, late = voices[0].copy(), voices[0].copy()
    early[14 * RATE :], late[: 14 * RATE] = 0, 0
    write(folder / "1-ann.wav", early)
    write(folder / "2-bob.wav", voices[1])
    write(folder / "3-ann.wav", late)
    done = processed(folder, tracks=True)
    assert people(done) == {"ann", "bob"}
    spoken = {u.voice for u in done.record.transcript.utterances if u.person == "ann"}
    assert len(spoken) == 1


def test_two_people_of_one_name_are_told_apart(
    voices: tuple[Samples, Samples], tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    write(folder / "1-ann.wav", voices[0])
    write(folder / "2-ann.wav", voices[0][RATE:])
    assert people(processed(folder, tracks=True)) == {"ann", "ann (2)"}


def test_a_series_calls_its_people_as_it_knows_them(
    voices: tuple[Samples, Samples], tmp_path: Path
) -> None:
    earwitness.add_series("Night")
    earwitness.set_person("Night", "Anna de Wit", aliases=("ann",))
    write(tmp_path / "in" / "ann.wav", voices[0])
    write(tmp_path / "in" / "bob.wav", voices[1])
    assert people(processed(tmp_path / "in", tracks=True, series="Night")) == {
        "Anna de Wit",
        "bob",
    }


def test_more_than_sixteen_tracks(voices: tuple[Samples, Samples], tmp_path: Path) -> None:
    folder = tmp_path / "in"
    for number in range(18):
        part = np.zeros(38 * RATE, np.int16)
        part[2 * number * RATE : (2 * number + 4) * RATE] = voices[0][RATE : 5 * RATE]
        part[0] = number + 1
        write(folder / f"{number + 1}-p{chr(97 + number)}x.wav", part)
    done = processed(folder, tracks=True, offsets={f"p{chr(97 + n)}x": 0 for n in range(18)})
    assert len(done.session.tracks) == 18
    assert len({turn.track for turn in done.record.turns}) >= 16


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("1-ann.wav/../../../evil.wav", b"x")


def nested(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("more.zip", b"PK")


def nothing(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("notes.txt", b"hello")


def cut(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("1-ann.wav", b"x" * 5_000)
    path.write_bytes(path.read_bytes()[:3_000])


@pytest.mark.parametrize("make", [bomb, nested, nothing, cut])
@pytest.mark.parametrize("flags", [[], ["--tracks"]])
def test_hostile_archives_end_in_a_typed_error(
    tmp_path: Path, make: Callable[[Path], None], flags: list[str]
) -> None:
    (tmp_path / "in").mkdir()
    make(tmp_path / "in" / "a.zip")
    assert run(["process", str(tmp_path / "in" / "a.zip"), *flags]) == 5
    assert [p.name for p in (tmp_path / "in").iterdir()] == ["a.zip"]
    assert not list(tmp_path.rglob("evil*"))
    assert not [p for p in (tmp_path / "home" / "scratch").rglob("*") if p.is_file()]


def test_a_folder_is_no_recording_unless_told(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.wav").write_bytes(b"x")
    with pytest.raises(UnsupportedSource) as caught:
        processed(tmp_path / "in")
    assert "--tracks" in caught.value.hint


def test_tracks_go_out_as_json_and_come_back_as_tracks(
    voices: tuple[Samples, Samples], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Side by side, as long as the longest, each voice on its track, also when heard again."""
    ann = write(tmp_path / "in" / "ann.wav", voices[0])
    bob = write(tmp_path / "in" / "bob.wav", voices[1])
    first = processed(ann, bob, tracks=True, formats="json")
    assert run(["sessions", "delete", first.session.id, "--yes"]) == 0
    sound = ["--audio", str(ann), "--audio", str(bob)]
    told = next(file for file in first.written.files if file.name == "transcript.json")
    capsys.readouterr()
    assert run(["import", str(told)]) == 0
    assert "30s of sound" in capsys.readouterr().out
    (row,) = earwitness.sessions()
    assert run(["sessions", "show", row.session.id]) == 0
    assert "in another library" in capsys.readouterr().out
    assert run(["import", str(told), *sound]) == 0
    (session,) = [each.session for each in earwitness.sessions()]
    assert session.tracks == first.session.tracks
    before = [(line.voice, line.words) for line in first.record.transcript.utterances]
    assert run(["sessions", "rerun", session.id, "--stage", "guard"]) == 0
    after = earwitness.record(session.id).transcript.utterances
    assert [(line.voice, line.words) for line in after] == before


def test_tracks_named_as_the_way_to_tell_voices_apart(
    voices: tuple[Samples, Samples], tmp_path: Path
) -> None:
    """As `auto` does where there are tracks, and whatever number of speakers is said."""
    ann = write(tmp_path / "in" / "ann.wav", voices[0])
    bob = write(tmp_path / "in" / "bob.wav", voices[1])
    done = processed(ann, bob, tracks=True, diarizer="tracks", speakers=5)
    assert done.outcome.kind == "done"
    assert people(done) == {"ann", "bob"}
