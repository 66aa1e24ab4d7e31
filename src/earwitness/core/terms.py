"""Term: a name or word of a series, who says that it is one, and how sure that is.

Three things are kept apart. What a *person* did - put a name into a cast, gave it to a voice, wrote
a word in place of another one, said or accepted a term - makes a word hold by itself. What a
*transcript* shows - somebody said it - only proposes. What a *playbook* lists is offered too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from earwitness.core.errors import UsageError
from earwitness.core.people import check_name, folded


class Kind(StrEnum):
    """What a term is."""

    NAME = "name"
    TERM = "term"


class Status(StrEnum):
    """Whether a term holds for the series' sessions."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class By(StrEnum):
    """Where a term comes from."""

    PERSON = "person"
    CAST = "cast"
    CORRECTION = "correction"
    MINED = "mined"
    FILE = "file"
    PLAYBOOK = "playbook"


HOLDS: Final = frozenset({By.PERSON, By.CAST, By.CORRECTION})
"""What a person did; a term that comes from one of these is accepted, unless a person refused."""


@dataclass(frozen=True, slots=True)
class Origin:
    """One place a term comes from.

    Attributes:
        by: What kind of place.
        session: In which session; None: in none.
        lines: How many lines of the session say it; 0 where nobody counted.
        voices: How many voices say it.
        at_ms: When it is first said there; None: unknown.
        heard: What it was written in place of.
        who: Who said so; None: nobody did, or it is unknown.
    """

    by: By
    session: str | None = None
    lines: int = 0
    voices: int = 0
    at_ms: int | None = None
    heard: tuple[str, ...] = ()
    who: str | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """A word of a transcript that looks like a name or a term.

    Attributes:
        text: As it is written most often.
        kind: A name stands with a capital inside sentences.
        form: How much it looks like one, 0 to 1, however often it is said.
        voices: In how many lines each voice says it, the most first; lines of no known voice count
            as one voice's.
        at_ms: When it is first said.
    """

    text: str
    kind: Kind
    form: float
    voices: tuple[int, ...]
    at_ms: int

    def __post_init__(self) -> None:
        """Refuse what is no word, was never said, or has a form outside 0..1."""
        check_name(self.text, "a term")
        if not self.voices or min(self.voices) < 1 or not 0.0 <= self.form <= 1.0:
            raise ValueError("a sighting was said by somebody, and its form is a share")


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a series.

    Attributes:
        text: As it is to be written.
        kind: A name, or another word.
        status: Whether it holds.
        origins: Where it comes from; what people did first.
        confidence: 0 to 1 for what is proposed; None where a person said so, or nobody heard it.
    """

    text: str
    kind: Kind
    status: Status
    origins: tuple[Origin, ...]
    confidence: float | None = None

    @property
    def key(self) -> str:
        """As it is compared."""
        return folded(self.text)

    @property
    def heard(self) -> tuple[str, ...]:
        """What people corrected to it, each once."""
        return tuple(dict.fromkeys(word for origin in self.origins for word in origin.heard))


@dataclass(frozen=True, slots=True)
class Said:
    """A word that a person gave, or did: it holds.

    Attributes:
        text: As it is to be written.
        kind: A name, or another word.
        origin: Who did what.
    """

    text: str
    kind: Kind
    origin: Origin


@dataclass(frozen=True, slots=True)
class Sources:
    """All that is known about a series' words.

    Attributes:
        said: What people did, and whom files name.
        seen: What transcripts show, by session.
        listed: What the playbook lists.
        refused: Words as they are compared.
    """

    said: Sequence[Said] = ()
    seen: Sequence[tuple[str, Sighting]] = ()
    listed: Sequence[str] = ()
    refused: frozenset[str] = frozenset()


_ONE_LINE: Final = 0.3
_TWO_LINES: Final = 0.4
_MORE_LINES: Final = 0.5


def confidence_of(sightings: Iterable[Sighting]) -> float:
    """How sure it is that a word is a name or term, from all sessions that show it.

    Every voice of every session is one witness. A witness is right with a chance of 0.3, of 0.4
    when it says the word in two lines, of 0.5 in three or more: saying it a hundred times proves no
    more. Witnesses are independent, so the evidence is `1 - product(1 - chance)`; it is multiplied
    by how much the word looks like one, averaged over the lines. So it stays below 1, grows with
    every witness, and no number of lines makes a name of a word that does not look like one.
    """
    seen = list(sightings)
    doubt, lines, form = 1.0, 0, 0.0
    for each in seen:
        for count in each.voices:
            doubt *= 1.0 - (_ONE_LINE, _TWO_LINES, _MORE_LINES)[min(count, 3) - 1]
        lines += sum(each.voices)
        form += each.form * sum(each.voices)
    return (1.0 - doubt) * form / lines if lines else 0.0


def gather(sources: Sources) -> tuple[Term, ...]:
    """The terms of a series from all sources: what holds first, then the surest proposals.

    A person's no outweighs every source but the words of the series' own list (`By.PERSON`): who
    says a word again wants it again.
    """
    found: dict[str, _Gathered] = {}
    for said in sources.said:
        if said.origin.by in HOLDS:
            found.setdefault(folded(said.text), _Gathered(said.text, said.kind)).add(said.origin)
    for session, sighting in sources.seen:
        made = found.setdefault(folded(sighting.text), _Gathered(sighting.text, sighting.kind))
        made.seen.append(sighting)
        count, voices = sum(sighting.voices), len(sighting.voices)
        made.add(Origin(By.MINED, session, count, voices, sighting.at_ms))
    for said in sources.said:  # files write names in letters of their own: MATT
        found.setdefault(folded(said.text), _Gathered(said.text, said.kind)).add(said.origin)
    for text in sources.listed:
        found.setdefault(folded(text), _Gathered(text, Kind.TERM)).add(Origin(By.PLAYBOOK))
    terms = [made.term(key in sources.refused) for key, made in found.items()]
    order = {Status.ACCEPTED: 0, Status.PROPOSED: 1, Status.REFUSED: 2}
    return tuple(
        sorted(terms, key=lambda each: (order[each.status], -(each.confidence or 0.0), each.key))
    )


_ORDER: Final = {by: n for n, by in enumerate(By)}


@dataclass(slots=True)
class _Gathered:
    """A term while it is put together; the first source to name it says how it is written."""

    text: str
    kind: Kind
    origins: list[Origin] = field(default_factory=list)
    seen: list[Sighting] = field(default_factory=list)

    def add(self, origin: Origin) -> None:
        if origin not in self.origins:
            self.origins.append(origin)

    def term(self, refused: bool) -> Term:
        kinds = {origin.by for origin in self.origins}
        if By.PERSON in kinds or (kinds & HOLDS and not refused):
            status = Status.ACCEPTED
        else:
            status = Status.REFUSED if refused else Status.PROPOSED
        origins = sorted(self.origins, key=lambda each: (_ORDER[each.by], each.session or ""))
        sure = confidence_of(self.seen) if self.seen and not kinds & HOLDS else None
        return Term(self.text, self.kind, status, tuple(origins), sure)


def read_term(text: str) -> str:
    """A term in one line, single spaces.

    Raises:
        UsageError: It is none.
    """
    made = check_name(" ".join(text.split()), "a term")
    if not any(map(str.isalnum, made)):
        raise UsageError("a term has a letter or a digit in it")
    return made
