"""Who treats and who came for help, in real consultations; who leads real games."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

import earwitness
from earwitness.app.library import open_library
from earwitness.app.settings import read_settings
from earwitness.app.understanding.understand import understand

DATA = Path(os.environ.get("EARWITNESS_DATA") or Path(__file__).parents[3] / "shared" / "data")
CONSULTATIONS = DATA / "text" / "therapy" / "primock57"
GAMES = DATA / "text" / "dnd" / "crd3"


def roles_of(session: str) -> dict[str, str]:
    with open_library(read_settings()) as library:
        return dict(understand(library, session).reading.roles)


@pytest.mark.skipif(not CONSULTATIONS.is_dir(), reason="no consultations here")
def test_the_doctor_is_told_from_the_patient() -> None:
    names = sorted(
        path.name.split("_doctor")[0] for path in CONSULTATIONS.glob("*_doctor.TextGrid")
    )
    right = 0
    for name in names:
        files = [CONSULTATIONS / f"{name}_{who}.TextGrid" for who in ("doctor", "patient")]
        done = earwitness.import_transcript(files, playbook="therapy", language="en")
        lines = done.record.transcript.utterances
        spoken = {line.voice or "": line.person for line in lines}
        wanted = {"doctor": "therapist", "patient": "client"}
        found = roles_of(done.session.id)
        right += found == {voice: wanted[who or ""] for voice, who in spoken.items()}
    assert len(names) == 6
    assert right >= 5


@pytest.mark.skipif(not GAMES.is_dir(), reason="no games here")
def test_who_narrates_leads_the_game(tmp_path: Path) -> None:
    path = tmp_path / "C2E016.json"
    path.write_bytes(gzip.decompress((GAMES / "C2E016.json.gz").read_bytes()))
    done = earwitness.import_transcript(path, pace=13, playbook="tabletop", language="en")
    leaders = {voice for voice, role in roles_of(done.session.id).items() if role == "dm"}
    spoken = {line.voice for line in done.record.transcript.utterances if line.person == "MATT"}
    assert leaders == spoken
