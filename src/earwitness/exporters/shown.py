"""What several formats share: who speaks, as people and as scoring tools see it, and safe lines."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import replace
from typing import Final

from earwitness.core.doubt import without_doubted
from earwitness.core.evidence import IN_STORY
from earwitness.core.ports import ExportOptions, Side
from earwitness.core.session import Session
from earwitness.core.span import union
from earwitness.core.transcript import Record, Transcript, Utterance

UNKNOWN: Final = "Unknown"
"""Shown where nobody's turn covers what was said."""

_UNSAFE = re.compile(r"[^\w.\-]+")
_LONGEST_TOKEN = 80


def readable(record: Record, options: ExportOptions) -> Record:
    """The record as readers of a text format see it: doubted words only when asked for.

    Every exporter but those that tell all (json) begins with it.
    """
    if not options.doubted:
        record = replace(record, transcript=without_doubted(record.transcript))
    return record if options.only is None else one_side(record, options.only)


def one_side(record: Record, side: Side) -> Record:
    """The lines in the story, or all others, with the moments that stand on them alone.

    A line is in the story when its stance says so: `IC` or `NARRATION`. All others are outside,
    also those without a stance: what nobody knows is never shown as part of the story.
    A summary that rests on lines of both sides is in neither.
    """
    transcript = record.transcript
    told = {
        label.utterance
        for label in transcript.labels
        if label.scheme == "stance" and label.value in IN_STORY
    }
    kept = tuple(line for line in transcript.utterances if (line.id in told) == (side == "ic"))
    ids = {line.id for line in kept}
    labels = tuple(label for label in transcript.labels if label.utterance in ids)
    moments = tuple(each for each in record.moments if ids.issuperset(each.evidence))
    summary = record.summary
    return replace(
        record,
        transcript=Transcript(kept, labels),
        turns=(),
        moments=moments,
        summary=summary if summary is not None and summary.evidence <= ids else None,
    )


def one_line(text: str) -> str:
    """The same words on one line; characters no text file may hold become U+FFFD."""
    spaced = " ".join(text.split())
    if spaced.isprintable():
        return spaced
    return "".join("\ufffd" if _unwritable(char) else char for char in spaced)


def _unwritable(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cs"}


def shown(utterance: Utterance) -> str:
    """The name to show: the person, else the voice, else `Unknown`."""
    return one_line(utterance.speaker or "") or UNKNOWN


def token(text: str, otherwise: str) -> str:
    """Text as one word of letters, digits, `.`, `-` and `_`, for space-delimited formats.

    Example:
        >>> token("Game night #3", "session")
        'Game_night_3'
    """
    plain = unicodedata.normalize("NFC", one_line(text))
    return _UNSAFE.sub("_", plain).strip("_.-")[:_LONGEST_TOKEN] or otherwise


def file_id(session: Session) -> str:
    """How scoring formats call the session: its title, else its first file's name.

    Never the session's id: two runs over the same recording then give the same file.
    """
    files = session.recordings or session.documents
    name = re.split(r"[/\\]", files[0].name)[-1]
    stem, _, rest = name.rpartition(".")
    return token(session.title, "") or token(stem or rest, "session")


def persons(record: Record) -> dict[str, str]:
    """Who each voice is, for voices most of whose utterances name the same person."""
    named: dict[str, Counter[str | None]] = {}
    for utterance in record.transcript.utterances:
        if utterance.voice is not None:
            named.setdefault(utterance.voice, Counter())[utterance.person] += 1
    return {
        voice: person
        for voice, people in named.items()
        for person, count in people.items()
        if 2 * count > people.total() and person is not None
    }


def speaker_tokens(record: Record) -> dict[str | None, str]:
    """One space-free name per speaker (person or voice; None is `Unknown`), all different."""
    known = persons(record)
    speakers = [known.get(turn.voice, turn.voice) for turn in record.turns]
    speakers += [u.speaker for u in record.transcript.utterances if u.speaker is not None]
    tokens: dict[str | None, str] = {None: UNKNOWN}
    taken = {UNKNOWN}
    for speaker in dict.fromkeys(speakers):
        name = first = token(speaker, "speaker")
        number = 2
        while name in taken:
            name, number = f"{first}-{number}", number + 1
        tokens[speaker] = name
        taken.add(name)
    return tokens


def voices(record: Record) -> tuple[str, ...]:
    """All voices: those with turns by first turn, then those that only utterances name."""
    turns = sorted(record.turns, key=lambda turn: turn.span)
    said = (u.voice for u in record.transcript.utterances if u.voice is not None)
    return tuple(dict.fromkeys([*(turn.voice for turn in turns), *said]))


def talk_ms(record: Record, voice: str) -> int:
    """How long a voice held the floor, in milliseconds; without turns, how long its utterances."""
    spans = [turn.span for turn in record.turns if turn.voice == voice]
    spans = spans or [u.span for u in record.transcript.utterances if u.voice == voice]
    return sum(span.duration_ms for span in union(spans))


def without_text(record: Record, options: ExportOptions) -> str:
    """One sentence on why there is nothing to read, or empty when there is."""
    if record.transcript.utterances:
        return ""
    if options.only is not None:
        return f"No line is {'in' if options.only == 'ic' else 'outside'} the story."
    if not record.turns:
        return "No text: nobody was heard speaking."
    turns, heard = len(record.turns), len(voices(record))
    return (
        f"No text: {turns} turn{'s' * (turns > 1)} of {heard} voice{'s' * (heard > 1)} "
        f"{'were' if turns > 1 else 'was'} heard, but no words were transcribed."
    )
