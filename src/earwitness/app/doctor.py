"""Doctor: what can run here, what cannot, and the command that mends it."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from earwitness import plugins
from earwitness.app.library import artifacts_of, library_of
from earwitness.app.request import engine_options
from earwitness.app.services import known_services, shared, told
from earwitness.app.settings import Settings, read_settings
from earwitness.app.understanding.language_models import NONE, look_at, named_models
from earwitness.app.wishes import ABILITIES, options_for
from earwitness.core.errors import EarwitnessError
from earwitness.core.options import read_options
from earwitness.core.ports import EngineOptions, Needy
from earwitness.core.services import Known
from earwitness.engines.whisper_fit import cached_models, this_machine
from earwitness.engines.whisper_loading import device_for, gpus
from earwitness.engines.whisper_options import WhisperOptions
from earwitness.store.bucket import Bucket
from earwitness.store.library import Library

LITTLE_SPACE_BYTES = 2_000_000_000
"""Eight hours of stereo need about this much while they are worked on."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report.

    Attributes:
        what: The part that was looked at.
        ok: It can be used.
        why: What is there, or what is missing.
        hint: The command that mends it; empty when nothing is needed.
        needed: False for what one can do without.
        needs: Of an engine: what it needs beside the install (library, model, token, device).
        service: Of a service: how its breaker stands.
    """

    what: str
    ok: bool
    why: str
    hint: str = ""
    needed: bool = False
    needs: tuple[str, ...] = ()
    service: Known | None = None


def doctor(settings: Settings | None = None) -> tuple[Finding, ...]:
    """Look at Python, the library, the disk, every engine and language model; loads none."""
    settings = settings or read_settings()
    with shared(settings) as services:
        options = replace(engine_options(settings), services=services)
        return (
            _python(),
            *_library(settings),
            *_engines(options),
            *_whisper(settings),
            *_language_models(settings, options),
            *_services(settings, options),
        )


def _python() -> Finding:
    version = platform.python_version()
    ok = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return Finding("python", ok, version, "" if ok else "use Python 3.11 to 3.13", needed=True)


def _library(settings: Settings) -> tuple[Finding, ...]:
    try:
        with library_of(settings) as library:
            free, count = library.free_bytes(), len(library.sessions())
            database = library.database
            artifacts = _artifacts(library, artifacts_of(settings))
    except EarwitnessError as error:
        return (Finding("library", False, str(error), error.hint, needed=True),)
    enough = free >= LITTLE_SPACE_BYTES
    return (
        Finding("library", True, f"{settings.home} ({count} sessions)", needed=True),
        Finding("database", True, database, needed=True),
        *artifacts,
        Finding("disk", enough, f"{free / 1e9:.1f} GB free", "" if enough else "free some space"),
    )


def _artifacts(library: Library, bucket: Bucket | None) -> tuple[Finding, ...]:
    """Whether the store of artifacts can be written, read and deleted from; asks it."""
    if bucket is None:
        return ()
    try:
        library.check_artifacts()
    except EarwitnessError as error:
        return (Finding("artifacts", False, str(error), error.hint, needed=True),)
    told = [bucket.label]
    waiting = library.waiting()
    if waiting:
        told.append(f"{waiting} results lie on this machine only, or wait on another")
    if bucket.is_plain:
        told.append("everything is sent unencrypted")
    if library.leads_away:
        told.append("sessions that must stay on this machine are refused")
    return (Finding("artifacts", True, "; ".join(told), needed=True),)


def _whisper(settings: Settings) -> tuple[Finding, ...]:
    """Which models are here, and how they would compute."""
    rows = cached_models()
    listed = ", ".join(f"{row.name} ({row.size_mb} MB)" for row in rows)
    here = Finding(
        "whisper models",
        bool(rows),
        listed or "none on this machine",
        "" if rows else "earwitness models pull small",
    )
    kind = "cuda" if settings.device != "cpu" and gpus() else "cpu"
    factory = plugins.engine("transcribe", "faster-whisper")
    try:
        own = options_for(factory, engine_options(settings)).own
        said = read_options(WhisperOptions, own)
        device = device_for(kind, said.compute_type)
    except EarwitnessError as error:
        return here, Finding("whisper device", False, str(error), error.hint)
    return here, Finding("whisper device", True, f"{device}; {this_machine(gpu=kind == 'cuda')}")


def _language_models(settings: Settings, options: EngineOptions) -> list[Finding]:
    """Whether those that are named could be asked; nothing that was said is sent."""
    found = [
        (f"language model {model.said}", look_at(model, options))
        for model in named_models(settings, options)
    ] or [("language models", NONE)]
    return [Finding(what, ready.ok, ready.why, ready.hint) for what, ready in found]


def _services(settings: Settings, options: EngineOptions) -> list[Finding]:
    """How every service stands that would be asked now, or was asked of late."""
    now = datetime.now(UTC)
    return [
        Finding(
            f"service {each.name}",
            each.standing.state == "CLOSED",
            told(each, now),
            "" if each.standing.state == "CLOSED" else "see that it runs and can be reached",
            service=each,
        )
        for each in known_services(settings, options, now)
    ]


def _engines(options: EngineOptions) -> list[Finding]:
    findings = []
    for ability in ABILITIES:
        for name in plugins.listed(ability):
            try:
                factory = plugins.engine(ability, name)
                ready = factory.ready(options_for(factory, options))
                needs = tuple(factory.needs) if isinstance(factory, Needy) else ()
                finding = Finding(f"{ability} {name}", ready.ok, ready.why, ready.hint, needs=needs)
            except (EarwitnessError, ImportError, AttributeError) as error:
                finding = Finding(
                    f"{ability} {name}",
                    False,
                    f"the plug-in cannot be loaded ({type(error).__name__})",
                    "install it again or remove it",
                )
            findings.append(finding)
    return findings
