"""Evidence: a claim is believed only where the lines it cites bear it out; pure, and for all alike.

Rules and models pass the same gate. What a claim cites must be among the lines it was shown, words
it quotes must have been said there, a label's value must be in its scheme, and whoever it names
must be known: in the cast, in the vocabulary, or in what was said. What fails is left out and
counted. Nothing that was said in a recording can change this: it is compared, never obeyed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from earwitness.core.claims import Labels, Moments, Refusal, Why
from earwitness.core.moment import Moment
from earwitness.core.playbook import Scheme
from earwitness.core.reading import Window
from earwitness.core.text import fold_text
from earwitness.core.transcript import Label, Utterance

TABLE_TALK: Final = "OOC"
"""Stance of what is no part of the game."""

OUT_OF_CHARACTER: Final = frozenset({TABLE_TALK, "MECHANICS"})
"""Stances on which no moment of the story is built; dice are told apart by their kind."""

IN_STORY: Final = frozenset({"IC", "NARRATION"})
"""Stances of what is said or told in the story."""

OF_DICE: Final = frozenset({"critical_hit", "fumble"})


def is_verbatim(quote: str, lines: Sequence[Utterance]) -> bool:
    """Whether words were said, one after another, in lines that follow each other.

    Letter case, punctuation and spaces play no part; a word is a whole word.
    """
    wanted = fold_text(quote)
    said = " ".join(fold_text(line.text) for line in lines)
    return bool(wanted) and f" {wanted} " in f" {said} "


def believed_labels(
    claimed: Iterable[Label], window: Window, schemes: tuple[Scheme, ...]
) -> Labels:
    """The labels that can be believed; of two of one scheme on one line the surer one.

    Args:
        claimed: By a rule or a model.
        window: What it was shown.
        schemes: What it was asked.
    """
    asked = {scheme.name: scheme for scheme in schemes}
    known = known_names(window)
    refused: Counter[Why] = Counter()
    kept: dict[tuple[int, str], Label] = {}
    for label in claimed:
        scheme = asked.get(label.scheme)
        if label.utterance not in window.ids:
            refused["unknown_line"] += 1
        elif scheme is None or (scheme.values and label.value not in scheme.values):
            refused["out_of_scheme"] += 1
        elif label.scheme == "character" and fold_text(label.value) not in known:
            refused["unknown_name"] += 1
        else:
            place = (label.utterance, label.scheme)
            other = kept.get(place)
            if other is None or (label.confidence or 0.0) > (other.confidence or 0.0):
                kept[place] = label
    return Labels(tuple(kept[place] for place in sorted(kept)), _counted(refused))


def believed_moments(claimed: Moments, window: Window) -> Moments:
    """The moments that can be believed, in order of time.

    Args:
        claimed: By a rule or a model.
        window: What it was shown, with the stances of its lines.
    """
    refused: Counter[Why] = Counter({each.why: each.count for each in claimed.refused})
    known = known_names(window)
    said = " ".join(fold_text(line.text) for line in (*window.before, *window.lines))
    stances = {each.utterance: each.value for each in window.labels if each.scheme == "stance"}
    kept = []
    for moment in claimed.moments:
        why = _doubt(moment, window, stances, lambda name: _is_known(name, known, said))
        if why is None:
            kept.append(moment)
        else:
            refused[why] += 1
    kept.sort(key=lambda each: (each.span.start_ms, each.evidence, each.kind))
    return Moments(tuple(kept), _counted(refused))


def known_names(window: Window) -> frozenset[str]:
    """Everybody who is known: the cast, whom they play, the terms, and who speaks; folded."""
    names = [*window.vocabulary]
    for person in window.cast:
        names += (person.name, *person.aliases, *(each.name for each in person.characters))
    names += [line.person for line in (*window.before, *window.lines) if line.person]
    names += [each.value for each in window.labels if each.scheme == "character"]
    return frozenset(fold_text(name) for name in names) - {""}


def _is_known(name: str, known: frozenset[str], said: str) -> bool:
    """Whether anybody knows a name; one that was only said has to stand there as a whole word."""
    wanted = fold_text(name)
    return wanted in known or (bool(wanted) and f" {wanted} " in f" {said} ")


def _doubt(
    moment: Moment, window: Window, stances: dict[int, str], is_known: Callable[[str], bool]
) -> Why | None:
    """Why a moment is not believed; None: it is."""
    lines = [line for line in window.lines if line.id in moment.evidence]
    if len(lines) != len(moment.evidence):
        return "unknown_line"
    if moment.quote is not None and not is_verbatim(moment.quote, lines):
        return "not_said"
    if not all(is_known(name) for name in moment.who):
        return "unknown_name"
    outside = any(stances.get(each) in OUT_OF_CHARACTER for each in moment.evidence)
    if outside and moment.kind not in OF_DICE:
        return "out_of_character"
    return None


def _counted(refused: Counter[Why]) -> tuple[Refusal, ...]:
    return tuple(Refusal(why, count) for why, count in sorted(refused.items()) if count)
