"""Choose: which engine does what here, and why; never another one silently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from earwitness import plugins
from earwitness.app.wishes import AUTO, idle_wishes, options_for
from earwitness.core.errors import EngineUnavailable
from earwitness.core.ports import (
    Detector,
    Diarizer,
    EngineFactory,
    EngineOptions,
    Placed,
    Transcriber,
)
from earwitness.core.run import DONE, Outcome, degraded

PULL_HINT = "earwitness models pull small"


@dataclass(frozen=True, slots=True)
class Choice:
    """The transcriber a run uses.

    Attributes:
        transcriber: None when none may do it.
        verdict: What the stage ends as: done, or degraded when text is missing or a draft.
        notes: Why this one, for people.
    """

    transcriber: Transcriber | None
    verdict: Outcome = DONE
    notes: tuple[str, ...] = ()


def choose_transcriber(
    asked: str, language: str | None, options: EngineOptions, *, local_only: bool
) -> Choice:
    """Open the transcriber that was asked for, or the best one that can run here.

    Args:
        asked: An engine's name, or `auto`.
        language: ISO 639-1 code, or None for automatic.
        options: For the engine.
        local_only: Refuse engines that send sound away.

    Raises:
        EngineUnavailable: If a named engine cannot run here; `auto` goes on without text instead.
    """
    if asked != "auto":
        factory = plugins.engine("transcribe", asked)
        if local_only and not _stays_here(factory, options):
            raise EngineUnavailable(
                f"{asked} would send sound away, and this session is local only",
                hint="choose a local transcriber",
            )
        if not _knows(factory, language, options):
            return _refused(factory, language)
        return _opened(factory, language, options, ())
    return _automatic(language, options)


def open_detector(options: EngineOptions) -> Detector:
    """The detector; there is one."""
    return cast(Detector, _open("detect", "silero", options))


def open_diarizers(asked: str, options: EngineOptions) -> tuple[Diarizer, Diarizer | None]:
    """The diarizer for mixed sound, and the one for separate tracks (None: not to be used).

    Raises:
        EngineUnavailable: If a named engine cannot run here.
    """
    isolated = cast(Diarizer, _open("diarize", "tracks", options))
    if asked == "auto":
        return cast(Diarizer, _open("diarize", "embedded", options)), isolated
    if asked == "tracks":
        return isolated, isolated
    return cast(Diarizer, _open("diarize", asked, options)), None


def _open(ability: str, name: str, options: EngineOptions) -> object:
    factory = plugins.engine(ability, name)
    options = options_for(factory, options)
    ready = factory.ready(options)
    if not ready.ok:
        raise EngineUnavailable(f"{name}: {ready.why}", hint=ready.hint)
    return factory.open(options)


def _automatic(language: str | None, options: EngineOptions) -> Choice:
    notes: list[str] = []
    for name in AUTO:
        factory = plugins.engine("transcribe", name)
        if not _knows(factory, language, options):
            notes.append(f"{name} does not know {language}")
            continue
        ready = factory.ready(options_for(factory, options))
        if not ready.ok:
            notes.append(f"{name}: {ready.why}")
            continue
        try:
            idle = idle_wishes(factory, options.own)
            told = (f"{each} plays no part: {name} has no such option" for each in idle)
            return _opened(factory, language, options, (*notes, *told))
        except EngineUnavailable as error:
            notes.append(f"{name}: {error}")
    what = "no transcriber can run here" + (f" for {language}" if language else "")
    verdict = degraded(what, instead="voices without text", hint=PULL_HINT)
    return Choice(None, verdict, tuple(notes))


def _opened(
    factory: EngineFactory, language: str | None, options: EngineOptions, notes: tuple[str, ...]
) -> Choice:
    transcriber = cast(Transcriber, _open("transcribe", factory.name, options))
    if language is None and factory.languages(options_for(factory, options)) == frozenset({"en"}):
        assumed = degraded(
            f"{factory.name} knows only English: draft, assumed English",
            instead="an English draft",
            hint=f"--language en if it is; else {PULL_HINT}",
        )
        return Choice(transcriber, assumed, notes)
    return Choice(transcriber, DONE, notes)


def _refused(factory: EngineFactory, language: str | None) -> Choice:
    verdict = degraded(
        f"{factory.name} does not know {language}; no text was invented",
        instead="voices without text",
        hint=f"{PULL_HINT}, then --transcriber faster-whisper",
    )
    return Choice(None, verdict)


def _stays_here(factory: EngineFactory, options: EngineOptions) -> bool:
    if isinstance(factory, Placed):
        return factory.stays_here(options_for(factory, options))
    return factory.local


def _knows(factory: EngineFactory, language: str | None, options: EngineOptions) -> bool:
    known = factory.languages(options_for(factory, options))
    return language is None or known is None or language in known
