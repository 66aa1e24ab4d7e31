"""Profile: what is kept of a character or a person, and what a session would add to it.

A session's moments become updates of the profiles of those they are about. Nothing is added by
itself: updates are offered, and a person says which are taken.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final, Literal, get_args

from earwitness.core.people import folded

Category = Literal["memorable_moments", "character_development", "relationships", "quotes", "goals"]
"""The lists of a profile that grow."""

UpdateType = Literal[
    "critical_hit",
    "fumble",
    "roleplay",
    "character_development",
    "quote",
    "promise",
    "decision",
    "relationship",
]
"""What an update is; `roleplay` is a scene that several play in character."""

CATEGORIES: Final[tuple[Category, ...]] = get_args(Category)
UPDATE_TYPES: Final[tuple[UpdateType, ...]] = get_args(UpdateType)

Doubt = Literal["unknown_name", "plays_nobody", "plays_several", "nobody_named"]
"""Why nobody can tell whose profile it is: the name is none of the cast's, or its person is not
said to play anybody, or to play several; or nobody has named the voice yet."""


@dataclass(frozen=True, slots=True)
class Update:
    """One thing that a session would add to a profile.

    Attributes:
        character: Whose profile: a character's name, or a person's where nobody plays one.
        category: To which list of it.
        type: What it is.
        content: What is added: the words that were said, or a sentence about them.
        start_ms: When it began, in session time.
        confidence: 0 to 1, or None when not known.
        context: 1-2 sentences around it, or empty.
        evidence: Ids of the utterances that bear it out, in order.
        context_lines: Ids of the utterances that the context was taken from.
        others: Who else it is about: the other one of a relationship, or who else plays a scene.
        relation: What the other one of a relationship is to them; else None.
        like: What stands in the profile already and says nearly the same; None: nothing does.
    """

    character: str
    category: Category
    type: UpdateType
    content: str
    start_ms: int
    confidence: float | None
    context: str
    evidence: tuple[int, ...]
    context_lines: tuple[int, ...] = ()
    others: tuple[str, ...] = ()
    relation: str | None = None
    like: str | None = None

    def __post_init__(self) -> None:
        """Refuse an update of nobody, without words or evidence, and half a relationship."""
        if not self.character.strip() or not self.content.strip() or not self.evidence:
            raise ValueError("an update says whose it is and what, and cites utterances")
        if self.confidence is not None and not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"confidence outside 0..1: {self.confidence}")
        related = len(self.others) == 1 and bool(self.relation)
        if (self.category == "relationships") != (self.relation is not None) or (
            self.category == "relationships" and not related
        ):
            raise ValueError("a relationship, and nothing else, is with one other and says what")

    def entry(self, session: str) -> Entry:
        """What a profile says once this was added."""
        return Entry(
            self.category,
            self.content,
            session,
            self.start_ms,
            self.others,
            self.type,
            self.relation,
        )

    @property
    def rank(self) -> tuple[float, int, str, str, tuple[int, ...]]:
        """The surest first, then in order of time; never two alike."""
        sure = -1.0 if self.confidence is None else self.confidence
        return -sure, self.start_ms, folded(self.character), self.type, self.evidence


def update_id(session: str, update: Update) -> str:
    """Names an update inside its session; the same moment always has the same."""
    told = (session, folded(update.character), update.category, update.type, update.evidence)
    return hashlib.sha256(repr((*told, update.others)).encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Asked:
    """A name that has updates waiting, and nobody can tell whose profile that is.

    Attributes:
        name: As it is known in the session: a name, or a voice.
        why: What is not known.
        count: How many updates wait for the answer.
        evidence: Ids of utterances to look at, at most five.
        choices: Whom it may be, where the cast says.
    """

    name: str
    why: Doubt
    count: int
    evidence: tuple[int, ...]
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """What a profile says already.

    Attributes:
        category: In which list.
        content: Its words.
        session: The session it came from; None: a person wrote it.
        start_ms: When, in that session.
        others: Whom it is about, too.
        type: What it is, as far as it says so.
        relation: What the other one is to them, as far as it says so.
    """

    category: Category
    content: str
    session: str | None = None
    start_ms: int | None = None
    others: tuple[str, ...] = ()
    type: str | None = None
    relation: str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """As much of a profile as suggestions need; the file has whatever its owner likes.

    Attributes:
        name: Whose.
        aliases: What else they are called.
        entries: What it says.
    """

    name: str
    aliases: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()

    def goes_by(self, name: str) -> bool:
        """Whether this is the name, or an alias, in whatever letters."""
        return folded(name) in {folded(each) for each in (self.name, *self.aliases)}


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What a session would add to profiles.

    Attributes:
        session: The session's id.
        updates: The surest first.
        asked: Names that somebody has to tell about.
        known: How many stand in the profiles already.
        merged: How many said what another one said.
        of_leader: How many are of the leader's own people and dice: they have no profile.
        warnings: What the user must know of how the session was understood.
    """

    session: str
    updates: tuple[Update, ...]
    asked: tuple[Asked, ...] = ()
    known: int = 0
    merged: int = 0
    of_leader: int = 0
    warnings: tuple[str, ...] = ()
