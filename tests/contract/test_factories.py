"""What every engine's factory promises, found through the registry, whatever is installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from earwitness import plugins
from earwitness.core.errors import EngineUnavailable
from earwitness.core.options import choices
from earwitness.core.ports import EngineOptions, Needy

ALL = [(a, name) for a in ("detect", "transcribe", "diarize") for name in plugins.listed(a)]
HEAVY = ("torch", "onnx_asr", "sherpa_onnx", "mlx", "mlx_whisper", "pyannote.audio", "lightning")
QUICK_S = 0.5

ASK = """
import json, sys, time
from earwitness import plugins
from earwitness.core.ports import EngineOptions
ability, name, offline = sys.argv[1:]
factory = plugins.engine(ability, name)
options = EngineOptions(offline=offline == "yes")
before = time.process_time()
ready = factory.ready(options)
factory.languages(options)
spent = time.process_time() - before
print(json.dumps({"ok": ready.ok, "why": ready.why, "hint": ready.hint, "spent": spent,
                  "modules": sorted(sys.modules)}))
"""


@pytest.mark.parametrize("offline", ["yes", "no"])
@pytest.mark.parametrize(("ability", "name"), ALL)
def test_ready_is_quick_and_loads_nothing_heavy(ability: str, name: str, offline: str) -> None:
    command = [sys.executable, "-W", "ignore", "-c", ASK, ability, name, offline]
    done = subprocess.run(command, check=True, capture_output=True, env=dict(os.environ))
    told = json.loads(done.stdout)
    assert told["why"]
    assert told["ok"] or told["hint"]
    assert told["spent"] < QUICK_S
    assert [module for module in HEAVY if module in told["modules"]] == []


@pytest.mark.parametrize(("ability", "name"), ALL)
def test_what_is_not_ready_does_not_open_and_says_what_to_do(ability: str, name: str) -> None:
    factory = plugins.engine(ability, name)
    options = EngineOptions(offline=True)
    if factory.ready(options).ok:
        pytest.skip(f"{name} is ready here")
    with pytest.raises(EngineUnavailable) as caught:
        factory.open(options)
    assert str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize(("ability", "name"), ALL)
def test_a_device_that_is_not_there_is_refused_or_plays_no_part(ability: str, name: str) -> None:
    factory = plugins.engine(ability, name)
    options = EngineOptions(offline=True, device="cuda")
    ready = factory.ready(options)
    if not ready.ok:
        assert ready.hint
        with pytest.raises(EngineUnavailable):
            factory.open(options)


@pytest.mark.parametrize(("ability", "name"), ALL)
def test_options_have_a_line_of_help_and_a_default(ability: str, name: str) -> None:
    form = plugins.engine(ability, name).form
    assert form() is not None
    assert all(choice.help for choice in choices(form))


@pytest.mark.parametrize(("ability", "name"), ALL)
def test_what_has_to_be_added_says_what_it_needs(ability: str, name: str) -> None:
    factory = plugins.engine(ability, name)
    if not isinstance(factory, Needy):
        pytest.skip("comes with the install")
    kinds = [need.partition(": ")[0] for need in factory.needs]
    assert {"library", "model", "device"} <= set(kinds)
    assert all("\n" not in need for need in factory.needs)


def test_a_token_is_not_shown() -> None:
    assert "hf_secret" not in repr(EngineOptions(hub_token="hf_secret"))
