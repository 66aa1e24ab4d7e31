"""The public verbs of correcting: what Python users call, and what every face calls too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

from earwitness.app.corrections import edits as verbs
from earwitness.app.corrections.desk import Edited, Editor, completed_result
from earwitness.app.corrections.edits import Forgotten, Listed, Previewed
from earwitness.app.corrections.view import Seen, see
from earwitness.app.corrections.wanted import UNSAID, Edit, Unsaid, read_field
from earwitness.app.library import open_library
from earwitness.app.settings import read_settings
from earwitness.app.understanding.understand import understand_if_possible
from earwitness.app.wishing import AnyPath
from earwitness.core.override import Field
from earwitness.store.library import Library
from earwitness.store.overrides import Verified


def view(session: str, *, home: AnyPath | None = None) -> Seen:
    """What people see of a session now: transcript, the fate of every correction, revision.

    Raises:
        NotFound: No such session, or it has no transcript.
        NotCompleted: It is still being worked on.
    """
    with _session(session, home=home) as (library, found, _):
        return see(library, found, completed_result(library, found))


def edit(  # noqa: PLR0913 - one keyword per thing a user may say
    session: str,
    utterance: int,
    field: Field | str,
    value: str | bool | int | None,
    *,
    was: str | bool | Literal[Unsaid.UNSAID] | None = UNSAID,
    revision: str | None = None,
    reason: str = "",
    by: str | None = None,
    home: AnyPath | None = None,
) -> Edited:
    """Correct one utterance. Nothing is overwritten: the correction is added to a ledger.

    Args:
        session: Its id, or the beginning of it.
        utterance: Its id, as in csv, json and `earwitness sessions lines`.
        field: `text`, `voice`, `person`, `character`, `stance`, `uncertain`, `split` or `merge`.
        value: What shall stand there; None for nobody. For a split how many words stay in front,
            for a merge the id of the other utterance.
        was: What you saw there. When something else stands there by now, the edit is refused.
        revision: The moment you saw, from `view`; a surer way to say `was`.
        reason: Why.
        by: Who you are [default: the setting `user`].
        home: The library's folder.

    Raises:
        NotFound: No such session or utterance.
        NotCompleted: It is still being worked on.
        EditConflict: It was changed meanwhile; the error carries both sides.
        UsageError: The value makes no sense there.

    Example:
        >>> import earwitness
        >>> earwitness.edit("2026-11-20", 7, "person", "Ann")  # doctest: +SKIP
    """
    wanted = Edit(utterance, read_field(field), value, was, reason)
    with _session(session, home=home, by=by) as (library, found, editor):
        return verbs.edit(library, found, wanted, editor, revision=revision)


def apply_edits(
    session: str,
    edits: Sequence[Edit],
    *,
    revision: str | None = None,
    by: str | None = None,
    home: AnyPath | None = None,
) -> Edited:
    """Make several corrections at one stroke: all or none; one undo takes all of them back.

    Raises:
        EarwitnessError: As `edit`, for the first that is refused.
    """
    with _session(session, home=home, by=by) as (library, found, editor):
        return verbs.apply_edits(library, found, edits, editor, revision=revision)


def preview_edits(
    session: str, edits: Sequence[Edit], *, home: AnyPath | None = None
) -> tuple[Previewed, ...]:
    """What `apply_edits` would do, edit by edit; nothing is changed.

    Raises:
        NotFound: No such session.
        NotCompleted: It is still being worked on.
    """
    with _session(session, home=home) as (library, found, _):
        return verbs.preview(library, found, edits)


def undo(
    session: str,
    seq: int,
    *,
    reason: str = "",
    by: str | None = None,
    home: AnyPath | None = None,
) -> Edited:
    """Take a correction back, with all that were made at one stroke with it.

    Raises:
        NotFound: No such session or correction.
        UsageError: It is taken back already.
    """
    with _session(session, home=home, by=by) as (library, found, editor):
        return verbs.undo(library, found, seq, editor, reason=reason)


def redo(
    session: str,
    seq: int,
    *,
    reason: str = "",
    by: str | None = None,
    home: AnyPath | None = None,
) -> Edited:
    """Bring a correction back that was taken back.

    Raises:
        NotFound: No such session or correction.
        UsageError: It was not taken back.
    """
    with _session(session, home=home, by=by) as (library, found, editor):
        return verbs.redo(library, found, seq, editor, reason=reason)


def place(
    session: str,
    seq: int,
    utterance: int,
    *,
    by: str | None = None,
    home: AnyPath | None = None,
) -> Edited:
    """Give a correction without a place, or in conflict, a new home.

    Raises:
        NotFound: No such session, correction or utterance.
        UsageError: It fits where it is, or cannot be placed.
    """
    with _session(session, home=home, by=by) as (library, found, editor):
        return verbs.place(library, found, seq, utterance, editor)


def edits(session: str, *, home: AnyPath | None = None) -> tuple[Listed, ...]:
    """Every correction of a session and what became of it, in order.

    Raises:
        NotFound: No such session, or it has no transcript.
        NotCompleted: It is still being worked on.
    """
    with _session(session, home=home) as (library, found, _):
        return verbs.list_edits(library, found)


def verify(session: str, *, home: AnyPath | None = None) -> Verified:
    """Check that nobody changed, moved or dropped a line of a session's ledger.

    Raises:
        NotFound: No such session.
    """
    with _session(session, home=home) as (library, found, _):
        return verbs.verify(library, found)


def erase(
    session: str, seq: int, *, by: str | None = None, home: AnyPath | None = None
) -> Forgotten:
    """Erase what a correction said, for good; the ledger stays verifiable.

    Labels and moments that were found since it was made go with it; rules look for them anew.

    Raises:
        NotFound: No such session or correction.
        UsageError: It is an undo.
    """
    with _session(session, home=home, by=by) as (library, found, editor):
        gone = verbs.erase(library, found, seq, editor)
        if gone.erasure.findings:
            understand_if_possible(library, found)
        return gone


@contextmanager
def _session(
    name: str, *, home: AnyPath | None, by: str | None = None
) -> Iterator[tuple[Library, str, Editor]]:
    """The library, the session's id, and who works on it: here always the library's owner."""
    settings = read_settings(home=home, user=by)
    with open_library(settings) as library:
        yield library, library.resolve(name), Editor(settings.user, may_undo_others=True)
