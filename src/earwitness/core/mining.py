"""Mining: words of a transcript that look like names or terms; nothing is accepted by it.

Two signs. A capital inside a sentence: of words that the language has too, most of their uses must
have it. And a word that the language does not have at all. A transcriber that writes no capitals
leaves the second only; one that knows only the words of its own list (pocketsphinx) leaves nothing
to be found: names come from corrections there.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from earwitness.core.lexicon import Lexicon, stem
from earwitness.core.people import NAME_CHARS
from earwitness.core.terms import Kind, Sighting
from earwitness.core.transcript import Transcript, Utterance

CAPITAL_NOUNS: Final = frozenset({"de", "lb"})
"""Languages that write every noun with a capital: there it says nothing."""

CASED: Final = 0.003
"""A transcript writes capitals when at least this share of words inside sentences has one."""

LEAST_CAPITAL: Final = 0.6
LEAST_CAPITAL_FREQUENT: Final = 0.9
"""Share of uses with a capital, of words the language has, and of those said every day."""

LONGEST: Final = 4
"""A name of several words has at most so many."""

SHORTEST_UNKNOWN: Final = 4
"""A word without a capital is proposed from so many letters on: shorter ones are mostly sounds."""

_ENDS: Final = frozenset(".?!…:;")
_OPENS: Final = frozenset("\"“”„«(['‘’-–—♪*")
_PAUSES: Final = frozenset(',)]"”-–—')
_ABBREVIATED: Final = frozenset({"mr", "mrs", "ms", "dr", "st", "prof", "dhr", "mevr", "drs", "ir"})
_LINKS: Final = frozenset({"of", "the", "de", "van", "der", "den", "het", "ter", "ten", "&", "la"})
_WORD: Final = re.compile(r"\w[\w&-]*\w")
_ROMAN: Final = re.compile(r"[ivx]+")
_LEAST_PART: Final = 4
"""Of a word that is made of two, each has at least so many letters."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a line as it is looked at.

    Attributes:
        index: Which of the line's written words it is: what stands between spaces.
        text: Without punctuation and possessive ending.
        key: Folded.
        opens: It may have a capital for another reason than being a name.
        capital: It begins with a capital.
        pause: Something stands behind it that no name goes on over.
    """

    index: int
    text: str
    key: str
    opens: bool
    capital: bool
    pause: bool


@dataclass(slots=True)
class _Uses:
    """How one word, or several as one, is used."""

    written: Counter[str] = field(default_factory=Counter)
    lines: dict[str | None, set[int]] = field(default_factory=lambda: defaultdict(set))
    capital: int = 0
    small: int = 0
    at_ms: int | None = None

    def note(self, text: str, line: Utterance) -> None:
        self.written[text] += 1
        self.lines[line.voice or line.person].add(line.id)
        if self.at_ms is None or line.span.start_ms < self.at_ms:
            self.at_ms = line.span.start_ms

    @property
    def share(self) -> float:
        return self.capital / (self.capital + self.small) if self.capital else 0.0

    @property
    def count(self) -> int:
        return len(set().union(*self.lines.values())) if self.lines else 0

    def sighting(self, kind: Kind, form: float) -> Sighting:
        text = min(self.written, key=lambda each: (-self.written[each], each))
        voices = tuple(sorted((len(lines) for lines in self.lines.values()), reverse=True))
        return Sighting(text[:NAME_CHARS].strip(), kind, form, voices, self.at_ms or 0)


def mine(
    transcript: Transcript, lexicon: Lexicon, *, language: str | None = None
) -> tuple[Sighting, ...]:
    """Words that look like names or terms.

    Args:
        transcript: As people see it.
        lexicon: The language's own words; without one no word counts as unknown.
        language: What is spoken; None: unknown.

    Returns:
        Each once, by text. No stop word is ever among them.
    """
    lines = [(line, tuple(tokens_of(line))) for line in transcript.utterances]
    if language not in CAPITAL_NOUNS and _is_cased([tokens for _, tokens in lines], lexicon):
        found = _by_capitals(lines, lexicon)
    else:
        found = {}
    found = {**_by_strangeness(lines, lexicon), **found}
    return tuple(found[key] for key in sorted(found))


def tokens_of(line: Utterance) -> Iterator[Token]:
    """The words of a line without what stands around them."""
    return tokens_in(line.text)


def tokens_in(line: str) -> Iterator[Token]:
    """The same of a line's text."""
    opens, shouted = True, line.isupper()
    for index, raw in enumerate(line.split()):
        bare = raw.strip("".join(_OPENS | _ENDS | _PAUSES | {",", "/", "~", "_"}))
        first = opens or raw[:1] in _OPENS
        text = _bare(bare)
        if text:
            capital = text[:1].isupper() and not shouted
            pause = raw[-1:] in _PAUSES | _ENDS and text.casefold() not in _ABBREVIATED
            yield Token(index, text, text.casefold(), first, capital, pause)
        ended = raw.rstrip("\"”)]'’")[-1:] in _ENDS
        opens = (ended and text.casefold() not in _ABBREVIATED) or raw.endswith(("-", "–", "—"))
        opens = opens or not text


