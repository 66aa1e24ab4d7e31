"""Wire form of overrides: one JSON object each, as in `overrides.jsonl`.

    {"seq": 12, "user": "ann", "timestamp": "2026-11-20T18:00:00Z", "reason": "misheard",
     "target": {"utterance": 7, "start_ms": 61200, "end_ms": 64800, "text": "so we go in"},
     "field": "speaker_id", "was": "S1", "now": "S2", "undoes": null}

All nine keys are always there, and no others; `text` of a target may be null. The target of what
is said of a whole voice is `{"voice": "S1"}`. `was` and `now` hold
what `core.override.Field` says: a string, true or false, or null; for `split` two strings in a
list; for `merge` an object like `target`. Times are UTC, ISO 8601, ending in `Z`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from earwitness.core.errors import UsageError
from earwitness.core.override import Field, Override, Target, Value, VoiceTarget
from earwitness.core.span import Span

Json = str | int | bool | list[str] | dict[str, "str | int | None"] | None

KEYS = ("seq", "user", "timestamp", "reason", "target", "field", "was", "now", "undoes")
TARGET_KEYS = ("utterance", "start_ms", "end_ms", "text")


def to_wire(override: Override) -> dict[str, Json]:
    """An override as a JSON object, keys in fixed order."""
    return {
        "seq": override.seq,
        "user": override.by,
        "timestamp": override.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "reason": override.reason,
        "target": _target_to_wire(override.target),
        "field": str(override.field),
        "was": _value_to_wire(override.was),
        "now": _value_to_wire(override.now),
        "undoes": override.undoes,
    }


def from_wire(wire: Mapping[str, object]) -> Override:
    """An override from a JSON object.

    Raises:
        UsageError: If a key is missing or unknown, or a value breaks a rule.
    """
    if set(wire) != set(KEYS):
        raise UsageError("an override has other keys", hint="they are: " + ", ".join(KEYS))
    seq, undoes = wire["seq"], wire["undoes"]
    if type(seq) is not int or not (undoes is None or type(undoes) is int):
        raise UsageError("overrides are numbered by whole numbers")
    return Override(
        seq=seq,
        by=_string(wire["user"], "user"),
        at=_time(wire["timestamp"]),
        reason=_string(wire["reason"], "reason"),
        target=_place(wire["target"]),
        field=_field(wire["field"]),
        was=_value(wire["was"]),
        now=_value(wire["now"]),
        undoes=undoes,
    )


def _target_to_wire(target: Target | VoiceTarget) -> dict[str, str | int | None]:
    if isinstance(target, VoiceTarget):
        return {"voice": target.voice}
    return {
        "utterance": target.utterance,
        "start_ms": target.span.start_ms,
        "end_ms": target.span.end_ms,
        "text": target.text,
    }


def _value_to_wire(value: Value) -> Json:
    if isinstance(value, Target):
        return _target_to_wire(value)
    return list(value) if isinstance(value, tuple) else value


def _string(value: object, key: str) -> str:
    if not isinstance(value, str):
        raise UsageError(f"`{key}` is a string")
    return value


def _time(value: object) -> datetime:
    try:
        at = datetime.fromisoformat(_string(value, "timestamp"))
    except ValueError as error:
        raise UsageError("`timestamp` is an ISO 8601 time") from error
    if at.tzinfo is None:
        raise UsageError("`timestamp` has a zone")
    return at.astimezone(UTC)


def _field(value: object) -> Field:
    try:
        return Field(_string(value, "field"))
    except ValueError as error:
        known = ", ".join(Field)
        raise UsageError("this field cannot be corrected", hint=f"there are: {known}") from error


def _place(value: object) -> Target | VoiceTarget:
    if isinstance(value, Mapping) and set(value) == {"voice"}:
        return VoiceTarget(_string(value["voice"], "voice"))
    return _target(value)


def _target(value: object) -> Target:
    if not isinstance(value, Mapping) or set(value) != set(TARGET_KEYS):
        raise UsageError("a target has other keys", hint="they are: " + ", ".join(TARGET_KEYS))
    text = value["text"]
    if text is not None and not isinstance(text, str):
        raise UsageError("a target's text is a string or null")
    try:
        return Target(value["utterance"], Span(value["start_ms"], value["end_ms"]), text)
    except (TypeError, ValueError) as error:
        raise UsageError("a target is an utterance and a span of milliseconds") from error


def _value(value: object) -> Value:
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, list) and len(value) == 2 and all(isinstance(x, str) for x in value):
        return value[0], value[1]
    return _target(value)
