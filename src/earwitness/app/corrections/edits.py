"""Edits: the verbs that correct a session - edit, apply, undo, redo, place, list, verify, erase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from earwitness.app.corrections.desk import (
    Desk,
    Edited,
    Editor,
    at_desk,
    at_spare_desk,
    completed_result,
)
from earwitness.app.corrections.view import awaits_words, forget_views, overrides_of, see
from earwitness.app.corrections.wanted import Edit, read_value, utterance_of
from earwitness.app.running.earlier import seen_run, voices_of
from earwitness.core import edit as make
from earwitness.core.errors import EarwitnessError, NotAllowed, NotFound, UsageError
from earwitness.core.fate import Applied, Conflict, Fate, Orphan
from earwitness.core.fold import find_undone
from earwitness.core.override import Field, Override, Target, Value, VoiceTarget
from earwitness.core.span import Span
from earwitness.store.library import Library
from earwitness.store.overrides import Entry, Erased, Erasure, Verified

LIST_HINT = "`earwitness edit list SESSION` shows all"
_TELLING = frozenset({Field.TEXT, Field.PERSON, Field.CHARACTER})


@dataclass(frozen=True, slots=True)
class Listed:
    """One correction, and what became of it.

    Attributes:
        entry: The line of the ledger.
        fate: Applied, undone, orphan, conflict or erased.
    """

    entry: Entry
    fate: Fate | Erased


@dataclass(frozen=True, slots=True)
class Previewed:
    """What one edit of a batch would do.

    Attributes:
        edit: The edit.
        span: The utterance's time; None when there is no such utterance.
        was: What stands in the field now.
        now: What would stand there; equal to `was` when it reads so already.
        problem: Why it would be refused; None when it would not.
    """

    edit: Edit
    span: Span | None
    was: Value
    now: Value
    problem: EarwitnessError | None = None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What erasing a correction did.

    Attributes:
        erasure: The receipt.
        quoted_in: Other corrections that repeat a text it said; they still say it.
        notes: Versions of notes that were made while it held, and could repeat it; what they said
            is gone with it.
    """

    erasure: Erasure
    quoted_in: tuple[int, ...]
    notes: int = 0


def edit(
    library: Library, session: str, wanted: Edit, editor: Editor, *, revision: str | None = None
) -> Edited:
    """Make one correction.

    Args:
        library: Where the session is.
        session: Its id.
        wanted: What is to be changed.
        editor: Who says so.
        revision: The moment the editor saw; refused when the field was changed since.

    Raises:
        NotFound: There is no such session or utterance.
        NotCompleted: The session is still being worked on.
        EditConflict: Somebody else changed it meanwhile.
        UsageError: The value makes no sense, or the edit has no place.
    """
    with at_desk(library, session, editor) as desk:
        desk.check_revision(revision, wanted)
        desk.edit(wanted)
        done = desk.done()
    return done


def apply_edits(
    library: Library,
    session: str,
    edits: Sequence[Edit],
    editor: Editor,
    *,
    revision: str | None = None,
) -> Edited:
    """Make several corrections at one stroke: all of them, or none. One undo takes all back.

    Each one is made on what the earlier ones left.

    Raises:
        EarwitnessError: As `edit`; for the first that is refused.
    """
    with at_desk(library, session, editor) as desk:
        for wanted in edits:
            desk.check_revision(revision, wanted)
        batch = desk.next_seq
        for wanted in edits:
            desk.edit(wanted, batch=batch)
        done = desk.done()
    return done


def preview(library: Library, session: str, edits: Sequence[Edit]) -> tuple[Previewed, ...]:
    """What a batch would do, without doing it.

    Raises:
        NotFound: There is no such session.
        NotCompleted: The session is still being worked on.
    """
    with at_spare_desk(library, session, Editor("preview")) as desk:
        return tuple(_previewed(desk, wanted) for wanted in edits)


