"""`edit text|voice|person|character|stance|uncertain|split|merge`: corrections of one line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from cyclopts import Parameter

from earwitness.cli.corrections import told
from earwitness.cli.options import Common
from earwitness.core.errors import UsageError
from earwitness.core.override import Field
from earwitness.core.span import read_timestamp

NOBODY = "-"

Said = Annotated[str, Parameter(allow_leading_hyphen=True)]
"""A value that may begin with a hyphen, or be one."""


@Parameter(name="*")
@dataclass(frozen=True)
class Audit:
    """Who corrects, why, and what they saw."""

    reason: str = ""
    "Why; kept in the ledger."

    by: str | None = None
    "Who you are [default: the setting user]."

    revision: str | None = None
    "The moment you saw (`sessions lines` says it); refused when it was changed since."


def text(
    session: str,
    utterance: int,
    value: Said,
    /,
    *,
    audit: Audit = Audit(),
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Let a line read otherwise; words that stay keep their times.

    Args:
        session: Its id, or the beginning of it.
        utterance: The line's id, from `earwitness sessions lines`.
        value: The whole line as it should read.
    """
    return _edit(session, utterance, Field.TEXT, value, audit, common)


def voice(
    session: str,
    utterance: int,
    value: Said,
    /,
    *,
    audit: Audit = Audit(),
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Give a line to another voice.

    Args:
        session: Its id, or the beginning of it.
        utterance: The line's id, from `earwitness sessions lines`.
        value: A voice such as S2, or - for nobody's.
    """
    return _edit(session, utterance, Field.VOICE, _name(value), audit, common)


def person(
    session: str,
    utterance: int,
    value: Said,
    /,
    *,
    audit: Audit = Audit(),
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Say who spoke a line.

    Args:
        session: Its id, or the beginning of it.
        utterance: The line's id, from `earwitness sessions lines`.
        value: A name, or - for unknown.
    """
    return _edit(session, utterance, Field.PERSON, _name(value), audit, common)


def character(
    session: str,
    utterance: int,
    value: Said,
    /,
    *,
    audit: Audit = Audit(),
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Say whom a person plays in a line.

    Args:
        session: Its id, or the beginning of it.
        utterance: The line's id, from `earwitness sessions lines`.
        value: A name, or - for nobody.
    """
    return _edit(session, utterance, Field.CHARACTER, _name(value), audit, common)


def stance(
    session: str,
    utterance: int,
    value: Said,
    /,
    *,
    audit: Audit = Audit(),
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Say whether a line is in character, told, about rules, or none of the story.

    Args:
        session: Its id, or the beginning of it.
        utterance: The line's id, from `earwitness sessions lines`.
        value: IC, NARRATION, MECHANICS, OOC, or - for none.
    """
    return _edit(session, utterance, Field.STANCE, _name(value.upper()), audit, common)


def uncertain(
    session: str,
    utterance: int,
    value: Literal["yes", "no"] = "yes",
    /,
    *,
    audit: Audit = Audit(),
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Mark a line as doubtful, or no longer.

    Args:
        session: Its id, or the beginning of it.
        utterance: The line's id, from `earwitness sessions lines`.
        value: yes or no.
    """
    return _edit(session, utterance, Field.UNCERTAIN, value == "yes", audit, common)


def split(
    session: str,
    utterance: int,
    value: Said,
    /,
    *,
    audit: Audit = Audit(),
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Cut a line in two; what follows gets an id of its own.

    Args:
        session: Its id, or the beginning of it.
        utterance: The line's id, from `earwitness sessions lines`.
        value: How many words stay in front, or the time of the cut as HH:MM:SS.
    """
    stay = _number(value) if value.isdecimal() else _word_at(session, utterance, value, common)
    return _edit(session, utterance, Field.SPLIT, stay, audit, common)


def merge(
    session: str,
    utterance: int,
    value: int,
    /,
    *,
    audit: Audit = Audit(),
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Make one line of two of the same voice that follow each other.

    Args:
        session: Its id, or the beginning of it.
        utterance: The line's id, from `earwitness sessions lines`.
        value: The id of the other line.
    """
    return _edit(session, utterance, Field.MERGE, value, audit, common)


def _edit(  # noqa: PLR0917 - in the order of the verbs above
    session: str,
    utterance: int,
    field: Field,
    now: str | bool | int | None,
    audit: Audit,
    common: Common,
) -> int:
    from earwitness.app.corrections.api import edit

    done = edit(
        session,
        utterance,
        field,
        now,
        revision=audit.revision,
        reason=audit.reason,
        by=audit.by,
        home=common.home,
    )
    told(session, done, as_json=common.json)
    return 0


def _name(given: str) -> str | None:
    return None if given.strip() == NOBODY else given


def _number(given: str) -> int:
    return int(given)


def _word_at(session: str, utterance: int, at: str, common: Common) -> int:
    """How many words stay in front of a cut at a time."""
    from earwitness.app.corrections.api import view
    from earwitness.core.edit import word_at

    try:
        at_ms = read_timestamp(at)
    except ValueError as error:
        raise UsageError(str(error), hint="or say how many words stay in front") from error
    lines = view(session, home=common.home).folded.transcript.utterances
    line = next((each for each in lines if each.id == utterance), None)
    return word_at(line, at_ms) if line else 1
