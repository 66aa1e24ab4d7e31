"""The weights of the rules for stance are what their tool makes from our labels."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from earwitness.engines.rules_weights import AROUND, SIGNS

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("EARWITNESS_DATA") or ROOT.parent / "shared" / "data")
CLOSE = 0.05
"""Other machines add up in another order."""


@pytest.mark.skipif(not (DATA / "text" / "dnd" / "crd3").is_dir(), reason="no games here")
def test_the_weights_can_be_made_again(tmp_path: Path) -> None:
    path = tmp_path / "weights_made_again.py"
    subprocess.run(
        [sys.executable, str(ROOT / "tools" / "weigh_stance.py"), "--to", str(path)],
        check=True,
        env={**os.environ, "EARWITNESS_DATA": str(DATA)},
    )
    spec = importlib.util.spec_from_file_location("weights_made_again", path)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    assert made.SIGNS.keys() == SIGNS.keys()
    for name, rows in SIGNS.items():
        for row, again in zip(rows, made.SIGNS[name], strict=True):
            assert again == pytest.approx(row, abs=CLOSE), name
    for row, again in zip(AROUND, made.AROUND, strict=True):
        assert again == pytest.approx(row, abs=CLOSE)