def undo(library: Library, session: str, seq: int, editor: Editor, *, reason: str = "") -> Edited:
    """Take a correction back; when it was made with others at one stroke, all of them.

    Raises:
        NotFound: There is no such correction.
        NotAllowed: It is another's, and the editor may not undo those.
        UsageError: It is taken back already, or is an undo itself.
    """
    with at_desk(library, session, editor) as desk:
        entries = {entry.seq: entry for entry in desk.view.entries}
        chosen = _entry(entries, seq)
        if chosen.undoes is not None:
            raise UsageError(
                f"{seq} is an undo itself", hint=f"earwitness edit redo SESSION {chosen.undoes}"
            )
        undone = find_undone(overrides_of(desk.view.entries))
        group = _batch_of(entries, chosen)
        in_force = [each for each in group if each.seq not in undone]
        if not in_force:
            raise UsageError(f"{seq} is taken back already", hint="`edit redo` brings it back")
        _take_back(desk, in_force, reason)
        done = desk.done()
    return done


def redo(library: Library, session: str, seq: int, editor: Editor, *, reason: str = "") -> Edited:
    """Bring back a correction that was taken back, at its old place in the order.

    Raises:
        NotFound: There is no such correction.
        NotAllowed: Another took it back, and the editor may not undo that.
        UsageError: It was not taken back.
    """
    with at_desk(library, session, editor) as desk:
        entries = {entry.seq: entry for entry in desk.view.entries}
        chosen = _entry(entries, seq)
        numbers = {each.seq for each in _batch_of(entries, chosen)}
        undone = find_undone(overrides_of(desk.view.entries))
        undos = [
            entry
            for entry in desk.view.entries
            if entry.undoes in numbers and entry.seq not in undone
        ]
        if not undos:
            raise UsageError(f"{seq} was not taken back", hint=LIST_HINT)
        _take_back(desk, undos, reason)
        done = desk.done()
    return done


def place(library: Library, session: str, seq: int, utterance: int, editor: Editor) -> Edited:
    """Give a correction that has no place, or contradicts what stands there, a new home.

    It is taken back, and made again on the utterance; both at one stroke.

    Raises:
        NotFound: There is no such correction or utterance.
        NotAllowed: It is another's, and the editor may not undo those.
        UsageError: It fits where it is, or it cannot be placed.
    """
    with at_desk(library, session, editor) as desk:
        chosen = _entry({entry.seq: entry for entry in desk.view.entries}, seq)
        fate = {each.seq: fate for each, fate in desk.folding.history}.get(seq)
        if not isinstance(fate, Orphan | Conflict) or not isinstance(chosen.said, Override):
            raise UsageError(f"{seq} needs no other place", hint=LIST_HINT)
        wanted = _again(desk, chosen.said, utterance)
        batch = desk.next_seq
        _take_back(desk, [chosen], f"placed at utterance {utterance}", batch=batch)
        desk.edit(wanted, batch=batch)
        done = desk.done()
    return done


def list_edits(library: Library, session: str) -> tuple[Listed, ...]:
    """Every correction of a session with its fate, in order.

    The name of a voice that is heard but has no words holds: it waits for them.

    Raises:
        NotFound: There is no such session, or it has no transcript.
        NotCompleted: The session is still being worked on.
    """
    seen = see(library, session, completed_result(library, session))
    fates = {override.seq: fate for override, fate in seen.folded.history}
    if orphans := seen.folded.orphans:
        run = seen_run(library, session)
        voices = voices_of(library, run.id) if run else None
        heard = voices.voices if voices else ()
        waiting = (each.seq for each, _ in orphans if awaits_words(each, heard))
        fates |= dict.fromkeys(waiting, Applied())
    return tuple(
        Listed(entry, entry.said if isinstance(entry.said, Erased) else fates[entry.seq])
        for entry in seen.entries
    )


def verify(library: Library, session: str) -> Verified:
    """Check that the ledger of a session is what was written.

    Raises:
        NotFound: There is no such session.
    """
    return library.verify_overrides(session)


