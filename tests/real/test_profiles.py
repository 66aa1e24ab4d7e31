"""Profile updates from whole games of others: in character, credited rightly, word for word."""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from pathlib import Path

import pytest

import earwitness
from earwitness.core.evidence import IN_STORY, is_verbatim
from earwitness.core.profile import Suggestions
from earwitness.core.transcript import Record

DATA = Path(os.environ.get("EARWITNESS_DATA") or Path(__file__).parents[3] / "shared" / "data")
GAMES = DATA / "text" / "dnd" / "crd3"
EPISODES = ("C2E015", "C2E016", "C2E017")
PLAYED = {
    "Travis": "Fjord",
    "Sam": "Nott",
    "Liam": "Caleb",
    "Marisha": "Beau",
    "Laura": "Jester",
    "Taliesin": "Mollymauk",
}
"""Whom the players play; one of them is left out, to be asked about."""

pytestmark = pytest.mark.skipif(not GAMES.is_dir(), reason="no games here")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with a campaign of three evenings."""
    folder = tmp_path_factory.mktemp("campaign")
    earwitness.add_series("M9", playbook="tabletop", language="en", home=folder)
    earwitness.set_person("M9", "Matt", role="dm", home=folder)
    for name, character in PLAYED.items():
        earwitness.set_person("M9", name, role="player", characters=[character], home=folder)
    for episode in EPISODES:
        path = folder / f"{episode}.json"
        path.write_bytes(gzip.decompress((GAMES / f"{episode}.json.gz").read_bytes()))
        earwitness.import_transcript(
            path, pace=13, series="M9", playbook="tabletop", language="en", home=folder,
            output=folder,
        )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def evenings(home: Path) -> list[tuple[Suggestions, Record]]:
    """What each of them suggests, and its record."""
    sessions = [row.session.id for row in earwitness.sessions(home=home)]
    return [
        (earwitness.profile_updates(each, home=home), earwitness.record(each, home=home))
        for each in sessions
    ]


def test_every_evening_adds_something_to_most_characters(
    evenings: list[tuple[Suggestions, Record]],
) -> None:
    for found, _ in evenings:
        told = Counter(each.character for each in found.updates)
        assert set(told) <= set(PLAYED.values())
        assert len(told) >= 5
        assert {each.type for each in found.updates} >= {"critical_hit", "fumble", "roleplay"}
        assert len(found.updates) <= 40, "nobody looks through more"


def test_who_is_not_in_the_cast_is_asked_about(
    home: Path, evenings: list[tuple[Suggestions, Record]]
) -> None:
    asked = {each.name for found, _ in evenings for each in found.asked}
    assert asked == {"ASHLEY", "ASHLEY and LAURA"}
    found = next(found for found, _ in evenings if "ASHLEY" in {each.name for each in found.asked})
    again = earwitness.profile_updates(found.session, names={"Ashley": "Yasha"}, home=home)
    assert "ASHLEY" not in {each.name for each in again.asked}
    assert "Yasha" in {each.character for each in again.updates}


def test_nothing_but_dice_comes_from_the_table(
    evenings: list[tuple[Suggestions, Record]],
) -> None:
    for found, record in evenings:
        stances = {
            each.utterance: each.value
            for each in record.transcript.labels
            if each.scheme == "stance"
        }
        for update in found.updates:
            if update.type not in ("critical_hit", "fumble"):
                assert {stances.get(each) for each in update.evidence} <= IN_STORY


def test_words_are_theirs_and_stand_in_the_lines_that_are_cited(
    evenings: list[tuple[Suggestions, Record]],
) -> None:
    plays = {name.upper(): character for name, character in PLAYED.items()}
    for found, record in evenings:
        lines = {line.id: line for line in record.transcript.utterances}
        for update in found.updates:
            cited = [lines[each] for each in update.evidence]
            assert any(is_verbatim(update.content.removesuffix(" …"), (line,)) for line in cited)
            assert plays[cited[0].person or ""] == update.character
            agreed = update.type == "decision" and len(cited) == 2
            assert agreed or {line.person for line in cited} == {cited[0].person}
            near = [lines[each].span for each in update.context_lines]
            assert all(abs(span.start_ms - cited[0].span.start_ms) < 600_000 for span in near)
            assert bool(update.context) <= bool(update.context_lines)


def test_a_campaign_s_profiles_grow_and_nothing_is_offered_twice(
    home: Path, evenings: list[tuple[Suggestions, Record]]
) -> None:
    party, offered = home / "party.json", 0
    for found, _ in evenings:
        file = earwitness.save_updates(found, home / "updates.json")
        done = earwitness.merge_profiles(file, party, home=home)
        assert done.added + done.known == len(found.updates)
        offered += done.added
    for found, _ in evenings:
        again = earwitness.profile_updates(found.session, profile=party, home=home)
        assert again.updates == ()
    profiles = json.loads(party.read_text())["profiles"]
    lists = [each for profile in profiles for each in profile.values() if isinstance(each, list)]
    assert sum(isinstance(entry, dict) for each in lists for entry in each) == offered
