"""Names: who speaks, where a subtitle says so in its text - `ANN:`, `[Ann]`, dashes, `>>`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from earwitness.core.imported import Passage

_NAME = r"[^\W\d_][\w .'’&/\-]{0,39}?(?:\s?#?\d{1,3})?"
_PREFIX = re.compile(
    rf"(?:\[(?P<in>{_NAME})\]|(?P<out>{_NAME}))(?:\s?\([^()]{{1,30}}\))?:\s+(?=\S)"
)
_DASH = re.compile(r"(?:[-–—‐]|>>+)\s*(?=\S)")
_MOST_WORDS: Final = 4
_OFTEN: Final = 2


def with_speakers(passages: Iterable[Passage]) -> list[Passage]:
    """Passages with their speakers told apart; a passage of several speakers becomes several.

    `ANN:` at the beginning of a line names a speaker when it is in capitals, or when it looks like
    a name and stands at least twice in the file: a single `Remember this: ...` is text. Lines
    of one cue that begin with dashes are said by different people; each gets the part of the
    cue's time that its characters take.
    """
    given = list(passages)
    known = _names(given)
    return [part for passage in given for part in _parts(passage, known)]


def _names(passages: Iterable[Passage]) -> frozenset[str]:
    found: Counter[str] = Counter()
    for passage in passages:
        if passage.speaker is None:
            for line in passage.text.split("\n"):
                name, _ = _cut(line)
                if name is not None:
                    found[name] += 1
    return frozenset(
        name
        for name, times in found.items()
        if name.isupper() or (times >= _OFTEN and _proper(name))
    )


def _proper(name: str) -> bool:
    words = name.split()
    return len(words) <= _MOST_WORDS and all(not word[0].islower() for word in words)


def _cut(line: str) -> tuple[str | None, str]:
    """A name that may stand before a line, and the rest."""
    bare = line.strip()
    dash = _DASH.match(bare)
    rest = bare[dash.end() :] if dash else bare
    found = _PREFIX.match(rest)
    if found is None:
        return None, rest
    return " ".join((found["in"] or found["out"]).split()), rest[found.end() :]


def _parts(passage: Passage, known: frozenset[str]) -> Iterator[Passage]:
    if passage.speaker is not None or passage.words:
        yield passage
        return
    lines = [line for line in passage.text.split("\n") if line.strip()]
    dashed = sum(bool(_DASH.match(line.strip())) for line in lines)
    said: list[tuple[str | None, list[str]]] = []
    for line in lines:
        name, rest = _cut(line)
        named = name in known
        begins = named or (dashed > 1 and _DASH.match(line.strip()))
        text = rest if named or (dashed > 1 and begins) else line
        if begins or not said:
            said.append((name if named else None, [text]))
        else:
            said[-1][1].append(text)
    if len(said) == 1:
        name, text_lines = said[0]
        yield replace(passage, text="\n".join(text_lines), speaker=name)
        return
    yield from _shared(passage, [(name, "\n".join(text)) for name, text in said])


def _shared(passage: Passage, said: list[tuple[str | None, str]]) -> Iterator[Passage]:
    """The passage's time, shared out by characters; too short for that, all have all of it."""
    start_ms, end_ms = passage.start_ms, passage.end_ms
    if start_ms is None or end_ms is None or end_ms - start_ms < len(said):
        for name, text in said:
            yield replace(passage, text=text, speaker=name)
        return
    total = sum(len(text) for _, text in said)
    length_ms, before = end_ms - start_ms, 0
    for place, (name, text) in enumerate(said):
        after = before + len(text)
        first_ms = start_ms + max(place, length_ms * before // total)
        last_ms = start_ms + length_ms * after // total
        yield replace(
            passage, text=text, speaker=name, start_ms=first_ms, end_ms=max(last_ms, first_ms + 1)
        )
        before = after
