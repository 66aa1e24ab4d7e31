"""`understand`: what the lines of a session are, and its moments worth finding again."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from earwitness.cli.answer import console, fact, plain, say, say_json, warn
from earwitness.cli.options import Common
from earwitness.cli.progress import progress
from earwitness.core.span import timestamp

if TYPE_CHECKING:
    from earwitness.app.understanding.understood import Understood
    from earwitness.core.transcript import Record

FLAG = Parameter(negative="")
_RARE = frozenset({"character", "scene"})
"""Schemes that are about few lines: the rest is not unknown."""


def understand(
    session: str,
    /,
    *,
    by: str = "auto",
    model: Annotated[list[str] | None, Parameter(negative="")] = None,
    fresh: Annotated[bool, FLAG] = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Label a session's lines and find its moments, as its playbook asks.

    `process` and `import` do this by themselves; do it again after you named voices or corrected
    lines. Every claim cites the lines that bear it out; what they do not bear out is left out.

    Args:
        session: Its id, or the beginning of it.
        by: rules, models or another plug-in's name; auto: rules, unless --model is given.
        model: A language model, such as ollama:qwen3; may be given again: the next one is asked
            when one does not answer [default: the setting language_models].
        fresh: Judge every line again, not only what has changed.
    """
    from earwitness.app.understanding.api import understand as find

    with progress(quiet=common.json) as listener:
        found, record = find(
            session,
            by=by,
            models=model or (),
            fresh=fresh,
            home=common.home,
            listener=listener,
        )
    if common.json:
        say_json(_json(found, record))
    else:
        _tell(found, record)
    return 0


def _tell(found: Understood, record: Record) -> None:
    screen = console()
    lines = len(found.reading.transcript.utterances)
    screen.print(f"[bold]{record.session.id}[/]  {lines:,} lines, {_moments(record)}")
    _tell_summary(found, record)
    counts = _counts(record)
    for scheme in sorted(counts, key=lambda each: -counts[each].total()):
        values, rest = counts[scheme], lines - counts[scheme].total()
        told = [f"{value} {count:,}" for value, count in values.most_common(6)]
        told += [f"and {len(values) - 6} more"] if len(values) > 6 else []
        told += [f"unknown {rest:,}"] if rest and scheme not in _RARE else []
        fact(scheme, ", ".join(told))
    if record.moments:
        say()
    for moment in record.moments:
        who = f"{' and '.join(moment.who)}: " if moment.who else ""
        head = f"{timestamp(moment.span.start_ms)} {plain(moment.kind)}"
        fact(head, who + (moment.quote or moment.text), width=22)
    for refusal in (*found.labels.refused, *found.moments.refused):
        fact("left out", f"{refusal.count} {plain(refusal.why)}", dim=True)
    say()
    if record.moments:
        fact("next", f"earwitness sessions lines {record.session.id} --around {_first(record)}")
    fact("files", f"follow with earwitness export {record.session.id}")
    for warning in found.warnings(record.transcript):
        warn(warning)


def _tell_summary(found: Understood, record: Record) -> None:
    """What a model wrote of the session; where models are at work and none did, how to ask."""
    if record.summary is None:
        if any(engine != "rules" for _, engine in found.noted.engines):
            make = f"earwitness notes make {record.session.id} --template summary --model ..."
            fact("summary", f"no summary yet ({make})", dim=True)
        return
    starts = {line.id: line.span.start_ms for line in record.transcript.utterances}
    for number, each in enumerate(record.summary.sentences):
        times = ", ".join(timestamp(starts[id]) for id in each.evidence if id in starts)
        fact("" if number else "summary", f"{each.text} [{times}]")
    fact("", f"summary by {record.summary.by}", dim=True)


def _moments(record: Record) -> str:
    count = len(record.moments)
    return f"{count} moment{'' if count == 1 else 's'}" if count else "no moments were found"


def _first(record: Record) -> str:
    return timestamp(record.moments[0].span.start_ms)


def _counts(record: Record) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for label in record.transcript.labels:
        found.setdefault(label.scheme, Counter())[label.value] += 1
    return found


def _summary(record: Record) -> dict[str, object] | None:
    if record.summary is None:
        return None
    return {
        "by": record.summary.by,
        "sentences": [
            {"text": each.text, "evidence": list(each.evidence)}
            for each in record.summary.sentences
        ],
    }


def _json(found: Understood, record: Record) -> dict[str, object]:
    return {
        "session": record.session.id,
        "lines": len(found.reading.transcript.utterances),
        "summary": _summary(record),
        "engines": dict(found.noted.engines),
        "labels": {scheme: dict(values) for scheme, values in sorted(_counts(record).items())},
        "roles": dict(found.reading.roles),
        "moments": [
            {
                "kind": moment.kind,
                "start_ms": moment.span.start_ms,
                "end_ms": moment.span.end_ms,
                "evidence": list(moment.evidence),
                "text": moment.text,
                "quote": moment.quote,
                "context": moment.context,
                "who": list(moment.who),
                "relation": moment.relation,
                "confidence": moment.confidence,
                "by": moment.by,
            }
            for moment in record.moments
        ],
        "refused": {
            each.why: each.count for each in (*found.labels.refused, *found.moments.refused)
        },
        "warnings": list(found.warnings(record.transcript)),
    }
