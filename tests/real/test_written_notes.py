"""Notes by language models on a real game, and the gate on what people wrote about real games.

The service is a toy that speaks HTTP on this machine; what is shown is what becomes of its answers.
"""

from __future__ import annotations

import gzip
import json
import math
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faulty import Call, FaultyService, Reply, refused
from tests.games import GAMES, imported, turns_of
from tests.modelling import answered, lines_in, said_in

import earwitness
from earwitness.core.evidence import is_verbatim
from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.text import fold_text
from earwitness.core.transcript import Utterance
from earwitness.core.wording import doubt_of, names_said

pytestmark = pytest.mark.skipif(not GAMES.is_dir(), reason="no games here")

EPISODES = ("C2E015", "C2E016", "C2E017")
KEYS = ("plans", "theories", "rulings", "open")


def inventive(call: Call) -> Reply:
    """For every section two true sentences and four that are not."""
    asked = lines_in(call)
    if "You put one section" in said_in(call):
        told = re.findall(r"^(\d+)(?:, \d+)* \| (.*)$", said_in(call), re.MULTILINE)
        kept = [{"text": text, "evidence": [int(number)]} for number, text in told[:8]]
        kept.append({"text": "It ends with Gandalf.", "evidence": [int(told[0][0])]})
        return answered({"sentences": kept})
    ids = list(asked)
    quotable = [n for n in ids if len(asked[n].split()) >= 6 and not set('"“”[]') & set(asked[n])]
    claims: list[dict[str, object]] = []
    for number in quotable[:2]:
        words = asked[number].split()
        claims.append({"text": f"Somebody says: “{' '.join(words[:6])}”.", "evidence": [number]})
    for text in ("Gandalf rolls a natural twenty.", "He meets Gandalf.", "She pays 98,765 gold."):
        claims.append({"text": text, "evidence": ids[:2]})
    if quotable:
        altered = [*asked[quotable[0]].split()[:5], "zebra"]
        claims.append({"text": f"Says “{' '.join(altered)}”.", "evidence": quotable[:1]})
    return answered({"sections": [{"key": key, "sentences": claims} for key in KEYS]})


