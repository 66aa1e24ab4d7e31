"""Compare: what differs between two transcripts of the same sound - words, voices, labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Final

from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.text import join_words
from earwitness.core.transcript import Transcript

ENOUGH: Final = 300
"""Words are compared in stretches of about so many, cut where neither side speaks: aligning
costs the square of the length."""

PAUSE_MS: Final = 200


@dataclass(frozen=True, slots=True)
class WordChange:
    """Other words at the same time.

    Attributes:
        span: Where, of both sides.
        was: What stood there; empty: words were added.
        now: What stands there; empty: words are gone.
    """

    span: Span
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """The same words, otherwise told.

    Attributes:
        span: From the first to the last of these words.
        field: `voice`, `person`, `uncertain`, or a label's scheme.
        was: What stood there; None: nothing.
        now: What stands there.
        words: How many words it is about.
    """

    span: Span
    field: str
    was: str | None
    now: str | None
    words: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs; empty when the two say the same.

    Attributes:
        words: In order of time.
        fields: In order of time, then by field.
        same: How many words both have.
    """

    words: tuple[WordChange, ...]
    fields: tuple[FieldChange, ...]
    same: int


@dataclass(frozen=True, slots=True)
class _Told:
    """A word with all that is said about it."""

    word: Word
    about: tuple[tuple[str, str | None], ...]

    @property
    def key(self) -> tuple[int, int, str]:
        return self.word.span.start_ms, self.word.span.end_ms, self.word.text


Pair = tuple[_Told, _Told]


def compare(before: Transcript, after: Transcript) -> Comparison:
    """Align two transcripts of the same sound and tell what differs.

    Words with the same text and times are the same. Between them, stretches are aligned by their
    texts (Ratcliff and Obershelp, as in `difflib`); a word that only moved in time is the same.
    """
    changes: list[WordChange] = []
    pairs: list[Pair] = []
    old, new = _told(before), _told(after)
    common = {each.key for each in old} & {each.key for each in new}
    for olds, news in _stretches(old, new, common):
        _align(olds, news, changes, pairs)
    changes.sort(key=lambda change: change.span)
    pairs.sort(key=lambda pair: pair[1].key)
    return Comparison(tuple(changes), tuple(_fields(pairs)), len(pairs))


def _told(transcript: Transcript) -> list[_Told]:
    """All words in order of time."""
    labels: dict[int, list[tuple[str, str | None]]] = {}
    for label in transcript.labels:
        labels.setdefault(label.utterance, []).append((label.scheme, label.value))
    words = []
    for line in transcript.utterances:
        about = [("voice", line.voice), ("person", line.person)]
        about += [("uncertain", "yes" if line.uncertain else None), *labels.get(line.id, [])]
        words += [_Told(word, tuple(about)) for word in line.words]
    return sorted(words, key=lambda told: told.key)


def _stretches(
    old: list[_Told], new: list[_Told], common: set[tuple[int, int, str]]
) -> Iterator[tuple[list[_Told], list[_Told]]]:
    """Both sides side by side: cut at words that both have, and at pauses of both."""
    olds: list[_Told] = []
    news: list[_Told] = []
    end_ms = i = j = 0
    while i < len(old) or j < len(new):
        first = j == len(new) or (i < len(old) and old[i].key <= new[j].key)
        told = old[i] if first else new[j]
        both = first and j < len(new) and told.key == new[j].key and told.key in common
        pause = told.word.span.start_ms - end_ms > PAUSE_MS
        if both or (pause and len(olds) + len(news) > ENOUGH):
            yield olds, news
            olds, news = [], []
        if both:
            yield [told], [new[j]]
        else:
            (olds if first else news).append(told)
        i, j = i + (first or both), j + (not first or both)
        end_ms = max(end_ms, told.word.span.end_ms)
    yield olds, news


def _align(
    olds: list[_Told], news: list[_Told], changes: list[WordChange], pairs: list[Pair]
) -> None:
    texts = [told.word.text for told in olds], [told.word.text for told in news]
    if texts[0] == texts[1]:
        pairs += zip(olds, news, strict=True)
        return
    for kind, i, end_i, j, end_j in SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
        if kind == "equal":
            pairs += zip(olds[i:end_i], news[j:end_j], strict=True)
        else:
            changes.append(_change(olds[i:end_i], news[j:end_j]))


def _change(olds: Sequence[_Told], news: Sequence[_Told]) -> WordChange:
    words = [told.word for told in (*olds, *news)]
    span = words[0].span
    for word in words[1:]:
        span |= word.span
    return WordChange(
        span,
        join_words(tuple(told.word for told in olds)),
        join_words(tuple(told.word for told in news)),
    )


def _fields(pairs: list[Pair]) -> Iterator[FieldChange]:
    """Runs of words that are otherwise told in the same way."""
    for difference, group in groupby(pairs, key=_difference):
        members = list(group)
        span = members[0][1].word.span | members[-1][1].word.span
        for field, was, now in difference:
            yield FieldChange(span, field, was, now, len(members))


def _difference(pair: Pair) -> tuple[tuple[str, str | None, str | None], ...]:
    old, new = dict(pair[0].about), dict(pair[1].about)
    names = dict.fromkeys((*old, *new))
    return tuple(
        (name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)
    )
