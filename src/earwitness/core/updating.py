"""Updating: from the moments of a session to what it would add to profiles; pure.

Of a game only what is said or told in the story counts, but for dice, which are rolled at the
table: out-of-character lines add nothing to anybody's profile, whatever claims they do.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from earwitness.core.crediting import Leader, Roster, Uncredited
from earwitness.core.evidence import IN_STORY, OF_DICE, is_verbatim
from earwitness.core.likeness import likeness
from earwitness.core.moment import Moment, MomentKind
from earwitness.core.people import folded
from earwitness.core.profile import (
    Asked,
    Category,
    Entry,
    Profile,
    Suggestions,
    Update,
    UpdateType,
)
from earwitness.core.transcript import Label, Transcript, Utterance

KINDS: Final[dict[MomentKind, tuple[Category, UpdateType]]] = {
    "critical_hit": ("memorable_moments", "critical_hit"),
    "fumble": ("memorable_moments", "fumble"),
    "quote": ("quotes", "quote"),
    "development": ("character_development", "character_development"),
    "promise": ("goals", "promise"),
    "decision": ("goals", "decision"),
    "relationship": ("relationships", "relationship"),
}
"""Where a moment belongs; what is in no line here (an open question) is in no profile."""

SAME: Final = 0.75
"""Texts of such a likeness say the same: decision record 29."""

NEARLY: Final = 0.5
"""From here on a person is told what stands there already."""

_ONCE_MS: Final = 90_000
"""Dice that are told of within this time are the same roll."""

_SENTENCE = re.compile(r"\S.*?(?:[.!?]+[\"”')\]]*(?=\s|$)|$)", re.DOTALL)
_LONGEST: Final = 300
_LOOK_AT: Final = 5
_EVENTS: Final = frozenset({"critical_hit", "fumble", "roleplay"})


def sentences(text: str) -> list[str]:
    """The sentences of a line, word for word."""
    return [told for match in _SENTENCE.finditer(text) if (told := match[0].strip())]


@dataclass(frozen=True, slots=True)
class Scenery:
    """A session as updates look at it.

    Attributes:
        lines: What was said, by id, in order of time.
        stances: What lines are, by id.
        characters: The label that says which character speaks, by id.
        staged: Which lines are in the story is asked, and what nobody knows is not.
        order: The ids in order of time.
        places: The place of each id in that order.
    """

    lines: dict[int, Utterance]
    stances: dict[int, Label]
    characters: dict[int, Label]
    staged: bool
    order: tuple[int, ...] = field(init=False)
    places: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        """Know where each line stands."""
        object.__setattr__(self, "order", tuple(self.lines))
        object.__setattr__(self, "places", {id: n for n, id in enumerate(self.lines)})

    @classmethod
    def of(cls, transcript: Transcript, *, staged: bool) -> Scenery:
        """Of a transcript with its labels."""
        labels = transcript.labels
        return cls(
            {line.id: line for line in transcript.utterances},
            {each.utterance: each for each in labels if each.scheme == "stance"},
            {each.utterance: each for each in labels if each.scheme == "character"},
            staged,
        )

    def stance(self, line: int) -> str | None:
        """What a line is; None: nobody knows."""
        label = self.stances.get(line)
        return label.value if label else None

    def in_story(self, line: int) -> bool:
        """Whether something may be built on a line."""
        return not self.staged or self.stance(line) in IN_STORY

    def speaker(self, line: int) -> str | None:
        """The character who speaks as far as labelled, else the person; None: nobody knows."""
        label = self.characters.get(line)
        return label.value if label else self.lines[line].person

    def admits(self, moment: Moment) -> bool:
        """Whether a moment may become an update: dice, or all of it in the story."""
        if any(each not in self.lines for each in moment.evidence):
            return False
        if moment.kind in OF_DICE:
            return True
        if moment.kind == "quote" and self.staged:
            return all(self.stance(each) == "IC" for each in moment.evidence)
        return all(self.in_story(each) for each in moment.evidence)


@dataclass(frozen=True, slots=True)
class Found:
    """What moments add to whose profile.

    Attributes:
        updates: In order of their rank.
        asked: Names that somebody has to tell about.
        of_leader: How many moments belong to the one who leads.
    """

    updates: tuple[Update, ...]
    asked: tuple[Asked, ...]
    of_leader: int


def updates_of(
    moments: Iterable[Moment], transcript: Transcript, roster: Roster, *, staged: bool
) -> Found:
    """What the moments of a session, and the scenes played in it, add to whose profile.

    Args:
        moments: Of the session; those out of character are passed over.
        transcript: With its labels.
        roster: Who has a profile, or may have one.
        staged: The playbook asks which lines are in the story.
    """
    scenery = Scenery.of(transcript, staged=staged)
    found: list[Update] = []
    waiting: dict[str, tuple[Uncredited, list[Moment]]] = {}
    of_leader = 0
    for moment in moments:
        if moment.kind not in KINDS or not scenery.admits(moment):
            continue
        for name in _about(moment, scenery):
            whose = roster.whose(name) if name else Uncredited("nobody_named")
            if isinstance(whose, Leader):
                of_leader += 1
            elif isinstance(whose, Uncredited):
                waiting.setdefault(name or _voice(moment, scenery), (whose, []))[1].append(moment)
            else:
                found.append(_update(moment, whose, scenery, roster))
    found.sort(key=lambda each: each.rank)
    return Found(tuple(found), _asked(waiting), of_leader)


def suggest_updates(
    updates: Iterable[Update],
    profiles: Sequence[Profile] = (),
    *,
    session: str,
    same: float = SAME,
) -> Suggestions:
    """Updates that say something new, the surest first.

    What a profile says already is not offered; what several say is offered once, with the evidence
    of all. What is nearly the same is offered with what it is like.

    Args:
        updates: In any order.
        profiles: Those there are.
        session: The session's id.
        same: Likeness from which on two say the same.
    """
    entries = {folded(each.name): each.entries for each in profiles}
    kept: dict[str, list[Update]] = defaultdict(list)
    known = merged = 0
    for update in sorted(updates, key=lambda each: each.rank):
        whose = folded(update.character)
        said = [each for each in entries.get(whose, ()) if each.category == update.category]
        if any(says_already(each, update.entry(session), same) for each in said):
            known += 1
            continue
        mine = kept[whose]
        wanted = update.entry(session)
        twin = next(
            (n for n, each in enumerate(mine) if says_already(each.entry(session), wanted, same)),
            None,
        )
        if twin is not None:
            merged += 1
            mine[twin] = _with_evidence(mine[twin], update)
            continue
        mine.append(replace(update, like=_nearest(update, said)))
    offered = sorted((each for mine in kept.values() for each in mine), key=lambda each: each.rank)
    return Suggestions(session, tuple(offered), known=known, merged=merged)


def _about(moment: Moment, scenery: Scenery) -> tuple[str | None, ...]:
    """Names whose profile it is for; None where nobody is named."""
    if moment.kind == "relationship":
        return moment.who[:1]
    if moment.who:
        return tuple(dict.fromkeys(moment.who))
    return (scenery.speaker(moment.evidence[0]),)


def _voice(moment: Moment, scenery: Scenery) -> str:
    return scenery.lines[moment.evidence[0]].voice or "nobody"


def _asked(waiting: dict[str, tuple[Uncredited, list[Moment]]]) -> tuple[Asked, ...]:
    """The questions, those with most behind them first."""
    told = [
        Asked(
            name,
            doubt.why,
            len(moments),
            tuple(sorted({each for m in moments for each in m.evidence}))[:_LOOK_AT],
            doubt.choices,
        )
        for name, (doubt, moments) in waiting.items()
    ]
    return tuple(sorted(told, key=lambda each: (-each.count, each.name)))


def _update(moment: Moment, whose: str, scenery: Scenery, roster: Roster) -> Update:
    category, kind = KINDS[moment.kind]
    context, context_lines = context_of(moment, scenery)
    others: tuple[str, ...] = ()
    if moment.kind == "relationship":
        other = roster.whose(moment.who[1])
        others = (other if isinstance(other, str) else moment.who[1],)
    return Update(
        whose,
        category,
        kind,
        _content(moment),
        moment.span.start_ms,
        credited_confidence(moment, scenery),
        context,
        moment.evidence,
        context_lines,
        others,
        moment.relation,
    )


def credited_confidence(moment: Moment, scenery: Scenery) -> float | None:
    """How sure it is that this happened, and to this one; never more than the moment itself."""
    if moment.confidence is None:
        return None
    sure = moment.confidence
    for line in moment.evidence:
        label = scenery.characters.get(line)
        if label is not None and label.confidence is not None and label.value in moment.who:
            sure *= 0.5 + 0.5 * label.confidence
            break
    return round(sure, 3)


def _content(moment: Moment) -> str:
    """What the profile is given: the sentences that matter of a long line, else all of it."""
    text = moment.text.strip()
    if moment.quote is None or len(text) <= _LONGEST // 2:
        return cut(text)
    wanted = folded(moment.quote)
    told = [each for each in sentences(text) if wanted in folded(each)]
    return cut(told[0] if told else moment.quote)


def cut(text: str) -> str:
    """A text in one line and not too long; what is left out shows."""
    text = " ".join(text.split())
    if len(text) <= _LONGEST:
        return text
    return text[:_LONGEST].rpartition(" ")[0] + " …"


def context_of(moment: Moment, scenery: Scenery) -> tuple[str, tuple[int, ...]]:
    """1-2 sentences around a moment, and the lines they are from.

    Where it has none of its own, the last sentence before it and the first one after it, of lines
    on which something may be built.
    """
    ids, first, last = scenery.order, *(scenery.places[moment.evidence[n]] for n in (0, -1))
    around = ids[max(0, first - 2) : last + 3]
    if moment.context:
        told = sentences(moment.context)
        lines = [
            each
            for each in around
            if any(is_verbatim(part, (scenery.lines[each],)) for part in told)
        ]
        return cut(moment.context), tuple(lines) or moment.evidence
    near = []
    for place, which in ((first - 1, -1), (last + 1, 0)):
        if 0 <= place < len(ids) and (moment.kind in OF_DICE or scenery.in_story(ids[place])):
            near.append((sentences(scenery.lines[ids[place]].text)[which], ids[place]))
    return cut(" ".join(said for said, _ in near)), tuple(line for _, line in near)


def says_already(entry: Entry, wanted: Entry, same: float = SAME) -> bool:
    """Whether an entry of a profile says what another one would say.

    What happened (dice, scenes) is the same when it happened at the same time; what was said is
    the same when the words are, whenever it was. Of an entry that knows no time only words count.

    Args:
        entry: In the profile.
        wanted: What would be added.
        same: Likeness from which on two texts say the same.
    """
    if entry.category != wanted.category or not _same_others(entry.others, wanted.others):
        return False
    if wanted.type in _EVENTS and entry.start_ms is not None and wanted.start_ms is not None:
        near = abs(entry.start_ms - wanted.start_ms) <= _ONCE_MS
        return near and entry.session == wanted.session and entry.type in (None, wanted.type)
    if entry.relation and wanted.relation:
        return likeness(entry.relation, wanted.relation) >= same
    return likeness(entry.content, wanted.content) >= same


def _same_others(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether both are about the same; an entry that names nobody may be about anybody."""
    return not one or not other or {folded(n) for n in one} == {folded(n) for n in other}


def _nearest(update: Update, said: Sequence[Entry]) -> str | None:
    near = [(likeness(update.content, each.content), each.content) for each in said]
    best = max(near, default=(0.0, ""))
    return best[1] if best[0] >= NEARLY else None


def _with_evidence(kept: Update, more: Update) -> Update:
    """The surer one, borne out by both."""
    both = tuple(sorted({*kept.evidence, *more.evidence}))
    return replace(kept, evidence=both, start_ms=min(kept.start_ms, more.start_ms))
