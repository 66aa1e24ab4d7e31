"""Layouts: whose microphone each file is, by names and lists of Craig, Zoom and Audacity."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.errors import UnsupportedSource
from earwitness.core.people import written_name
from earwitness.core.session import Track
from earwitness.media.layouts import MAX_TRACKS, Layout, read_info, recognise

INFO = "\r\n".join(
    [
        "Recording aBcD1234",
        "",
        "Guild:\t\tThe Table (111111111111111111)",
        "Channel:\tgame-night (222222222222222222)",
        "Requester:\tann#0 (333)",
        "Start time:\t2026-09-20T23:00:00.000Z",
        "",
        "Tracks:",
        "\tann#0 (333)",
        "\tbob builder#7043 (444)",
        "\t🎲 dice#0 (555)",
        "\tann#1234 (666)",
        "\tann#0 (333)",
        "",
        "Notes:",
        "\t0:10:00.00: combat starts",
        "",
    ]
)


def look(*files: str, told: bool = False, **texts: str) -> Layout | None:
    named = {name.replace("__", "."): text for name, text in texts.items()}
    return recognise(files, lambda name: named[name.rpartition("/")[2]], told=told)


def told_of(layout: Layout | None) -> list[tuple[str, Track]]:
    assert layout is not None
    return [(strand.file, strand.track) for strand in layout.strands]


def test_craig_names_come_from_its_list() -> None:
    files = ("5-ann.flac", "1-ann.flac", "2-bob_builder_7043.flac", "3-__.flac", "4-ann.flac")
    found = look(*files, "info.txt", "raw.dat", info__txt=INFO)
    assert told_of(found) == [
        ("1-ann.flac", Track("ann", 0)),
        ("2-bob_builder_7043.flac", Track("bob builder", 0)),
        ("3-__.flac", Track("🎲 dice", 0)),
        ("4-ann.flac", Track("ann#1234", 0)),
        ("5-ann.flac", Track("ann", 0)),
    ]
    assert found is not None
    assert (found.kind, found.title) == ("Craig", "game-night")
    assert found.held_at == datetime(2026, 9, 20, 23, tzinfo=UTC)


def test_a_file_that_is_not_the_listed_user_keeps_its_own_name() -> None:
    found = look("1-zed.ogg", "7-late_0.ogg", "notes.ogg", "info.txt", info__txt=INFO)
    assert told_of(found) == [("1-zed.ogg", Track("zed", 0)), ("7-late_0.ogg", Track("late", 0))]
    assert found is not None
    assert found.left_out == ("notes.ogg",)


def test_an_info_that_is_something_else_is_no_craig() -> None:
    assert look("1-ann.flac", "2-bob.flac", "info.txt", info__txt="Tracks: ours\nhello") is None
    assert look("01-intro.mp3", "02-song.mp3") is None, "an album"


def test_zoom_names_and_its_mix() -> None:
    top = "2026-11-20 19.02.11 Our meeting"
    files = (
        f"{top}/Audio Record/audioAnnLee11405927384.m4a",
        f"{top}/Audio Record/audioBob21405927384.m4a",
        f"{top}/audio_only.m4a",
        f"{top}/video1405927384.mp4",
    )
    found = look(*files)
    assert told_of(found) == [
        (files[0], Track("AnnLee", 0)),
        (files[1], Track("Bob", 0)),
        (files[2], Track(None, 0, is_mix=True)),
    ]
    assert found is not None
    assert found.kind == "Zoom"


PROJECT = """<?xml version="1.0" standalone="no" ?>
<!DOCTYPE project PUBLIC "-//audacityproject-1.3.0//DTD//EN" "http://example.org/x.dtd" >
<project xmlns="http://audacity.sourceforge.net/xml/" projname="a" version="1.3.0" rate="48000">
\t<tags/>
\t<import filename="1-ann.ogg" offset="0.00000000" mute="0" gain="1.0"/>
\t<wavetrack name="bob"><waveclip offset="1.25"><import filename="data/2-bob.ogg" offset="0.5"/>
\t</waveclip></wavetrack>
</project>"""


def test_audacity_says_where_tracks_begin() -> None:
    found = look("x/a.aup", "x/1-ann.ogg", "x/data/2-bob.ogg", "x/3-cy.ogg", a__aup=PROJECT)
    assert told_of(found) == [
        ("x/1-ann.ogg", Track("ann", 0)),
        ("x/data/2-bob.ogg", Track("bob", 1_750)),
    ]
    assert found is not None
    assert found.left_out == ("x/3-cy.ogg",)


@pytest.mark.parametrize(
    "text",
    [
        "<project",
        '<project><wavetrack><simpleblockfile filename="e0.au"/></wavetrack></project>',
        '<!DOCTYPE p [<!ENTITY a "b">]><project><import filename="1-ann.ogg"/></project>',
        '<project><import filename="../1-ann.ogg" offset="soon"/></project>',
        '<project><import filename="1-ann.ogg" offset="nan"/></project>',
        '<project><import filename="/etc/passwd"/></project>',
    ],
)
def test_projects_that_cannot_be_followed_are_refused(text: str) -> None:
    with pytest.raises(UnsupportedSource) as caught:
        look("a.aup", "1-ann.ogg", a__aup=text)
    assert "passwd" not in str(caught.value)


def test_plain_files_are_tracks_when_the_user_says_so() -> None:
    files = ("ann.wav", "2-Bob Lee.mp3", "track 3.wav", "full_mix.wav", "notes.txt")
    assert look(*files) is None
    assert told_of(look(*files, told=True)) == [
        ("2-Bob Lee.mp3", Track("Bob Lee")),
        ("ann.wav", Track("ann")),
        ("full_mix.wav", Track(None, None, is_mix=True)),
        ("track 3.wav", Track(None)),
    ]


def test_a_name_that_may_mean_the_mix_is_left_to_the_sound() -> None:
    found = told_of(look("ann.wav", "bob.wav", "dungeon master.wav", told=True))
    assert found[2] == ("dungeon master.wav", Track("dungeon master", is_mix=None))
    two = told_of(look("ann.wav", "dungeon master.wav", told=True))
    assert two[1][1].is_mix is False, "of two files none is the mix"


def test_a_mix_alone_and_too_many_tracks_are_refused() -> None:
    with pytest.raises(UnsupportedSource):
        look("x.txt", told=True)
    with pytest.raises(UnsupportedSource):
        look(*(f"{n}-a.wav" for n in range(MAX_TRACKS + 1)), told=True)


def test_leftovers_of_file_managers_are_nobody() -> None:
    found = look("__MACOSX/._1-ann.wav", ".hidden.wav", "1-ann.wav", told=True)
    assert [file for file, _ in told_of(found)] == ["1-ann.wav"]


@given(st.text(max_size=400))
def test_any_text_becomes_a_name_or_none(text: str) -> None:
    name = written_name(text)
    assert name is None or (name == name.strip() and "\n" not in name and 0 < len(name) <= 200)
    read_info(text)
    read_info("Tracks:\n\t" + text)
