"""Moments by rules on a whole game and two meetings of others: more than dice, and not too many."""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from pathlib import Path

import pytest

import earwitness
from earwitness.app.library import open_library
from earwitness.app.settings import read_settings
from earwitness.app.understanding.understand import understand
from earwitness.core.evidence import OF_DICE
from earwitness.core.moment import Moment

DATA = Path(os.environ.get("EARWITNESS_DATA") or Path(__file__).parents[3] / "shared" / "data")
TEXT = DATA / "text"
DOZEN = 12
pytestmark = pytest.mark.skipif(not TEXT.is_dir(), reason="no texts here")


def found(content: bytes, playbook: str, folder: Path) -> tuple[Moment, ...]:
    """Moments of a transcript that is imported and understood as users do."""
    path = folder / "told.json"
    path.write_bytes(content)
    done = earwitness.import_transcript(
        path, pace=13, playbook=playbook, language="en", home=folder, output=folder
    )
    with open_library(read_settings(home=folder)) as library:
        return understand(library, done.session.id).moments.moments


def test_a_night_at_the_table_holds_more_than_dice(tmp_path: Path) -> None:
    game = TEXT / "dnd" / "crd3" / "C2E016.json.gz"
    moments = found(gzip.decompress(game.read_bytes()), "tabletop", tmp_path)
    kinds = Counter(each.kind for each in moments)
    assert sum(count for kind, count in kinds.items() if kind not in OF_DICE) >= 10
    assert len({"decision", "promise", "quote", "development"} & set(kinds)) >= 3
    assert all(count <= DOZEN for count in kinds.values()), kinds
    agreed = [each for each in moments if each.kind == "decision" and len(each.evidence) > 1]
    assert agreed, "a proposal and the yes to it"


@pytest.mark.parametrize("name", ["ES2004a", "Bmr006"])
def test_what_a_meeting_agrees_to_is_found(name: str, tmp_path: Path) -> None:
    path = TEXT / "meetings" / "qmsum" / f"{name}.json"
    moments = found(path.read_bytes(), "meeting", tmp_path)
    said = json.loads(path.read_text("utf-8"))["meeting_transcripts"]
    decisions = [each for each in moments if each.kind == "decision"]
    assert 1 <= len(decisions) <= DOZEN
    assert all(any((each.quote or "") in row["content"] for row in said) for each in decisions)
