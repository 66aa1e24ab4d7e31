"""Request: everything a user may say to `process`, checked before anything begins."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from pydantic import SecretStr

from earwitness import plugins
from earwitness.app.services import services
from earwitness.app.settings import Settings
from earwitness.app.understanding.playbooks import playbook
from earwitness.app.wishes import check_wishes, read_terms, read_wishes
from earwitness.core.clip import AROUND_MS, ClipsOf, ClipWish
from earwitness.core.errors import UsageError
from earwitness.core.language import read_language
from earwitness.core.playbook import Playbook
from earwitness.core.ports import EngineOptions
from earwitness.core.run import Asked
from earwitness.core.session import Track
from earwitness.media.enhance import Enhancement
from earwitness.runs.plan import STAGES

KEYS = ("openai_api_key", "openai_account_key", "anthropic_api_key", "language_model_key")
"""Settings that are secrets of services; engines get them."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is wanted of one session.

    Attributes:
        sources: What the user named: recordings in order of time, or what holds tracks.
        title: What to call it; empty: the first file's name.
        playbook: Whose defaults hold.
        language: ISO 639-1 code, or None for automatic.
        speakers: Exactly so many voices, or None to estimate.
        transcriber: Engine name or `auto`.
        diarizer: Engine name or `auto`.
        options: For engines; its vocabulary is all that holds, the series' too.
        vocabulary: What of it was asked for by name.
        enhance: `none`, `normalise` or `denoise`, for the transcriber alone.
        hub_token: For models that ask for one.
        formats: Suffixes of what is written.
        output: The session's folder is made in it.
        from_stage: This stage and what depends on it are done again; None: only what is missing.
        fresh: Everything is done again.
        doubted: Exports show doubted words, too.
        as_tracks: The sources are tracks that lie side by side, whatever they look like.
        offsets: Name and session time in milliseconds at which that track begins.
        tracks: What is said of each track, once the sources were looked at.
        clips: How clips are cut; None: none are. They change no result.
    """

    sources: tuple[Path, ...]
    title: str
    playbook: Playbook
    language: str | None
    speakers: int | None
    transcriber: str
    diarizer: str
    options: EngineOptions
    vocabulary: tuple[str, ...]
    enhance: Enhancement
    hub_token: str | None
    formats: tuple[str, ...]
    output: Path
    from_stage: str | None = None
    fresh: bool = False
    doubted: bool = False
    as_tracks: bool = False
    offsets: tuple[tuple[str, int], ...] = ()
    tracks: tuple[Track, ...] = ()
    clips: ClipWish | None = None

    @property
    def asked(self) -> Asked:
        """What a later re-run needs to do the same."""
        return Asked(
            language=self.language,
            speakers=self.speakers,
            transcriber=self.transcriber,
            diarizer=self.diarizer,
            model=self.options.model,
            device=self.options.device,
            vocabulary=self.options.vocabulary,
            own=self.options.own,
            enhance=self.enhance,
        )

    def digest(self, heard_with: str) -> str:
        """SHA-256 of all that changes results.

        What a series says is no part of it: a session that is finished is not done again because
        a name was added somewhere. What is left unsaid is no part of it either, so that runs of
        older versions are found.

        Args:
            heard_with: What `auto` stands for here and now.
        """
        asked: list[object] = [
            self.language,
            self.speakers,
            self.transcriber,
            self.diarizer,
            self.options.model,
            self.options.device,
            heard_with,
            self.from_stage,
            self.fresh,
        ]
        if self.tracks:
            asked.append([[track.offset_ms, track.is_mix, track.said] for track in self.tracks])
        said: dict[str, object] = {"vocabulary": self.vocabulary, "own": self.options.own}
        said["enhance"] = "" if self.enhance == "none" else self.enhance
        asked += [[name, value] for name, value in said.items() if value]
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def read_request(  # noqa: PLR0913 - one keyword per thing a user may say
    sources: tuple[Path, ...],
    settings: Settings,
    *,
    title: str = "",
    speakers: int | None = None,
    from_stage: str | None = None,
    fresh: bool = False,
    doubted: bool = False,
    as_tracks: bool = False,
    offsets: tuple[tuple[str, int], ...] = (),
) -> Request:
    """Check what was asked for.

    Raises:
        UsageError: If something of it makes no sense; the hint lists what does.
    """
    book = playbook(settings.playbook, settings.home)
    if speakers is not None and speakers < 1:
        raise UsageError("there is at least one speaker", hint="leave --speakers out to estimate")
    if from_stage is not None and from_stage not in STAGES:
        raise UsageError(
            f"there is no stage {from_stage!r}", hint="there are: " + ", ".join(STAGES)
        )
    transcriber, _ = split_model(settings.transcriber)
    read_engine("transcribe", transcriber)
    read_engine("diarize", settings.diarizer)
    options = engine_options(settings)
    check_wishes(options.own, transcriber, settings.diarizer)
    return Request(
        sources=sources,
        title=title,
        playbook=book,
        language=read_language(settings.language) if settings.language else book.language,
        speakers=speakers,
        transcriber=transcriber,
        diarizer=settings.diarizer,
        options=options,
        vocabulary=options.vocabulary,
        enhance=settings.enhance,
        hub_token=settings.hub_token.get_secret_value() if settings.hub_token else None,
        formats=read_formats(settings.formats),
        output=settings.output,
        from_stage=from_stage,
        fresh=fresh,
        doubted=doubted,
        as_tracks=as_tracks,
        offsets=offsets,
        clips=read_clips(settings),
    )


def read_clips(settings: Settings) -> ClipWish | None:
    """How clips are wanted; None: none are."""
    return None if settings.clips == "none" else clip_wish(settings)


def clip_wish(settings: Settings) -> ClipWish:
    """How clips are cut where they are."""
    of: ClipsOf = "moments" if settings.clips == "moments" else "lines"
    padding_ms = settings.clip_padding
    return ClipWish(settings.clip_format, AROUND_MS[of] if padding_ms is None else padding_ms, of)


def read_engine(ability: str, name: str) -> str:
    """The name of an engine there is, or `auto`.

    Raises:
        UsageError: There is none of that name.
    """
    if name != "auto":
        plugins.engine(ability, name)
    return name


def read_enhancement(name: str) -> Enhancement:
    """A way of enhancing the sound.

    Raises:
        UsageError: There is none of that name.
    """
    found = next((each for each in get_args(Enhancement) if each == name), None)
    if found is None:
        raise UsageError(
            f"sound is not enhanced by {name!r}", hint="one of " + ", ".join(get_args(Enhancement))
        )
    kind: Enhancement = found
    return kind


def engine_options(settings: Settings) -> EngineOptions:
    """What the settings say to engines."""
    return EngineOptions(
        model=split_model(settings.transcriber)[1] or settings.model,
        device=settings.device,
        workers=settings.workers,
        offline=settings.offline,
        vocabulary=read_terms(settings.vocabulary),
        own=read_wishes(settings.engine_options),
        keys=tuple(
            (name, key.get_secret_value())
            for name in KEYS
            if isinstance(key := getattr(settings, name), SecretStr)
        ),
        hub_token=settings.hub_token.get_secret_value() if settings.hub_token else None,
        services=services(settings),
    )


def split_model(transcriber: str) -> tuple[str, str | None]:
    """An engine's name, and the model that may follow it after a colon.

    Example:
        >>> split_model("openai:whisper-1"), split_model("auto")
        (('openai', 'whisper-1'), ('auto', None))
    """
    name, _, model = transcriber.partition(":")
    return name, model or None


def read_formats(text: str, of: Literal["export", "note"] = "export") -> tuple[str, ...]:
    """Suffixes from `a,b`; each once, in the order given.

    Args:
        text: As the user says them.
        of: Formats of records, or of notes.

    Raises:
        UsageError: If a format is unknown, or there is none.
    """
    suffixes = tuple(
        dict.fromkeys(part.strip().lower() for part in text.split(",") if part.strip())
    )
    known = plugins.listed(of)
    for suffix in suffixes:
        if suffix not in known:
            raise UsageError(
                f"there is no format {suffix!r}", hint="there are: " + ", ".join(known)
            )
    if not suffixes:
        raise UsageError("no format was given", hint="there are: " + ", ".join(known))
    return suffixes