def erase(library: Library, session: str, seq: int, editor: Editor) -> Forgotten:
    """Erase what a correction said, for good; it has no effect any more, and is listed as erased.

    Raises:
        NotFound: There is no such session or correction.
        NotAllowed: It is another's, and the editor may not undo those.
        UsageError: It is an undo.
    """
    library.session(session)
    quoted: tuple[int, ...] = ()
    entries = library.ledger(session).entries
    chosen = next((entry for entry in entries if entry.seq == seq), None)
    if chosen is not None:
        _check_owner(chosen, editor)
    if chosen is not None and isinstance(chosen.said, Override):
        said = chosen.said
        quoted = tuple(each.seq for each in overrides_of(entries) if _quotes(each, said))
    erasure = library.erase_overrides(session, seq, editor.name)
    forget_views(session)
    return Forgotten(
        erasure,
        tuple(each for each in quoted if each not in erasure.seqs),
        library.drop_notes(session, chosen.at) if chosen is not None else 0,
    )


def _previewed(desk: Desk, wanted: Edit) -> Previewed:
    utterance = desk.folding.get(wanted.utterance)
    span = utterance.span if utterance else None
    was: Value = read_value(desk.folding, utterance, wanted.field) if utterance else None
    try:
        made = desk.edit(wanted)
    except EarwitnessError as problem:
        return Previewed(wanted, span, was, None, problem)
    return Previewed(wanted, span, was, made.now if made else was)


def _entry(entries: dict[int, Entry], seq: int) -> Entry:
    if seq not in entries:
        raise NotFound(f"there is no correction {seq}", hint=LIST_HINT)
    if isinstance(entries[seq].said, Erased):
        raise UsageError(f"correction {seq} was erased; it has no effect any more")
    return entries[seq]


def _batch_of(entries: dict[int, Entry], chosen: Entry) -> list[Entry]:
    """What was made at one stroke with a correction, itself included; no undos, nothing erased."""
    if chosen.batch is None:
        return [chosen]
    return [
        entry
        for entry in entries.values()
        if entry.batch == chosen.batch and entry.undoes is None and isinstance(entry.said, Override)
    ]


def _take_back(
    desk: Desk, entries: Sequence[Entry], reason: str, *, batch: int | None = None
) -> None:
    """Undo lines of the ledger, the newest first."""
    if batch is None and len(entries) > 1:
        batch = desk.next_seq
    for entry in sorted(entries, key=lambda each: -each.seq):
        _check_owner(entry, desk.editor)
        if isinstance(entry.said, Override):
            made = make.undo(entry.said, desk.stamp(reason))
            if isinstance(made.target, Target):
                # What was read there is said by the line that is undone, and erased with it.
                made = replace(made, target=replace(made.target, text=None))
            desk.append(made, batch=batch)


def _check_owner(entry: Entry, editor: Editor) -> None:
    if entry.by != editor.name and not editor.may_undo_others:
        raise NotAllowed(f"correction {entry.seq} is another's", hint="ask the session's owner")


def _again(desk: Desk, lost: Override, utterance: int) -> Edit:
    """The same correction on another utterance."""
    reason = lost.reason or f"was correction {lost.seq}"
    if isinstance(lost.target, VoiceTarget):
        raise UsageError(
            f"{lost.seq} is about a whole voice", hint="name the voice you mean: speakers name"
        )
    if lost.field == Field.MERGE:
        raise UsageError("a merge has no other place", hint="merge the two utterances you mean")
    if lost.field == Field.SPLIT and isinstance(lost.now, tuple):
        there = utterance_of(desk.folding, utterance)
        stay = len(lost.now[0].split())
        if there.text.split()[:stay] != lost.now[0].split():
            raise UsageError("other words stand there", hint="split it with `edit split`")
        return Edit(utterance, lost.field, stay, reason=reason)
    if isinstance(lost.now, str | bool) or lost.now is None:
        return Edit(utterance, lost.field, lost.now, reason=reason)
    raise UsageError(f"correction {lost.seq} cannot be placed", hint=LIST_HINT)


def _read_at(override: Override) -> str | None:
    return override.target.text if isinstance(override.target, Target) else None


def _quotes(other: Override, erased: Override) -> bool:
    """Whether another correction repeats the words or the name that one has set."""
    said = erased.now
    if other.seq == erased.seq or erased.field not in _TELLING or not isinstance(said, str):
        return False
    texts = [other.reason, _read_at(other), other.was, other.now]
    texts += other.now if isinstance(other.now, tuple) else []
    texts += [other.now.text] if isinstance(other.now, Target) else []
    return any(isinstance(text, str) and said in text for text in texts)
