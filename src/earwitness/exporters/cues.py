"""Cues: the subtitles of a record, broken and timed for a reader, and the rules they break.

What is promised whatever was said: every word is shown once, in order; no cue mixes voices; a cue
begins with its first word. What fast or overlapping speech can make impossible is counted in
`Cues.broken` under the option's name, never hidden:

- `lines`, `line_chars`: a single word longer than the space there is;
- `chars_per_second`, `cue_min_ms`: the next words come before this text can be read;
- `cue_max_ms`: never broken by speech, a cue simply ends;
- `gap_ms`: two cues of one voice begin (almost) together;
- `overlap`: two cues stand together, because two voices speak at the same time. Editors flag this,
  but the remedy they use, both voices in one cue, would mix voices. Cues therefore overlap only
  while both really speak, for more than a quarter of a second, and only when ending the earlier
  one would leave it too short to read; players stack them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest
from typing import Final

from earwitness.core.errors import UsageError
from earwitness.core.ports import ExportOptions
from earwitness.core.span import Span
from earwitness.core.transcript import Record, Utterance
from earwitness.exporters.atoms import Atom, atoms, width
from earwitness.exporters.shown import readable, shown
from earwitness.exporters.split import Draft, line_text, reading_ms, split
from earwitness.exporters.standing import Timed, stand

RULES: Final = (
    "lines",
    "line_chars",
    "chars_per_second",
    "cue_min_ms",
    "cue_max_ms",
    "gap_ms",
    "overlap",
)

_FOR_EVER_MS: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class Cue:
    """One subtitle.

    Attributes:
        span: When it stands, in milliseconds from session start.
        lines: Top to bottom, one at least, none empty.
        voice: Whose words they are; None when unknown.
        speaker: The name to show, `Unknown` at worst; the lines hold it only when asked for.
        utterances: Ids of the utterances it shows words of.
    """

    span: Span
    lines: tuple[str, ...]
    voice: str | None
    speaker: str
    utterances: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cues:
    """All subtitles in order of time, and how many of them break which rule.

    Attributes:
        cues: In order of start.
        broken: A count for each of `RULES`, zero included.
        affected: How many cues break any rule.
    """

    cues: tuple[Cue, ...]
    broken: dict[str, int] = field(default_factory=dict)
    affected: int = 0


def cues(record: Record, options: ExportOptions) -> Cues:
    """The subtitles of a record.

    With `options.names` a name stands before the text wherever the speaker changes, and counts
    for the rules like any text.

    Raises:
        UsageError: If the options leave no room for any text.
    """
    _check(options)
    record = readable(record, options)
    drafts = [draft for run in _runs(record) for draft in _drafted(run, options)]
    drafts.sort(key=lambda draft: draft[0].start_ms)
    standing = stand([timed for timed, _ in drafts], options, _end_ms(record))
    made = [
        Cue(span, told.lines, told.voice, told.speaker, told.utterances)
        for span, (_, told) in zip(standing, drafts, strict=True)
    ]
    made.sort(key=lambda cue: cue.span.start_ms)
    return _counted(tuple(made), options)


def broken_rules(record: Record, options: ExportOptions) -> dict[str, int]:
    """How many subtitles break which rule; only rules that any subtitle breaks."""
    return {rule: count for rule, count in cues(record, options).broken.items() if count}


@dataclass(frozen=True, slots=True)
class _Run:
    """Utterances of one speaker that no other speaker interrupts."""

    utterances: tuple[Utterance, ...]
    language: str | None
    until_ms: int
    renamed: bool


@dataclass(frozen=True, slots=True)
class _Told:
    lines: tuple[str, ...]
    voice: str | None
    speaker: str
    utterances: tuple[int, ...]


def _check(options: ExportOptions) -> None:
    if options.line_chars < 1 or options.lines < 1 or options.chars_per_second <= 0:
        raise UsageError("subtitles need at least one line, one character and some reading speed")
    if options.gap_ms < 0 or not 0 <= options.cue_min_ms <= options.cue_max_ms:
        raise UsageError("a subtitle's shortest time is longer than its longest")
    if options.cue_max_ms < 1:
        raise UsageError("a subtitle stands for at least a millisecond")


def _end_ms(record: Record) -> int | None:
    """Where the sound ends; None when there is none, or it is unknown: where tracks lie, or how
    long any recording is.
    """
    if record.session.tracks:
        return None
    lengths = [recording.duration_ms for recording in record.session.recordings]
    return None if not lengths or None in lengths else sum(length or 0 for length in lengths)


def _runs(record: Record) -> Iterator[_Run]:
    grouped: list[list[Utterance]] = []
    for utterance in record.transcript.utterances:
        if grouped and _continues(grouped[-1][-1], utterance):
            grouped[-1].append(utterance)
        else:
            grouped.append([utterance])
    starts = [said[0].span.start_ms for said in grouped]
    speaker = None
    for said, next_ms in zip_longest(grouped, starts[1:]):
        until_ms = said[-1].span.end_ms + _FOR_EVER_MS if next_ms is None else next_ms
        renamed = said[0].speaker is None or said[0].speaker != speaker
        speaker = said[0].speaker
        yield _Run(tuple(said), record.session.language, until_ms, renamed)


def _continues(last: Utterance, utterance: Utterance) -> bool:
    """Whether one cue may hold words of both: surely one voice, and nothing told out of order."""
    return (
        last.voice is not None
        and (last.voice, last.person) == (utterance.voice, utterance.person)
        and utterance.words[0].span.start_ms >= last.words[-1].span.start_ms
    )


def _drafted(run: _Run, options: ExportOptions) -> Iterator[tuple[Timed, _Told]]:
    first = run.utterances[0]
    said = atoms(run.utterances, run.language, longest=options.line_chars // 4)
    named, alone = options.names and run.renamed, len(run.utterances) == 1
    if named:
        said = [*_name(first, said[0], options), *said]
    for draft in split(said, options, until_ms=run.until_ms, named=named):
        held = said[draft.first : draft.last]
        lines = _lines(said, draft)
        ids = (first.id,) if alone else tuple(dict.fromkeys([atom.utterance for atom in held]))
        timed = Timed(
            owner=first.voice or f"?{first.id}",
            start_ms=held[0].start_ms,
            end_ms=max(held[-1].end_ms, held[0].start_ms + 1),
            need_ms=reading_ms(sum(map(width, lines)) + _spaces(said, draft), options),
        )
        yield timed, _Told(lines, first.voice, shown(first), ids)


def _name(first: Utterance, opening: Atom, options: ExportOptions) -> list[Atom]:
    """The name before the text; a very long one is cut, so that it leaves half a line."""
    name = shown(first)
    room = max(1, options.line_chars // 2 - 1)
    if width(name) > room:
        name = name[: max(1, room // width(name[0]) - 1)].rstrip() + "…"
    start_ms = opening.start_ms
    return [Atom(f"{name}:", start_ms, start_ms, False, first.id, opening.language)]


def _spaces(said: Sequence[Atom], draft: Draft) -> int:
    """Spaces that line breaks stand for."""
    return sum([said[begin].spaced for begin in draft.lines[1:]])


def _lines(said: Sequence[Atom], draft: Draft) -> tuple[str, ...]:
    return tuple(line_text(said[begin:end]) for begin, end in pairwise([*draft.lines, draft.last]))


def _counted(made: tuple[Cue, ...], options: ExportOptions) -> Cues:
    broken = dict.fromkeys(RULES, 0)
    affected = latest_end_ms = 0
    starts = [cue.span.start_ms for cue in made]
    for cue in made:
        found = _own_faults(cue, options)
        if cue.span.start_ms < latest_end_ms:
            found.append("overlap")
        latest_end_ms = max(latest_end_ms, cue.span.end_ms)
        place = bisect_left(starts, cue.span.end_ms)
        if place < len(starts) and starts[place] - cue.span.end_ms < options.gap_ms:
            found.append("gap_ms")
        for rule in found:
            broken[rule] += 1
        affected += bool(found)
    return Cues(made, broken, affected)


def _own_faults(cue: Cue, options: ExportOptions) -> list[str]:
    places = width(" ".join(cue.lines))
    stands_ms = cue.span.duration_ms
    checks = {
        "lines": len(cue.lines) > options.lines,
        "line_chars": any(width(line) > options.line_chars for line in cue.lines),
        "chars_per_second": places * 1000 > options.chars_per_second * stands_ms,
        "cue_min_ms": stands_ms < options.cue_min_ms,
        "cue_max_ms": stands_ms > options.cue_max_ms,
    }
    return [rule for rule, wrong in checks.items() if wrong]
