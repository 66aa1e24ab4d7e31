"""`series words list|mine|accept|refuse|add|export`: names and terms, and where they come from."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from earwitness.cli.answer import console, say, say_json, table
from earwitness.cli.options import Common
from earwitness.core.errors import UsageError
from earwitness.core.files import disk_faults, write_atomic
from earwitness.core.terms import By, Kind, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from earwitness.core.terms import Origin, Term

FORM = "earwitness/words@1"
"""The form in which words are written as JSON; its JSON Schema ships in `core`."""

MARKS = {Status.ACCEPTED: "✓", Status.PROPOSED: "?", Status.REFUSED: "×"}
MANY = Parameter(negative="")


def list_(
    series: str,
    /,
    *,
    most: int = 40,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List the words of a series: what holds, then the surest proposals, then what was refused.

    Args:
        series: Which series, or one of its sessions.
        most: So many proposals are shown, the surest; with --json all are told.
    """
    from earwitness.app.understanding.words_api import series_words

    return _told(series_words(series, home=common.home), common, most=most)


def mine(
    series: str,
    /,
    *,
    session: Annotated[list[str] | None, MANY] = None,
    most: int = 40,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Look through the transcripts of a series for names and terms; they are only proposed.

    Args:
        series: Which series, or one of its sessions.
        session: Only in this session; may be said several times.
        most: So many proposals are shown, the surest; with --json all are told.
    """
    from earwitness.app.understanding.words_api import mine_words

    done = mine_words(series, sessions=session or (), home=common.home)
    if common.json:
        say_json(
            {
                **_json(done.terms),
                "sessions": dict(done.sessions),
                "without_transcript": list(done.without),
            }
        )
        return 0
    count = len(done.sessions)
    say(f"{count} transcript{'s' * (count != 1)} looked through; nothing holds by itself")
    if done.without:
        say(f"  not transcribed yet: {', '.join(done.without)}")
    if not done.terms:
        say("  no word looks like a name or a term there")
        return 0
    say()
    return _told(done.terms, common, most=most)


def accept(
    series: str,
    /,
    *words: str,
    least: float | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Let proposed or refused words hold: later sessions of the series are transcribed with them.

    Args:
        series: Which series, or one of its sessions.
        words: Which words, as they are listed.
        least: Also every proposal that is at least so sure, 0 to 1.
    """
    from earwitness.app.understanding.words_api import accept_words, series_words

    chosen = list(words)
    if least is not None:
        chosen += [
            term.text
            for term in series_words(series, home=common.home)
            if term.status == Status.PROPOSED and (term.confidence or 0.0) >= least
        ]
    return _changed(accept_words(series, chosen, home=common.home), common)


def refuse(
    series: str,
    /,
    *words: str,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Do not let words hold, and do not propose them again while the sessions that say them stay.

    Args:
        series: Which series, or one of its sessions.
        words: Which words, as they are listed.
    """
    from earwitness.app.understanding.words_api import refuse_words

    return _changed(refuse_words(series, words, home=common.home), common)


def add(
    series: str,
    /,
    *words: str,
    kind: Literal["name", "term"] = "name",
    heard: Annotated[list[str] | None, MANY] = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Let new words hold: later sessions of the series are transcribed with them.

    Args:
        series: Which series, or one of its sessions.
        words: As they are to be written; quote one of several words.
        kind: What they are.
        heard: What transcripts write in place of it, when one word is given; may be said several
            times. `earwitness suggest spelling` then proposes to put it right.
    """
    from earwitness.app.understanding.words_api import learn_names, learn_terms

    if not words or (heard and len(words) != 1):
        raise UsageError(
            "say which words, and --heard of one word only",
            hint='earwitness series words add SERIES "Mighty Nein" --heard "mighty nine"',
        )
    if kind == "name":
        terms = learn_names(series, words, home=common.home)
    else:
        terms = learn_terms(series, words, home=common.home)
    if heard:
        pairs = dict.fromkeys(heard, words[0])
        terms = learn_terms(series, pairs, kind=Kind(kind), home=common.home)
    return _changed(terms, common)


def export(
    series: str,
    file: Path | None = None,
    /,
    *,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Write the words that hold, one a line; with --json all words with where they come from.

    Args:
        series: Which series, or one of its sessions.
        file: The file to write [default: standard output].
    """
    import json

    from earwitness.app.understanding.words_api import series_words

    terms = series_words(series, home=common.home)
    if common.json:
        text = json.dumps(_json(terms), ensure_ascii=False, indent=2) + "\n"
    else:
        text = "".join(f"{term.text}\n" for term in terms if term.status == Status.ACCEPTED)
    if file is None:
        sys.stdout.write(text)
        return 0
    with disk_faults("the file of words cannot be written"):
        write_atomic(file.absolute(), text.encode("utf-8"))
    if common.json:
        say_json({"file": str(file)})
    else:
        say(str(file))
    return 0


def _changed(terms: Sequence[Term], common: Common) -> int:
    if common.json:
        say_json(_json(terms))
        return 0
    console().print("[green]✓[/] ", end="")
    say(_counts(terms))
    return 0


def _told(terms: Sequence[Term], common: Common, *, most: int) -> int:
    if common.json:
        say_json(_json(terms))
        return 0
    if not terms:
        say("no words yet: earwitness series words mine SERIES, or add SERIES WORD")
        return 0
    proposed = [term for term in terms if term.status == Status.PROPOSED]
    hidden = {term.key for term in proposed[max(most, 0) :]}
    shown = [term for term in terms if term.key not in hidden]
    table(("  word", "kind", "sure", "where it comes from"), [_row(each) for each in shown])
    say()
    say(_counts(terms))
    if hidden:
        say(f"  {len(hidden)} more proposed: --most {len(proposed)}")
    if proposed:
        say("  earwitness series words accept SERIES WORD ..., or refuse")
    return 0


def _counts(terms: Sequence[Term]) -> str:
    count = {status: sum(term.status == status for term in terms) for status in Status}
    return (
        f"{count[Status.ACCEPTED]} hold, {count[Status.PROPOSED]} proposed, "
        f"{count[Status.REFUSED]} refused"
    )


def _row(term: Term) -> tuple[str, ...]:
    sure = "–" if term.confidence is None else f"{term.confidence:.2f}"
    return f"{MARKS[term.status]} {term.text}", str(term.kind), sure, _origin(term.origins)


def _origin(origins: Sequence[Origin]) -> str:
    """What people did, then how much of it was heard."""
    by = {each: [origin for origin in origins if origin.by == each] for each in By}
    parts = [f"said by {origin.who or 'a person'}" for origin in by[By.PERSON]]
    if any(origin.session is None for origin in by[By.CAST]):
        parts.append("of the cast")
    if named := [origin for origin in by[By.CAST] if origin.session]:
        parts.append(f"named in {_sessions(named)}")
    if corrected := by[By.CORRECTION]:
        heard = dict.fromkeys(f"“{word}”" for origin in corrected for word in origin.heard)
        parts.append(f"written for {', '.join(heard)} in {_sessions(corrected)}")
    if filed := by[By.FILE]:
        parts.append(f"named in the file of {_sessions(filed)}")
    if by[By.PLAYBOOK]:
        parts.append("in the playbook")
    if mined := by[By.MINED]:
        lines, voices = sum(each.lines for each in mined), sum(each.voices for each in mined)
        count = f"{lines} line{'s' * (lines != 1)} of {voices} voice{'s' * (voices != 1)}"
        parts.append(f"{count} in {_sessions(mined)}")
    return "; ".join(parts)


def _sessions(origins: Sequence[Origin]) -> str:
    """The one session, or how many."""
    names = {origin.session for origin in origins if origin.session}
    return next(iter(names)) if len(names) == 1 else f"{len(names)} sessions"


def _json(terms: Sequence[Term]) -> dict[str, object]:
    return {
        "schema": FORM,
        "words": [
            {
                "text": term.text,
                "kind": str(term.kind),
                "status": str(term.status),
                "confidence": None if term.confidence is None else round(term.confidence, 4),
                "origins": [origin_json(origin) for origin in term.origins],
            }
            for term in terms
        ],
    }


def origin_json(origin: Origin) -> dict[str, object]:
    """One place a word comes from."""
    return {
        "by": str(origin.by),
        "session": origin.session,
        "lines": origin.lines,
        "voices": origin.voices,
        "at_ms": origin.at_ms,
        "heard": list(origin.heard),
        "who": origin.who,
    }
