"""Stock phrases: known as whole lines only, in several languages."""

from __future__ import annotations

import pytest

from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.stages.stock import is_stock


def line(text: str, *, glued: bool = False) -> list[Word]:
    parts = list(text) if glued else text.split()
    return [Word(part, Span(n * 200, n * 200 + 200), None, glued) for n, part in enumerate(parts)]


@pytest.mark.parametrize(
    "text",
    [
        "Thanks for watching!",
        "Thank you for watching.",
        "Subtitles by the Amara.org community",
        "Ondertiteld door Jan Jansen",
        "Ondertiteling ingediend door de Amara.org gemeenschap",
        "Ondertitels ingediend door de Amara.org gemeenschap",
        "Bedankt voor het kijken!",
        "TV GELDERLAND 2021",
        "Untertitel der Amara.org-Community",
        "Sous-titres réalisés para la communauté d'Amara.org",
        "Subtítulos realizados por la comunidad de Amara.org",
        "Продолжение следует...",
    ],
)
def test_known_lines(text: str) -> None:
    assert is_stock(line(text))


@pytest.mark.parametrize("text", ["ご視聴ありがとうございました", "字幕作者:李宗盛"])
def test_scripts_without_spaces(text: str) -> None:
    assert is_stock(line(text, glued=True))


@pytest.mark.parametrize(
    "text",
    [
        "Ja",
        "OK.",
        "Hm",
        "Thank you.",
        "Dank je wel",
        "Thanks for watching the kids last night",
        "He said thanks for watching and then he left the room for good",
        "De film is ondertiteld door een vriend van mij en hij deed er weken over",
        "See you next time we meet at the bridge",
        "Amara said we should go to the organ in the old church down by the river today",
    ],
)
def test_lines_that_people_say(text: str) -> None:
    assert not is_stock(line(text))


def test_no_words_are_no_phrase() -> None:
    assert not is_stock([])
