"""Journeys cost less here: nearly every one of them begins with a run of the shipped scene.

What the embedding hears in the same sound is worked out once a session, half of what a run costs;
the network gives the same for the same sound (unit tests of the engine say so), and child
processes, golden and real tests hear all of it themselves. Coverage is not measured in the child
that decodes, where it costs as much as the decoding; unit tests of media measure that.
"""

from __future__ import annotations

import hashlib
from functools import wraps

import pytest

from earwitness.core.ports import Audio, Tick
from earwitness.core.span import Span
from earwitness.engines import embedded
from earwitness.engines.ge2e import Ge2e
from earwitness.engines.windows import Windows, listen

OTHER_CHILDREN = frozenset({"test_batch", "test_queue_cli"})
"""Journeys whose work is done by children of their own: those are measured."""

_heard: dict[str, Windows] = {}


@pytest.fixture(autouse=True)
def _hears_a_sound_once(monkeypatch: pytest.MonkeyPatch) -> None:
    @wraps(listen)
    def remembered(
        audio: Audio, spans: tuple[Span, ...], network: Ge2e, *, hop_ms: int, tick: Tick
    ) -> Windows:
        sound = hashlib.sha256(repr((spans, hop_ms, network.digest)).encode())
        for span in spans:
            sound.update(audio.read(span))
        key = sound.hexdigest()
        if key not in _heard:
            _heard[key] = listen(audio, spans, network, hop_ms=hop_ms, tick=tick)
        return _heard[key]

    monkeypatch.setattr(embedded, "listen", remembered)


@pytest.fixture(autouse=True)
def _decoders_are_not_measured(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    if request.path.stem not in OTHER_CHILDREN:
        for name in ("COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START"):
            monkeypatch.delenv(name, raising=False)