def test_a_note_takes_few_calls_and_holds_nothing_invented(tmp_path: Path) -> None:
    session = imported(tmp_path, turns_of("C2E016", 1_040))
    lines = {line.id: line for line in earwitness.record(session).transcript.utterances}
    with FaultyService() as server:
        server.plan = inventive
        kept = earwitness.make_note(session, "recap_dm", models=[f"{server.url}#toy"])
        calls = len(server.calls)
    note = kept.note
    assert note is not None
    told = [each for section in note.sections for each in section.sentences]
    assert len(told) == 8 * len(KEYS)
    for sentence in told:
        cited = [lines[number] for number in sentence.evidence]
        assert is_verbatim(sentence.text.split("“")[1].rstrip("”."), cited)
    counts = {each.why: each.count for each in note.refused}
    windows = -(-len(lines) // 100)
    assert counts["unknown_name"] == 2 * len(KEYS) * windows + len(KEYS)
    assert counts["unknown_number"] == len(KEYS) * windows
    assert counts["not_said"] == len(KEYS) * windows
    assert calls == windows + len(KEYS)
    # Labels take 50 for a thousand lines, moments 34 (test_language_models.py).
    assert 84 + 1_000 * calls / len(lines) < 100


def test_a_note_of_which_a_part_failed_says_so_or_is_none(tmp_path: Path) -> None:
    session = imported(tmp_path, turns_of("C2E016", 250))
    with FaultyService() as server:
        server.plan = lambda call: refused(400, "bad") if call.number == 1 else inventive(call)
        try:
            kept = earwitness.make_note(session, "recap_dm", models=[f"{server.url}#toy"])
        except earwitness.EngineError:
            assert earwitness.notes(session) == ()
        else:
            assert kept.note is not None
            assert kept.note.lacking
    assert earwitness.record(session).transcript.utterances


# What people wrote about three episodes, each sentence with the lines most like it. Which lines a
# sentence rests on nobody wrote down, so some rest on others; what is altered must be caught.


def heard(episode: str) -> list[Utterance]:
    turns = json.loads(gzip.decompress((GAMES / f"{episode}.json.gz").read_bytes()))["TURNS"]
    made = []
    for number, turn in enumerate(turns):
        span = Span(number * 1_000, number * 1_000 + 900)
        words = tuple(Word(word, span) for word in " ".join(turn["UTTERANCES"]).split())
        if words:
            made.append(Utterance(number, span, words, "S1", turn["NAMES"][0].title()))
    return made


def written(episode: str) -> Iterator[str]:
    told = json.loads(gzip.decompress((GAMES / f"{episode}.json.gz").read_bytes()))["METADATA"]
    for part in told["Synopsis"]:
        if part["heading"] not in ("Pre-Show", "Announcements"):
            for piece in part["content"]:
                text = " ".join(piece["content"].split())
                yield from (s for s in re.split(r"(?<=[.!?])\s+", text) if len(s.split()) > 3)


def most_like(sentence: str, lines: list[Utterance], known: Counter[str]) -> list[Utterance]:
    wanted = set(fold_text(sentence).split())

    def likeness(line: Utterance) -> float:
        shared = wanted & set(fold_text(line.text).split())
        return -sum(math.log(len(lines) / known[word]) for word in sorted(shared))

    return sorted(sorted(lines, key=likeness)[:8], key=lambda line: line.id)


def altered(sentence: str) -> Iterator[str]:
    """The same with a name nobody knows, a number nobody said, words nobody spoke."""
    small = sentence[0].lower() + sentence[1:]
    yield f"Gandalf {small}"
    yield f"{sentence[:-1]} with Gandalf."
    yield f"{sentence[:-1]}, 98,765 times."
    yield f"{sentence[:-1]}, and “zebras drink tea”."


def test_what_people_wrote_is_kept_and_what_is_altered_is_not() -> None:
    kept = total = 0
    chance = random.Random(7)
    for episode in EPISODES:
        lines = heard(episode)
        known = Counter(word for line in lines for word in set(fold_text(line.text).split()))
        names = names_said(lines)
        for sentence in written(episode):
            cited = most_like(sentence, lines, known)
            believed = doubt_of(sentence, cited, language="en", names=names) is None
            total, kept = total + 1, kept + believed
            if believed:
                for other in altered(sentence):
                    assert doubt_of(other, cited, language="en", names=names) is not None
            line = chance.choice(cited)
            words = line.text.split()
            if len(words) >= 4 and not set('"“”') & set(line.text):
                quote = f"He says: “{' '.join(words[:4])}”."
                assert doubt_of(quote, [line], language="en", names=names) is None
    assert total > 200
    assert kept / total >= 0.75, f"{kept} of {total}"


def test_a_section_that_cannot_be_put_together_stands_as_it_was_collected(tmp_path: Path) -> None:
    session = imported(tmp_path, turns_of("C2E016", 500))

    def stubborn(call: Call) -> Reply:
        whole = "The section: What the players plan" in said_in(call)
        return refused(400, "bad") if whole else inventive(call)

    with FaultyService() as server:
        server.plan = stubborn
        kept = earwitness.make_note(session, "recap_dm", models=[f"{server.url}#toy"])
        assert kept.note is not None
        counts = {each.key: len(each.sentences) for each in kept.note.sections}
        assert (counts["plans"], counts["theories"]) == (10, 8)
        assert "1 of " in kept.note.lacking
        server.plan = inventive
        again = earwitness.make_note(session, "recap_dm", models=[f"{server.url}#toy"])
    assert again.note is not None
    assert (again.version, again.note.lacking) == (2, "")