def _bare(text: str) -> str:
    """Without a possessive ending: `Caleb's`, `Jan's`, `the guards'`."""
    plain = text.replace("’", "'")
    head, mark, tail = plain.rpartition("'")
    return head if mark and head and tail.casefold() in {"", "s"} else plain


def _is_cased(lines: Sequence[tuple[Token, ...]], lexicon: Lexicon) -> bool:
    inside = [token for tokens in lines for token in tokens if not token.opens]
    capital = sum(token.capital and not lexicon.stops(token.key) for token in inside)
    return bool(inside) and capital >= CASED * len(inside)


def _by_capitals(
    lines: Sequence[tuple[Utterance, tuple[Token, ...]]], lexicon: Lexicon
) -> dict[str, Sighting]:
    single: dict[str, _Uses] = defaultdict(_Uses)
    several: dict[str, _Uses] = defaultdict(_Uses)
    for line, tokens in lines:
        for token in tokens:
            uses = single[token.key]
            if not token.capital:
                uses.small += 1
            elif not token.opens:
                uses.capital += 1
                uses.note(token.text, line)
        for run in _runs(tokens, lexicon):
            several[" ".join(token.key for token in run)].note(
                " ".join(token.text for token in run), line
            )
    names = {key: uses for key, uses in several.items() if uses.count > 1}
    inside: Counter[str] = Counter()
    for key, uses in names.items():
        for part in set(key.split()):
            inside[part] += uses.count
    found = {key: uses.sighting(Kind.NAME, 0.9) for key, uses in names.items()}
    for key, uses in single.items():
        form = _form(key, uses, lexicon)
        if form and inside[key] * 10 < uses.count * 7:
            kind = Kind.TERM if _is_short_form(uses) else Kind.NAME
            found[key] = uses.sighting(kind, form)
    return found


def _runs(tokens: Sequence[Token], lexicon: Lexicon) -> Iterator[tuple[Token, ...]]:
    """Capitals that follow each other inside a sentence, small links between them included."""
    run: list[Token] = []
    for token in (*tokens, None):
        if token is not None and token.capital and not token.opens:
            run.append(token)
            if not token.pause:
                continue
        elif token is not None and run and token.key in _LINKS and not token.pause:
            run.append(token)
            continue
        yield from _as_name(run, lexicon)
        run = []


def _as_name(run: Sequence[Token], lexicon: Lexicon) -> Iterator[tuple[Token, ...]]:
    kept = list(run)
    while kept and (kept[-1].key in _LINKS or lexicon.stops(kept[-1].key)):
        kept.pop()
    while kept and (kept[0].key in _LINKS or lexicon.stops(kept[0].key)):
        kept.pop(0)
    if 1 < len(kept) <= LONGEST:
        yield tuple(kept)


def _form(key: str, uses: _Uses, lexicon: Lexicon) -> float:
    """How much a capitalised word looks like a name; 0: not at all."""
    if lexicon.stops(key) or not uses.capital or not _WORD.fullmatch(key) or _ROMAN.fullmatch(key):
        return 0.0
    if not lexicon.knows(key):
        return 0.95 * uses.share
    if key in lexicon.frequent or stem(key) in lexicon.frequent:
        return 0.6 * uses.share if uses.share >= LEAST_CAPITAL_FREQUENT and uses.count > 1 else 0.0
    return 0.8 * uses.share if uses.share >= LEAST_CAPITAL else 0.0


def _is_short_form(uses: _Uses) -> bool:
    """`NPC`, `HP`: capitals all through."""
    return all(text.isupper() for text in uses.written)


def _by_strangeness(
    lines: Sequence[tuple[Utterance, tuple[Token, ...]]], lexicon: Lexicon
) -> dict[str, Sighting]:
    """Words without a capital that the language does not have, in two lines at least."""
    found: dict[str, _Uses] = defaultdict(_Uses)
    if not lexicon.known:
        return {}
    for line, tokens in lines:
        for token in tokens:
            if not token.capital and _is_strange(token.key, lexicon):
                found[token.key].note(token.key, line)
    return {
        key: uses.sighting(Kind.TERM, 0.4)
        for key, uses in found.items()
        if uses.count > 1 and not _is_inflected(key, lexicon)
    }


def _is_strange(key: str, lexicon: Lexicon) -> bool:
    if len(key) < SHORTEST_UNKNOWN or not key.isalpha() or lexicon.stops(key):
        return False
    return not lexicon.knows(key) and not _is_noise(key)


def _is_noise(key: str) -> bool:
    """`aaah`, `hmmm`, `boooo`: a letter three times, or no vowel."""
    stretched = any(key[n] == key[n + 1] == key[n + 2] for n in range(len(key) - 2))
    return stretched or not set(key) & set("aeiouyáàäéèëíìïóòöúùü")


def _is_inflected(key: str, lexicon: Lexicon) -> bool:
    """`goblinlike`, `rerolled`: the language has what it is made of."""
    endings = ("s", "es", "ed", "ing", "y", "ish", "like", "en", "je", "jes", "tje", "tjes", "er")
    if any(key.endswith(end) and key[: -len(end)] in lexicon.known for end in endings):
        return True
    return any(
        key[:cut] in lexicon.known and key[cut:] in lexicon.known
        for cut in range(_LEAST_PART, len(key) - _LEAST_PART + 1)
    )
