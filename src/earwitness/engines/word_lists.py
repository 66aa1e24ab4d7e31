"""Word lists: the words of a language as the pyspellchecker package ships them; offline."""

from __future__ import annotations

from functools import cache
from typing import Final

from earwitness.core.lexicon import ENGLISH_STOP_WORDS, STOP_WORDS, Lexicon

LISTED: Final = frozenset({"de", "en", "es", "fr", "it", "nl", "pt", "ru"})
"""Languages there is a list of."""

FREQUENT: Final = 3_000
"""So many words of a list count as said every day."""

UNSAID: Final = ("en", "nl")
"""Languages whose words hold where nobody says which one is spoken."""


def lexicon_for(language: str | None) -> Lexicon:
    """The words of a language; of English and Dutch where it is unknown; none where there is no
    list of it.
    """
    wanted = UNSAID if language is None else (language,) if language in LISTED else ()
    found = Lexicon(stop_words=ENGLISH_STOP_WORDS if language == "en" else STOP_WORDS)
    for each in wanted:
        found = found | _read(each)
    return found


@cache
def _read(language: str) -> Lexicon:
    from spellchecker import SpellChecker

    counted = SpellChecker(language=language).word_frequency.dictionary
    often = sorted(counted, key=lambda word: (-counted[word], word))[:FREQUENT]
    return Lexicon(frozenset(counted), frozenset(often), frozenset())
