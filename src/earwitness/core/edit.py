"""Edits: makes overrides from what a person sees, with all that finds the place again."""

from __future__ import annotations

from earwitness.core.errors import UsageError
from earwitness.core.override import Field, Override, Stamp, Target, Value
from earwitness.core.text import join_words
from earwitness.core.transcript import Transcript, Utterance


def target_of(utterance: Utterance) -> Target:
    """Where an utterance stands and what it reads."""
    return Target(utterance.id, utterance.span, utterance.text)


def set_text(utterance: Utterance, now: str, stamp: Stamp) -> Override:
    """Let an utterance read otherwise; runs of white space count as one space."""
    return _override(utterance, stamp, Field.TEXT, utterance.text, " ".join(now.split()))


def set_voice(utterance: Utterance, now: str | None, stamp: Stamp) -> Override:
    """Give an utterance to another voice, or to none."""
    return _override(utterance, stamp, Field.VOICE, utterance.voice, now)


def set_person(utterance: Utterance, now: str | None, stamp: Stamp) -> Override:
    """Say who spoke an utterance."""
    return _override(utterance, stamp, Field.PERSON, utterance.person, now)


def set_uncertain(utterance: Utterance, now: bool, stamp: Stamp) -> Override:
    """Mark an utterance as doubtful, or no longer."""
    return _override(utterance, stamp, Field.UNCERTAIN, utterance.uncertain, now)


def set_stance(transcript: Transcript, utterance: int, now: str | None, stamp: Stamp) -> Override:
    """Say whether an utterance is in character (`IC`) or out of it (`OOC`)."""
    was = transcript.label(utterance, "stance")
    return _override(_find(transcript, utterance), stamp, Field.STANCE, was, now)


def set_character(
    transcript: Transcript, utterance: int, now: str | None, stamp: Stamp
) -> Override:
    """Say whom a person plays in an utterance."""
    was = transcript.label(utterance, "character")
    return _override(_find(transcript, utterance), stamp, Field.CHARACTER, was, now)


def split(utterance: Utterance, word: int, stamp: Stamp) -> Override:
    """Cut an utterance before its word number `word` (from 0; so at least 1).

    Raises:
        UsageError: If there is no such word after the first, or the cut would go through what is
            written without a space (`it|'s`).
    """
    if not 0 < word < len(utterance.words):
        raise UsageError("an utterance is split before one of its words, not the first")
    halves = join_words(utterance.words[:word]), join_words(utterance.words[word:])
    return _override(utterance, stamp, Field.SPLIT, utterance.text, halves)


def word_at(utterance: Utterance, at_ms: int) -> int:
    """The number of the word that begins nearest to a time: where a split there would cut."""
    words = utterance.words
    return min(range(len(words)), key=lambda n: abs(words[n].span.start_ms - at_ms))


def merge(left: Utterance, right: Utterance, stamp: Stamp) -> Override:
    """Make one utterance of two that follow each other.

    Raises:
        UsageError: If they are of different voices or persons, or in the wrong order.
    """
    if (left.voice, left.person) != (right.voice, right.person):
        raise UsageError(
            "an utterance never mixes voices",
            hint="give both to the same voice and person first",
        )
    if left.span.start_ms > right.span.start_ms or left.id == right.id:
        raise UsageError("an utterance is merged with one that comes after it")
    return _override(left, stamp, Field.MERGE, None, target_of(right))


def undo(override: Override, stamp: Stamp) -> Override:
    """Take an override back; an undo too (which is a redo)."""
    return Override(
        stamp.seq,
        stamp.by,
        stamp.at,
        stamp.reason,
        override.target,
        field=Field.UNDO,
        was=None,
        now=None,
        undoes=override.seq,
    )


def _find(transcript: Transcript, utterance: int) -> Utterance:
    for each in transcript.utterances:
        if each.id == utterance:
            return each
    raise UsageError(f"there is no utterance {utterance}")


def _override(utterance: Utterance, stamp: Stamp, field: Field, was: Value, now: Value) -> Override:
    target = target_of(utterance)
    return Override(stamp.seq, stamp.by, stamp.at, stamp.reason, target, field, was, now)
