"""Fold: machine transcript + corrections = what people see, with the fate of every correction.

The rules:

- **Order.** Corrections apply in order of seq, each on what the earlier ones left. The machine's
  version is never changed; folding is a pure function of it and of the ledger.
- **Place.** `core.anchor` finds the words a correction is about. No home: `Orphan`.
- **Guard.** A correction applies only where its `was` stands. Where its `now` stands already, it
  counts as applied and changes nothing (so nothing is applied twice). Anything else: `Conflict`.
  All or nothing: when one part of the place contradicts, no part is changed.
- **Voice, person, character, stance, doubt** apply to exactly the words of the home. When these
  are part of an utterance, it is split at word boundaries; the first piece keeps the id, the others
  get max + 1, max + 2, ...; all other ids stay. When they are several utterances, all are changed.
- **Text** is a word-level patch (`core.patch`). The utterance keeps its span, so that later
  corrections find it; an utterance of which no word is left goes.
- **Vouching.** Words that a person wrote, or whose line a person says is not uncertain, are not
  doubted any more (`core.doubt`).
- **Split** sets a boundary between two words, **merge** takes one away. Merging keeps the left id
  and is refused (conflict) when voice, person or a label differ; an utterance never mixes them.
- **A whole voice.** Its person holds for every line of the voice, now or later, that has no person
  of its own; it is filled in at the end, so that corrections of lines neither see nor need it. A
  voice that is merged into another gives it all the lines it has at that moment.
- **Undo** takes out exactly what it names, as if that had never been there; an undo of an undo
  brings it back at its old place in the order. Later corrections that were built on what was
  undone no longer find their `was`: they become conflicts, and heal when it is redone.

Undoing everything gives the machine's transcript. Folding the same corrections onto the folded
transcript gives it again, as long as none was in conflict the first time: each one finds its `now`,
or replays the same path. (What was merged and split again may get another id on the way; a ledger
in conflict has no such promise, because a `was` may come true later; nor has a text that was
corrected twice in a line that was cut or joined; and words that are repeated, or said at once by
one voice, may be taken for each other.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from earwitness.core.anchor import find_home
from earwitness.core.doubt import vouched
from earwitness.core.draft import Draft, Home, Run
from earwitness.core.errors import UsageError
from earwitness.core.fate import Applied, Conflict, Fate, Folded, Orphan, Undone
from earwitness.core.override import Field, Override, Target, Value, VoiceTarget
from earwitness.core.patch import find_cut, rewrite
from earwitness.core.span import Span
from earwitness.core.transcript import Transcript, Utterance

SCHEMES: Final = {Field.CHARACTER: "character", Field.STANCE: "stance"}
"""The label scheme that a field writes, as `user:<name>`."""


def fold(transcript: Transcript, overrides: Sequence[Override]) -> Folded:
    """Apply corrections to a transcript.

    Args:
        transcript: The machine's version.
        overrides: The session's ledger, in any order.

    Returns:
        The transcript people see, and every override with its fate, in order of seq.

    Raises:
        UsageError: If two overrides have the same number.
    """
    folding = Folding(transcript)
    folding.extend(sorted(overrides, key=lambda override: override.seq))
    return folding.finish()


class Folding:
    """A fold that goes on: corrections are appended as they are made.

    Appending one costs no more than that one, whatever stands before it; only an undo folds the
    ledger anew. After any number of steps `finish` gives what `fold` gives.
    """

    def __init__(self, transcript: Transcript) -> None:
        self._machine = transcript
        voices = {utterance.voice for utterance in transcript.utterances}
        self._voices = frozenset(voice for voice in voices if voice is not None)
        self._ledger: list[Override] = []
        self._start()

    def extend(self, overrides: Sequence[Override]) -> None:
        """Append corrections, in order of seq.

        Raises:
            UsageError: If two have the same number, or one comes too late; nothing was appended.
        """
        for before, after in pairwise([*self._ledger[-1:], *overrides]):
            if after.seq == before.seq:
                raise UsageError("two overrides have the same number")
            if after.seq < before.seq:
                raise UsageError("overrides are appended in order of their numbers")
        self._ledger += overrides
        undone: frozenset[int] = frozenset()
        if any(override.field == Field.UNDO for override in overrides):
            self._start()
            overrides, undone = self._ledger, find_undone(self._ledger)
        for override in overrides:
            self._numbers.add(override.seq)
            self._history.append((override, self._apply(override, undone)))

    def offer(self, override: Override) -> Fate:
        """Append a correction if it does what it says.

        Returns:
            Its fate; an orphan or a conflict was not appended, and nothing has changed.

        Raises:
            UsageError: If its number is not above all others.
        """
        self.extend([override])
        fate = self._history[-1][1]
        if isinstance(fate, Orphan | Conflict):
            self._history.pop()
            self._ledger.pop()
            self._numbers.discard(override.seq)
        return fate

    def get(self, utterance: int) -> Utterance | None:
        """The utterance of that id as it is now, if there is one."""
        return self._draft.get(utterance)

    def labels(self, utterance: int) -> dict[str, str]:
        """Scheme and value of every label on an utterance as it is now."""
        return self._draft.labels(utterance)

    @property
    def voices(self) -> frozenset[str]:
        """The voices the machine told apart among the words."""
        return self._voices

    def person_of(self, utterance: Utterance) -> str | None:
        """Who people see behind a line: its own person, else its voice's."""
        return utterance.person or self._people.get(utterance.voice or "")

    @property
    def history(self) -> tuple[tuple[Override, Fate], ...]:
        """Every correction so far, with its fate."""
        return tuple(self._history)

    def finish(self) -> Folded:
        """The transcript as it is now; more may be appended afterwards."""
        transcript = self._draft.finish()
        if self._people:
            people = self._people
            named = tuple(
                replace(line, person=people[line.voice])
                if line.person is None and line.voice in people
                else line
                for line in transcript.utterances
            )
            transcript = Transcript(named, transcript.labels)
        merged = tuple(self._merged.items())
        return Folded(transcript, self.history, tuple(self._people.items()), merged)

    def _start(self) -> None:
        self._people: dict[str, str] = {}
        self._merged: dict[str, str] = {}
        self._draft = Draft(self._machine)
        self._numbers: set[int] = set()
        self._history: list[tuple[Override, Fate]] = []

    def _apply(self, override: Override, undone: frozenset[int]) -> Fate:
        if override.seq in undone:
            return Undone()
        if override.field == Field.UNDO:
            known = override.undoes in self._numbers
            return Applied() if known else Orphan("there is no such override")
        if isinstance(override.target, VoiceTarget):
            return self._apply_to_voice(override, override.target.voice)
        return _APPLY[override.field](self._draft, override, override.target)

    def _apply_to_voice(self, override: Override, voice: str) -> Fate:
        if voice not in self._voices and not self._lines_of(voice):
            return Orphan("there is no such voice")
        if override.field == Field.VOICE:
            lines = self._lines_of(voice)
            self._merge_voice(voice, str(override.now), lines)
            return Applied(tuple(line.id for line in lines))
        found = self._people.get(voice)
        if found not in (override.was, override.now):
            return Conflict(override.was, found)
        if override.now is None:
            self._people.pop(voice, None)
        else:
            self._people[voice] = str(override.now)
        return Applied()

    def _lines_of(self, voice: str) -> list[Utterance]:
        return [line for line in self._draft.utterances if line.voice == voice]

    def _merge_voice(self, voice: str, into: str, lines: Sequence[Utterance]) -> None:
        for line in lines:
            self._draft.put(replace(line, voice=into))
        self._merged.pop(into, None)
        for earlier in [each for each, home in self._merged.items() if home == voice]:
            self._merged[earlier] = into
        self._merged[voice] = into


