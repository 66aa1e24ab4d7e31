"""Options of one engine: a dataclass is the form; what a user says is read into it, or refused."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable
from dataclasses import Field, dataclass, fields
from typing import TypeVar

from earwitness.core.errors import UsageError

T = TypeVar("T")

_TRUE = frozenset({"yes", "true", "on", "1"})
_FALSE = frozenset({"no", "false", "off", "0"})
_NAMES = {int: "a whole number", float: "a number", bool: "yes or no", str: "text"}


@dataclass(frozen=True, slots=True)
class NoOptions:
    """For engines that leave nothing to be chosen."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option, as forms and help pages show it.

    Attributes:
        name: As the user writes it.
        kind: `int`, `float`, `bool` or `str`.
        default: What holds when nothing is said, as text; None when nothing does.
        help: One line: what it changes.
        values: The only ones allowed; empty for any.
    """

    name: str
    kind: str
    default: str | None
    help: str
    values: tuple[str, ...] = ()


def choices(form: type) -> tuple[Choice, ...]:
    """What can be chosen, in the order of the form's fields.

    Args:
        form: A dataclass whose fields are `int`, `float`, `bool`, `str` or a `Literal` of texts,
            each maybe `| None`, each with a default and `metadata={"help": "one line"}`.
    """
    return tuple(_choice(form, field) for field in fields(form))


def read_options(form: type[T], said: Iterable[tuple[str, str]]) -> T:
    """Fill a form with what the user said, as `(name, value)` pairs; the last word counts.

    Raises:
        UsageError: There is no such option, or the value does not fit; the hint says what would.

    Example:
        >>> from dataclasses import field
        >>> @dataclass(frozen=True)
        ... class Beams:
        ...     beams: int = field(default=5, metadata={"help": "Beams kept while decoding"})
        >>> read_options(Beams, [("beams", "2")])
        Beams(beams=2)
    """
    known = {choice.name: choice for choice in choices(form)}
    values: dict[str, object] = {}
    for name, value in said:
        field_name = name.replace("-", "_")
        if field_name not in known:
            hint = "there are: " + ", ".join(known) if known else "this engine has none"
            raise UsageError(f"this engine has no option {name!r}", hint=hint)
        values[field_name] = _read(known[field_name], value)
    return form(**values)


def _choice(form: type, field: Field[object]) -> Choice:
    kind, values = _kind(typing.get_type_hints(form)[field.name])
    default = None if field.default is None else _shown(field.default)
    return Choice(field.name, kind.__name__, default, str(field.metadata["help"]), values)


def _kind(hint: object) -> tuple[type, tuple[str, ...]]:
    """The plain type behind an annotation, and the values a `Literal` allows."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        (hint,) = (each for each in typing.get_args(hint) if each is not types.NoneType)
    if typing.get_origin(hint) is typing.Literal:
        return str, typing.get_args(hint)
    assert isinstance(hint, type)
    assert hint in _NAMES
    return hint, ()


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _read(choice: Choice, value: str) -> object:
    if choice.values and value not in choice.values:
        raise UsageError(
            f"{choice.name} cannot be {value!r}", hint="it is one of " + ", ".join(choice.values)
        )
    if choice.kind == "bool" and value.lower() in _TRUE | _FALSE:
        return value.lower() in _TRUE
    try:
        if choice.kind in ("int", "float"):
            return int(value) if choice.kind == "int" else float(value)
        if choice.kind == "str":
            return value
    except ValueError:
        pass
    wanted = next(name for kind, name in _NAMES.items() if kind.__name__ == choice.kind)
    raise UsageError(f"{choice.name} cannot be {value!r}", hint=f"it takes {wanted}")
