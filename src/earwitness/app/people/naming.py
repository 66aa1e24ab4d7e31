"""Naming: the verbs that say who voices are - name, swap, merge, split; all of it in the ledger.

Naming needs no transcript: a line is appended to the ledger, and whoever reads the session next
folds it in. So a name costs the same in a session of five minutes and of eight hours.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import count

from earwitness.app.corrections.desk import Edited, Editor, at_desk, completed_result
from earwitness.app.corrections.edits import apply_edits
from earwitness.app.corrections.view import overrides_of
from earwitness.app.corrections.wanted import Edit
from earwitness.app.records import read_record
from earwitness.app.running.earlier import seen_run, voices_of
from earwitness.core.errors import EditConflict, NotFound, UsageError
from earwitness.core.naming import merge_voice, merged_in, name_voice, namings_in
from earwitness.core.override import Field, Override, Stamp
from earwitness.core.people import check_name
from earwitness.core.speech import VoicePrint
from earwitness.store.library import Library

_KEPT = 50
_heard: dict[tuple[str, str], frozenset[str]] = {}
"""Voices by library and result: a result never changes, and a long one takes a while to read."""
_lock = threading.Lock()

LIST_HINT = "`earwitness speakers list SESSION` shows all"


def name_voices(
    library: Library,
    session: str,
    names: Mapping[str, str | None],
    editor: Editor,
    *,
    reasons: Mapping[str, str] | None = None,
    reason: str = "",
    seen: Mapping[str, str | None] | None = None,
) -> Edited:
    """Say who voices are; all of them at one stroke, or none.

    Args:
        library: Where the session is.
        session: Its id.
        names: Each voice's person; None takes a name away.
        editor: Who says so.
        reasons: Why, voice by voice.
        reason: Why, for the others.
        seen: What the editor saw as a voice's name; where another one stands by now, nothing is
            changed.

    Raises:
        NotFound: There is no such session or voice.
        EditConflict: Somebody else named a voice meanwhile; the error carries both sides.
        NotCompleted: The session is still being worked on.
        UsageError: A name is not one line of text, or the voice was merged into another one.
    """
    digest = completed_result(library, session)
    at = datetime.now(UTC)
    made: list[Override] = []
    with library.amend(session) as amendment:
        ledger = amendment.about_voices()
        check_voices(library, session, ledger, names)
        named = namings_in(ledger)
        batch = amendment.head.count + 1 if len(names) > 1 else None
        for voice, name in names.items():
            was, now = named[voice].person if voice in named else None, read_name(name)
            if seen is not None and voice in seen and seen[voice] != was:
                raise EditConflict(
                    f"{voice} was named meanwhile",
                    hint="look at it again, then repeat it if it is still wanted",
                    expected=seen[voice],
                    found=was,
                )
            if was == now:
                continue
            why = (reasons or {}).get(voice, reason)
            stamp = Stamp.at_utc(amendment.head.count + 1, editor.name, at, " ".join(why.split()))
            override = name_voice(voice, was, now, stamp)
            amendment.append(override, batch=batch)
            made.append(override)
        revision = f"{digest[:12]}-{amendment.head.count}"
    return Edited(tuple(made), (), (), revision)


def swap_voices(
    library: Library, session: str, one: str, other: str, editor: Editor, *, reason: str = ""
) -> Edited:
    """Let two voices change names; both at one stroke.

    Raises:
        NotFound: There is no such session or voice.
        UsageError: Neither has a name.
    """
    return name_voices(
        library, session, swapped(library, session, one, other), editor, reason=reason
    )


def swapped(library: Library, session: str, one: str, other: str) -> dict[str, str | None]:
    """The names of two voices, changed.

    Raises:
        UsageError: They are the same, or neither has a name.
    """
    named = namings_in(library.about_voices(session))
    first = named[one].person if one in named else None
    second = named[other].person if other in named else None
    if one == other or first == second:
        raise UsageError("there is nothing to swap", hint="name the voices first: speakers name")
    return {one: second, other: first}


def merge_voices(
    library: Library, session: str, keep: str, gone: str, editor: Editor, *, reason: str = ""
) -> Edited:
    """Make one voice of two: all lines of `gone` become lines of `keep`.

    When only `gone` has a name, `keep` takes it over.

    Raises:
        NotFound: There is no such session or voice.
        UsageError: They are named as two people.
    """
    with at_desk(library, session, editor) as desk:
        ledger = overrides_of(desk.view.entries)
        check_voices(library, session, ledger, {keep: None, gone: None})
        name = inherited_name(ledger, keep, gone)
        takes_over = name is not None
        batch = desk.next_seq if takes_over else None
        desk.append(merge_voice(gone, keep, desk.stamp(reason)), batch=batch)
        if takes_over:
            desk.append(name_voice(keep, None, name, desk.stamp(reason)), batch=batch)
        done = desk.done()
    return done


def inherited_name(ledger: Sequence[Override], keep: str, gone: str) -> str | None:
    """The name a voice takes over from the one that is merged into it; None: nothing changes.

    Raises:
        UsageError: They are named as two people.
    """
    named = namings_in(ledger)
    kept = named[keep].person if keep in named else None
    name = named[gone].person if gone in named else None
    if kept is not None and name is not None and kept != name:
        raise UsageError(
            "these two voices are two people",
            hint=f"if not, give them one name first: earwitness speakers name SESSION {gone} NAME",
        )
    return name if kept is None else None


def split_voice(
    library: Library,
    session: str,
    voice: str,
    editor: Editor,
    *,
    after_ms: int | None = None,
    lines: Sequence[int] = (),
    reason: str = "",
) -> Edited:
    """Give some lines of a voice to a new one; one undo takes all of it back.

    Args:
        library: Where the session is.
        session: Its id.
        voice: Which voice.
        editor: Who says so.
        after_ms: All its lines that begin at this time or later.
        lines: These lines of it.
        reason: Why.

    Raises:
        NotFound: There is no such session or voice.
        UsageError: No line of that voice is meant, or all of them are.
    """
    heard = heard_voices(library, session) | _made_by_hand(library, session)
    found = read_record(library, session).transcript.utterances
    mine = [line for line in found if line.voice == voice]
    wanted = set(lines)
    chosen = [
        line.id
        for line in mine
        if line.id in wanted or (after_ms is not None and line.span.start_ms >= after_ms)
    ]
    if not mine:
        raise NotFound(f"there is no voice {voice!r} in this session", hint=LIST_HINT)
    if not chosen or len(chosen) == len(mine) or wanted - set(chosen):
        raise UsageError(
            "a split takes some lines of the voice, not all and none of another's",
            hint="say --after TIME, or --line ID as in `earwitness sessions lines`",
        )
    used = {*heard, *(line.voice for line in found)}
    fresh = next(name for n in count(1) if (name := f"S{n}") not in used)
    edits = [Edit(each, Field.VOICE, fresh, voice, reason) for each in chosen]
    return apply_edits(library, session, edits, editor)


def prints_of(library: Library, session: str) -> tuple[VoicePrint, ...]:
    """The prints of a session's voices as people see them: of merged voices each one's own."""
    run = seen_run(library, session)
    heard = voices_of(library, run.id) if run else None
    return heard.prints if heard else ()


def check_voices(
    library: Library, session: str, ledger: Sequence[Override], wanted: Mapping[str, str | None]
) -> None:
    """Refuse voices nobody has heard, and those that are another one's now.

    Raises:
        NotFound: There is no such voice.
        UsageError: It was merged into another one.
    """
    merged, known = merged_in(ledger), heard_voices(library, session)
    for voice in wanted:
        if voice in merged:
            raise UsageError(
                f"{voice} was merged into {merged[voice]}", hint=f"name {merged[voice]} instead"
            )
        if voice not in known and voice not in _made_by_hand(library, session):
            raise NotFound(f"there is no voice {voice!r} in this session", hint=LIST_HINT)


def heard_voices(library: Library, session: str) -> frozenset[str]:
    """The voices of a session as the diarizer told them apart."""
    run = seen_run(library, session)
    if run is None:
        return frozenset()
    digest = library.result(run.id, "settle") or library.result(run.id, "diarize")
    key = str(library.home), digest or ""
    with _lock:
        if key in _heard:
            return _heard[key]
    heard = voices_of(library, run.id)
    found = frozenset(heard.voices if heard else ())
    with _lock:
        if len(_heard) >= _KEPT:
            _heard.clear()
        _heard[key] = found
    return found


def _made_by_hand(library: Library, session: str) -> frozenset[str]:
    """Voices that somebody gave lines to."""
    said = overrides_of(library.ledger(session).entries)
    return frozenset(
        each.now for each in said if each.field == Field.VOICE and isinstance(each.now, str)
    )


def read_name(name: str | None) -> str | None:
    """A name in one line.

    Raises:
        UsageError: It is none.
    """
    return None if name is None else check_name(" ".join(name.split()), "a name")