def find_undone(ledger: Sequence[Override]) -> frozenset[int]:
    """Numbers of the overrides (and undos) that an undo in force takes back.

    Args:
        ledger: In order of seq. An undo names an earlier override, so that one pass from the end
            knows of each undo whether it is in force before it looks at what that one undoes.
    """
    undone: set[int] = set()
    for override in reversed(ledger):
        if override.undoes is not None and override.seq not in undone:
            undone.add(override.undoes)
    return frozenset(undone)


def _read(draft: Draft, utterance: Utterance, field: Field) -> Value:
    if field == Field.VOICE:
        return utterance.voice
    if field == Field.PERSON:
        return utterance.person
    if field == Field.UNCERTAIN:
        return utterance.uncertain
    return draft.label(utterance.id, SCHEMES[field])


def _write(draft: Draft, utterance: Utterance, override: Override) -> None:
    now = override.now
    if override.field in SCHEMES and (now is None or isinstance(now, str)):
        by = f"user:{override.by}"
        draft.relabel(utterance.id, SCHEMES[override.field], now, by=by)
    elif override.field == Field.UNCERTAIN and isinstance(now, bool):
        words = utterance.words if now else vouched(utterance.words)
        draft.put(replace(utterance, uncertain=now, words=words))
    elif override.field == Field.VOICE and (now is None or isinstance(now, str)):
        draft.put(replace(utterance, voice=now))
    elif override.field == Field.PERSON and (now is None or isinstance(now, str)):
        draft.put(replace(utterance, person=now))


