"""Between nouns and bytes: JSON in an envelope that says of which form and kind it is.

The nouns' own rules (`__post_init__`) run when bytes are read, numbers are not coerced, and what
could not be read back is never written.
"""

from __future__ import annotations

from dataclasses import is_dataclass
from types import GenericAlias
from typing import Any, Final, TypeVar, get_args, get_origin

import msgspec

from earwitness.core.errors import CorruptStore, NewerStore

T = TypeVar("T")

FORM: Final = "earwitness/artifact"
VERSION: Final = 1

_RECOMPUTE = "run `earwitness process` on the recording again with --fresh, or restore a backup"


class _Envelope(msgspec.Struct, forbid_unknown_fields=True):
    schema: str
    kind: str
    value: msgspec.Raw


def encode(value: object) -> bytes:
    """Bytes of a noun, or of a tuple of nouns of one class; the same value gives the same bytes.

    Raises:
        TypeError: It is neither.
        ValueError: It holds what JSON cannot carry (NaN, lone surrogates) and would read back
            as something else.
    """
    kind, name = _kind_of(value)
    body = msgspec.json.encode(value, order="deterministic")
    try:
        faithful = msgspec.json.decode(body, type=kind) == value
    except msgspec.MsgspecError as error:
        raise ValueError(f"a {name} that cannot be read back: {error}") from error
    if not faithful:
        raise ValueError(f"a {name} that would read back as something else")
    return msgspec.json.encode(_Envelope(f"{FORM}@{VERSION}", name, msgspec.Raw(body)))


def decode(data: bytes, kind: type[T]) -> T:
    """The value that `encode` was given.

    Args:
        data: What `encode` returned.
        kind: The noun's class, or `tuple[Noun, ...]`.

    Raises:
        CorruptStore: Broken, cut short, foreign, or of another kind.
        NewerStore: Written in a form this version does not know.
    """
    try:
        envelope = msgspec.json.decode(data, type=_Envelope)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise CorruptStore("a stored result is not in our form", hint=_RECOMPUTE) from error
    _check_form(envelope.schema)
    wanted = _name_of(kind)
    empty = envelope.kind == "tuple[]" and wanted.startswith("tuple[")
    if envelope.kind != wanted and not empty:
        raise CorruptStore(f"a stored result is a {envelope.kind}, not a {wanted}", hint=_RECOMPUTE)
    try:
        return msgspec.json.decode(envelope.value, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        # The message names fields and rules, not values: nothing that was said gets out.
        raise CorruptStore(f"a stored {wanted} breaks its rules", hint=_RECOMPUTE) from error


def kind_of_bytes(data: bytes) -> str:
    """The class of what `encode` was given.

    Raises:
        CorruptStore: Broken or foreign.
        NewerStore: Written in a form this version does not know.
    """
    try:
        envelope = msgspec.json.decode(data, type=_Envelope)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise CorruptStore("a stored result is not in our form", hint=_RECOMPUTE) from error
    _check_form(envelope.schema)
    return envelope.kind


def _check_form(schema: str) -> None:
    form, _, version = schema.rpartition("@")
    if form != FORM or not version.isdecimal():
        raise CorruptStore("a stored result is not in our form", hint=_RECOMPUTE)
    if int(version) > VERSION:
        raise NewerStore(
            f"a stored result is of form {version}; this version reads {VERSION}",
            hint="upgrade with `pip install --upgrade earwitness`",
        )


def _name_of(kind: Any) -> str:  # noqa: ANN401  # a class or an alias like tuple[Word, ...]
    if get_origin(kind) is tuple:
        of = get_args(kind)
        if len(of) == 2 and of[1] is Ellipsis and _is_noun(of[0]):
            return f"tuple[{of[0].__name__}]"
    elif _is_noun(kind):
        return str(kind.__name__)
    raise TypeError(f"not a noun or a tuple of nouns: {kind!r}")


def _is_noun(kind: object) -> bool:
    return isinstance(kind, type) and is_dataclass(kind)


def _kind_of(value: object) -> tuple[type | GenericAlias, str]:
    if not isinstance(value, tuple):
        return type(value), _name_of(type(value))
    classes = {type(item) for item in value}
    if not classes:
        return GenericAlias(tuple, ()), "tuple[]"
    if len(classes) > 1:
        raise TypeError("a stored tuple holds nouns of one class")
    kind = GenericAlias(tuple, (classes.pop(), ...))
    return kind, _name_of(kind)
