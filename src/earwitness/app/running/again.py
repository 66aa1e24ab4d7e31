"""Again: what a re-run is asked to do, checked before anything begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from earwitness.app.request import read_engine, read_enhancement, split_model
from earwitness.app.wishes import check_wishes, fitting_wishes, read_terms
from earwitness.core.errors import UsageError
from earwitness.core.language import read_language
from earwitness.core.run import Asked, RunTarget
from earwitness.core.span import Span
from earwitness.core.speech import Cut
from earwitness.runs.plan import STAGES, followers

OPTIONS: Final = {
    "transcriber": "transcribe",
    "model": "transcribe",
    "language": "transcribe",
    "speakers": "diarize",
    "diarizer": "diarize",
    "device": "",
    "vocabulary": "transcribe",
    "enhance": "transcribe",
}
"""What `--with` may name, and the stage it is about; empty: any. Options of the engines that are
asked come on top."""


@dataclass(frozen=True, slots=True)
class Again:
    """What is to be done again.

    Attributes:
        stage: Its name; None: told by the other three.
        span: Only chunks in which anything was said in this time.
        chunks: Only these chunks, by their places.
        options: Do it with these instead; names as in `OPTIONS`, or an engine's own.
    """

    stage: str | None = None
    span: Span | None = None
    chunks: tuple[int, ...] = ()
    options: tuple[tuple[str, str], ...] = ()

    @property
    def in_part(self) -> bool:
        """Only some chunks."""
        return self.span is not None or bool(self.chunks)


def about(options: tuple[tuple[str, str], ...], asked: Asked) -> Mapping[str, str]:
    """The stage that each option is about; empty: any.

    Raises:
        UsageError: Nobody knows an option, or its value makes no sense.
    """
    said = dict(options)
    own = tuple((name, value) for name, value in options if name not in OPTIONS)
    stages = check_wishes(
        own,
        split_model(said.get("transcriber", asked.transcriber))[0],
        said.get("diarizer", asked.diarizer),
        others=tuple(OPTIONS),
    )
    return {**OPTIONS, **stages}


def read_target(again: Again, cut: Cut | None, known: Mapping[str, str] = OPTIONS) -> RunTarget:
    """Check what is wanted, and find the chunks that are meant.

    Args:
        again: What is wanted.
        cut: Where the session was cut, when only chunks of it are meant.
        known: The stage that each option is about; see `about`.

    Raises:
        UsageError: It makes no sense; the hint says what does.
    """
    for name, _ in again.options:
        if name not in known:
            raise UsageError(
                f"nothing is done with {name!r}", hint="there are: " + ", ".join(known)
            )
    stages = _stages(again, known)
    reached = followers(frozenset(stages))
    for name, _ in again.options:
        stage = known[name]
        if stage not in reached | {""} or (again.in_part and stage not in ("", "transcribe")):
            raise UsageError(f"{name} plays no part in that", hint=f"--stage {stage} needs it")
    return RunTarget(stages, _chosen(again, cut) if cut else None, again.options)


def _stages(again: Again, known: Mapping[str, str]) -> tuple[str, ...]:
    told = {again.stage} if again.stage else {known[name] for name, _ in again.options} - {""}
    if again.in_part and again.stage in (None, "transcribe"):
        told = {"transcribe"}
    elif again.in_part:
        raise UsageError(f"{again.stage} is not done in parts", hint="leave --span and --chunk out")
    if not told:
        raise UsageError("say what to do again", hint="--stage, --span, --chunk or --with")
    if unknown := told - set(STAGES):
        raise UsageError(
            f"there is no stage {unknown.pop()!r}", hint="there are: " + ", ".join(STAGES)
        )
    return tuple(stage for stage in STAGES if stage in told)


def _chosen(again: Again, cut: Cut) -> tuple[int, ...]:
    known = {chunk.index for chunk in cut.chunks}
    for index in again.chunks:
        if index not in known:
            raise UsageError(
                f"there is no chunk {index}",
                hint=f"there are 0 to {len(known) - 1}" if known else "nothing was transcribed",
            )
    chosen = set(again.chunks)
    if again.span is not None:
        span = again.span
        chosen |= {
            chunk.index
            for chunk in cut.chunks
            if any(span.overlap_ms(speech) for speech in chunk.speech)
        }
    if not chosen:
        raise UsageError("nothing was said in that time", hint="choose another --span")
    return tuple(sorted(chosen))


def with_options(
    asked: Asked, options: tuple[tuple[str, str], ...], terms: tuple[str, ...] = ()
) -> Asked:
    """What was asked, with what is newly said.

    Args:
        asked: Of the run before.
        options: As they were checked by `read_target`.
        terms: What `vocabulary=auto` stands for: the words of the session's series.

    Raises:
        UsageError: A value makes no sense.
    """
    said = dict(options)
    if "transcriber" in said:
        # The model belongs to the transcriber it was named for.
        name, named = split_model(said["transcriber"])
        model = named or (None if name != asked.transcriber else asked.model)
        asked = replace(asked, transcriber=read_engine("transcribe", name), model=model)
    if "model" in said:
        asked = replace(asked, model=said["model"] or None)
    if "language" in said:
        asked = replace(asked, language=read_language(said["language"]))
    if "speakers" in said:
        asked = replace(asked, speakers=_speakers(said["speakers"]))
    if "diarizer" in said:
        asked = replace(asked, diarizer=read_engine("diarize", said["diarizer"]))
    if "device" in said:
        if said["device"] not in ("cpu", "cuda"):
            raise UsageError("a device is cpu or cuda", hint="--with device=cpu")
        asked = replace(asked, device=said["device"])
    if "vocabulary" in said:
        auto = said["vocabulary"] == "auto"
        asked = replace(asked, vocabulary=terms if auto else read_terms([said["vocabulary"]]))
    if "enhance" in said:
        asked = replace(asked, enhance=read_enhancement(said["enhance"]))
    own = dict(fitting_wishes(asked.own, asked.transcriber, asked.diarizer))
    own |= {name: value for name, value in options if name not in OPTIONS}
    return replace(asked, own=tuple(sorted(own.items())))


def _speakers(text: str) -> int | None:
    if text == "auto":
        return None
    if not text.isdecimal() or int(text) < 1:
        raise UsageError("speakers is a number above 0, or auto", hint="--with speakers=3")
    return int(text)
