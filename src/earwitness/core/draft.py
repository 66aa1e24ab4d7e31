"""Draft: a transcript while it is being corrected, found by id and by time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.transcript import Label, Transcript, Utterance

_BUCKET_MS = 10_000


@dataclass(frozen=True, slots=True)
class Run:
    """Some words of one utterance that stand side by side: `words[first:last]`, at least one."""

    utterance: Utterance
    first: int
    last: int

    @property
    def whole(self) -> bool:
        """Whether these are all of the utterance's words."""
        return self.first == 0 and self.last == len(self.utterance.words)

    @property
    def words(self) -> tuple[Word, ...]:
        """The words."""
        return self.utterance.words[self.first : self.last]

    @property
    def span(self) -> Span:
        """Their time; reaches to the utterance's own bounds where they are its first or last."""
        words, span = self.utterance.words, self.utterance.span
        start_ms = words[self.first].span.start_ms if self.first else span.start_ms
        if self.last == len(words):
            return Span(start_ms, span.end_ms)
        return Span(start_ms, max(word.span.end_ms for word in self.words))


Home = tuple[Run, ...]
"""The words a correction is about: one run per utterance, in order of time."""


def whole(utterance: Utterance) -> Run:
    """All words of an utterance."""
    return Run(utterance, 0, len(utterance.words))


class Draft:
    """A transcript that can be changed in place; `finish` makes a Transcript of it again.

    Finding by id is a dictionary, finding by time a dictionary of 10-second buckets that is made
    on first use: most corrections never need it.
    """

    def __init__(self, transcript: Transcript) -> None:
        self._origin = transcript
        self._utterances = {each.id: each for each in transcript.utterances}
        self._last_id = max(self._utterances, default=-1)
        self._labels: defaultdict[int, tuple[Label, ...]] = defaultdict(tuple)
        for label in transcript.labels:
            self._labels[label.utterance] += (label,)
        self._relabelled: set[int] = set()
        self._buckets: defaultdict[int, set[int]] | None = None

    def get(self, utterance: int) -> Utterance | None:
        """The utterance of that id, if there is one now."""
        return self._utterances.get(utterance)

    @property
    def utterances(self) -> Iterable[Utterance]:
        """All of them as they are now, in no order."""
        return tuple(self._utterances.values())

    def near(self, span: Span) -> list[Utterance]:
        """Utterances that share time with `span`, in order of time."""
        if self._buckets is None:
            self._buckets = defaultdict(set)
            for utterance in self._utterances.values():
                self._enter(utterance)
        ids = {each for bucket in _buckets(span) for each in self._buckets.get(bucket, ())}
        found = [self._utterances[each] for each in ids]
        found = [utterance for utterance in found if utterance.span.overlap_ms(span)]
        return sorted(found, key=_order)

    def put(self, utterance: Utterance) -> None:
        """Set an utterance under its id, in place of the one that stands there."""
        self._leave(utterance.id)
        self._utterances[utterance.id] = utterance
        self._last_id = max(self._last_id, utterance.id)
        self._enter(utterance)

    def remove(self, utterance: int) -> None:
        """Take an utterance out, with its labels."""
        self._leave(utterance)
        self._set_labels(utterance, ())
        if utterance == self._last_id:
            self._last_id = max(self._utterances, default=-1)

    def carve(self, run: Run) -> Utterance:
        """Cut an utterance so that the run stands alone.

        The first of the pieces keeps the id, the others get the next free ones; each keeps the
        labels.

        Returns:
            The piece that holds the run's words.
        """
        if run.whole:
            return run.utterance
        bounds = sorted({0, run.first, run.last, len(run.utterance.words)})
        pieces = {}
        for first, last in pairwise(bounds):
            part = Run(run.utterance, first, last)
            number = run.utterance.id if first == 0 else self._last_id + 1
            piece = replace(run.utterance, id=number, span=part.span, words=part.words)
            self.put(piece)
            if first:
                self._copy_labels(run.utterance.id, number)
            pieces[first] = piece
        return pieces[run.first]

    def join(self, left: Utterance, right: Utterance) -> Utterance:
        """Make one utterance of two that follow each other; the left one's id stays."""
        joined = replace(
            left,
            span=left.span | right.span,
            words=left.words + right.words,
            uncertain=left.uncertain or right.uncertain,
            language=left.language if left.language == right.language else None,
        )
        labels = self._labels[left.id]
        known = {label.scheme for label in labels}
        more = (label for label in self._labels[right.id] if label.scheme not in known)
        added = tuple(replace(label, utterance=left.id) for label in more)
        if added:
            self._set_labels(left.id, labels + added)
        self.remove(right.id)
        self.put(joined)
        return joined

    def label(self, utterance: int, scheme: str) -> str | None:
        """The value of one scheme on one utterance, or None."""
        return next((x.value for x in self._labels[utterance] if x.scheme == scheme), None)

    def labels(self, utterance: int) -> dict[str, str]:
        """Scheme and value of every label on an utterance."""
        return {label.scheme: label.value for label in reversed(self._labels[utterance])}

    def relabel(self, utterance: int, scheme: str, value: str | None, *, by: str) -> None:
        """Set one scheme's label in the old one's place; None takes it away."""
        made = () if value is None else (Label(utterance, scheme, value, None, by),)
        kept: tuple[Label, ...] = ()
        for label in self._labels[utterance]:
            if label.scheme != scheme:
                kept += (label,)
            else:
                kept, made = kept + made, ()
        self._set_labels(utterance, kept + made)

    def finish(self) -> Transcript:
        """The transcript as it is now; labels that nobody touched keep their order."""
        utterances = tuple(sorted(self._utterances.values(), key=_order))
        return Transcript(utterances, tuple(self._final_labels(utterances)))

    def _final_labels(self, utterances: tuple[Utterance, ...]) -> Iterator[Label]:
        waiting = {each.id for each in utterances if each.id in self._relabelled}
        for label in self._origin.labels:
            if label.utterance not in self._relabelled:
                yield label
            elif label.utterance in waiting:
                waiting.discard(label.utterance)
                yield from self._labels[label.utterance]
        for utterance in utterances:
            if utterance.id in waiting:
                yield from self._labels[utterance.id]

    def _set_labels(self, utterance: int, labels: tuple[Label, ...]) -> None:
        self._labels[utterance] = labels
        self._relabelled.add(utterance)

    def _copy_labels(self, source: int, to: int) -> None:
        self._set_labels(to, tuple(replace(each, utterance=to) for each in self._labels[source]))

    def _leave(self, utterance: int) -> None:
        old = self._utterances.pop(utterance, None)
        if old is not None and self._buckets is not None:
            for bucket in _buckets(old.span):
                self._buckets[bucket].discard(utterance)

    def _enter(self, utterance: Utterance) -> None:
        if self._buckets is not None:
            for bucket in _buckets(utterance.span):
                self._buckets[bucket].add(utterance.id)


def _buckets(span: Span) -> range:
    return range(span.start_ms // _BUCKET_MS, (span.end_ms - 1) // _BUCKET_MS + 1)


def _order(utterance: Utterance) -> tuple[int, int]:
    return utterance.span.start_ms, utterance.id