def _set(draft: Draft, override: Override, target: Target) -> Fate:
    home = find_home(draft, target)
    if isinstance(home, Orphan):
        return home
    found = [_read(draft, run.utterance, override.field) for run in home]
    for value in found:
        if value not in (override.was, override.now):
            return Conflict(override.was, value)
    about = []
    for run, value in zip(home, found, strict=True):
        utterance = run.utterance
        if value != override.now:
            utterance = draft.carve(run)
            _write(draft, utterance, override)
        about.append(utterance.id)
    return Applied(tuple(about))


def _set_text(draft: Draft, override: Override, target: Target) -> Fate:
    was, now = str(override.was), str(override.now)
    home = find_home(draft, target, readings=(was, now))
    if isinstance(home, Orphan):
        return home
    lines = rewrite(home, was, now)
    if lines is None:
        return Conflict(was, _text(home))
    about = []
    for run, words in zip(home, lines, strict=True):
        utterance = run.utterance
        kept = utterance.words[: run.first], utterance.words[run.last :]
        changed = kept[0] + vouched(words) + kept[1]
        if not changed:
            draft.remove(utterance.id)
            continue
        if changed != utterance.words:
            draft.put(replace(utterance, words=changed))
        about.append(utterance.id)
    return Applied(tuple(about))


def _text(home: Home) -> str:
    return " ".join(replace(run.utterance, words=run.words).text for run in home)


def _split(draft: Draft, override: Override, target: Target) -> Fate:
    if not isinstance(override.now, tuple):
        raise UsageError("a split names its two halves")
    home = find_home(draft, target, readings=(str(override.was),))
    if isinstance(home, Orphan):
        return home
    cut = find_cut(home, *override.now)
    if cut is None:
        return Conflict(override.was, _text(home))
    left, right = cut
    before, after = home[left.run].utterance, home[right.run].utterance
    if left.run == right.run:
        after = draft.carve(Run(before, right.place, len(before.words)))
    return Applied((before.id, after.id))


def _merge(draft: Draft, override: Override, target: Target) -> Fate:
    if not isinstance(override.now, Target):
        raise UsageError("a merge names what is joined")
    ahead, behind = find_home(draft, target), find_home(draft, override.now)
    if isinstance(ahead, Orphan):
        return ahead
    if isinstance(behind, Orphan):
        return behind
    left, right = ahead[-1].utterance, behind[0].utterance
    if left.id == right.id:
        return Applied((left.id,))
    if (differing := _difference(draft, left, right)) is not None:
        return differing
    if not _follows(draft, left, right):
        return Orphan("the two no longer follow each other")
    return Applied((draft.join(left, right).id,))


def _difference(draft: Draft, left: Utterance, right: Utterance) -> Conflict | None:
    """What two utterances cannot have in common: voice, person, or the value of a label."""
    pairs = [(left.voice, right.voice), (left.person, right.person)]
    ours, theirs = draft.labels(left.id), draft.labels(right.id)
    pairs += [(ours[scheme], theirs[scheme]) for scheme in ours if scheme in theirs]
    return next((Conflict(one, other) for one, other in pairs if one != other), None)


def _follows(draft: Draft, left: Utterance, right: Utterance) -> bool:
    """Whether right comes after left, with nothing of the same voice between them."""
    if left.words[-1].span.start_ms > right.words[0].span.start_ms:
        return False
    between = draft.near(Span(left.span.start_ms, right.span.start_ms + 1))
    return not any(
        each.voice == left.voice
        and each.id not in (left.id, right.id)
        and left.span.start_ms <= each.span.start_ms <= right.span.start_ms
        for each in between
    )


_APPLY: Final[dict[Field, Callable[[Draft, Override, Target], Fate]]] = {
    Field.VOICE: _set,
    Field.PERSON: _set,
    Field.CHARACTER: _set,
    Field.STANCE: _set,
    Field.UNCERTAIN: _set,
    Field.TEXT: _set_text,
    Field.SPLIT: _split,
    Field.MERGE: _merge,
}
