"""Remarks: what transcribers told of single chunks, as a few lines for the reader of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from earwitness.core.run import Outcome, degraded
from earwitness.core.span import Span, timestamp
from earwitness.core.speech import LESS, Remark

LANGUAGES: Final = "languages"
TIMES: Final = "times of words"
ANEW: Final = (LANGUAGES, TIMES)
"""Such notices begin with one of these; they are told anew whenever words are."""

PLACES: Final = 3
"""So many places are named; the rest is counted."""


def verdict_of(remarks: Sequence[Remark], session: str) -> Outcome | None:
    """Degraded where anything was heard with less than was asked for; None: nothing was."""
    less = [each for each in remarks if each.kind in LESS]
    if not less:
        return None
    told = ", ".join(dict.fromkeys(each.told for each in less))
    why = "memory ran out" if any(each.kind == "fallback" for each in less) else ""
    if any(each.kind == "sound" for each in less):
        why = (f"{why}, and " if why else "") + "the sound could not be enhanced"
    return degraded(
        f"{why} in {_chunks(less)}, heard with {told}: {_places(less)}",
        instead=told,
        hint=f"earwitness sessions rerun {session} --span ... does a part again",
    )


def notices_of(remarks: Sequence[Remark], session: str, language: str | None) -> tuple[str, ...]:
    """What is worth knowing of chunks that were heard as asked: languages, estimated times."""
    found: dict[str, list[Remark]] = {}
    for each in remarks:
        if each.kind == "language":
            found.setdefault(each.told, []).append(each)
    spread = [each for each in remarks if each.kind == "times"]
    estimated = f"{TIMES}: some are estimates in {_chunks(spread)}: {_places(spread)}"
    return (*((estimated,) if spread else ()), *_languages(found, session, language))


def _languages(
    found: dict[str, list[Remark]], session: str, language: str | None
) -> tuple[str, ...]:
    return tuple(
        f"{LANGUAGES}: {_chunks(those)} sound{'s' * (len(those) == 1)} like {code}, "
        f"not {language}: {_places(those)} "
        f"(earwitness sessions rerun {session} --span ... --with language={code})"
        for code, those in found.items()
    )


def _chunks(remarks: Sequence[Remark]) -> str:
    count = len({each.span for each in remarks})
    return f"{count} chunk{'s' * (count != 1)}"


def _places(remarks: Sequence[Remark]) -> str:
    spans: list[Span] = sorted({each.span for each in remarks})
    named = [f"{timestamp(span.start_ms)}-{timestamp(span.end_ms)}" for span in spans[:PLACES]]
    rest = len(spans) - len(named)
    return ", ".join(named) + (f" and {rest} more" if rest else "")
