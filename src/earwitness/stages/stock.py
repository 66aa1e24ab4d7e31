"""Stock phrases: what engines that learnt from subtitles write where nobody speaks.

A phrase alone is no reason: people thank their viewers, too. It is stock only as (nearly) a whole
line, and with little speech under it or little confidence in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from earwitness.core.speech import Word
from earwitness.core.text import fold_text, join_words

LONGEST: Final = 14
"""Words in the longest line that is compared."""

PHRASES: Final = frozenset(
    fold_text(phrase)
    for phrase in (
        "thanks for watching",
        "thank you for watching",
        "thank you so much for watching",
        "thanks for watching and see you next time",
        "thank you for watching and see you in the next video",
        "thanks for listening",
        "thank you for listening",
        "please subscribe",
        "please like and subscribe",
        "like and subscribe",
        "please subscribe to my channel",
        "don't forget to like and subscribe",
        "don't forget to subscribe",
        "see you next time",
        "see you in the next video",
        "i'll see you in the next video",
        "bedankt voor het kijken",
        "bedankt voor het kijken en tot de volgende keer",
        "dank je wel voor het kijken",
        "dank u voor het kijken",
        "bedankt voor het luisteren",
        "tot de volgende keer",
        "tot de volgende video",
        "tot in de volgende video",
        "vergeet niet te abonneren",
        "abonneer je op mijn kanaal",
        "vielen dank fürs zuschauen",
        "danke fürs zuschauen",
        "bis zum nächsten mal",
        "merci d'avoir regardé cette vidéo",
        "merci d'avoir regardé",
        "abonnez-vous",
        "n'oubliez pas de vous abonner",
        "gracias por ver el video",
        "gracias por ver",
        "¡suscríbete al canal!",
        "grazie per aver guardato il video",
        "obrigado por assistir",
        "tack för att ni tittade",
        "tak fordi du så med",
        "dziękuję za uwagę",
        "продолжение следует",
        "спасибо за просмотр",
        "ご視聴ありがとうございました",
        "チャンネル登録お願いします",
        "시청해 주셔서 감사합니다",
        "谢谢观看",
        "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目",
    )
)
"""Whole lines, folded; white space does not count where a script sets none."""

_SIGNED: Final = re.compile(
    r"""\bamara\s?org\b | \bopensubtitles\b
    | ^(?:ondertitel(?:d|ing|s)?|vertaling)(?:\s(?:ingediend|gemaakt|en\svertaling))?\sdoor\b
    | ^tv\sgelderland\b | ^nederlandse\sondertiteling\b | ^ondertiteling\stt888\b
    | ^subtitles?\s(?:created\s|made\s|provided\s)?by\b | ^captions?\s(?:provided\s)?by\b
    | ^subtitled\sby\b | ^transcri(?:ption|bed|pt)\s(?:provided\s)?by\b
    | ^untertitel(?:ung)?\s(?:von|der|des|im\sauftrag|bei)\b
    | ^sous\stitr(?:es|age)\b | ^sottotitoli\b | ^subt[íi]tulos\s(?:por|realizados)\b
    | ^legendas\s(?:pela|por)\b | ^undertexter\b | ^undertekster\b | ^tekstet\sav\b
    | ^napisy\s(?:stworzone|wykonane)\b | ^субтитры\s | ^字幕""",
    re.VERBOSE,
)
"""Lines that credit whoever wrote subtitles, folded."""

_SPACES = re.compile(r"\s+")
_UNSPACED: Final = frozenset(_SPACES.sub("", phrase) for phrase in PHRASES if not phrase.isascii())


def is_stock(words: Sequence[Word]) -> bool:
    """Whether a line is nothing but a phrase engines make up; what else speaks for it is not asked.

    Args:
        words: One line, from pause or sentence end to the next.
    """
    if not words or (len(words) > LONGEST and not any(word.glued for word in words)):
        return False
    line = fold_text(join_words(words))
    return (
        line in PHRASES
        or _SIGNED.search(line) is not None
        or (not line.isascii() and _SPACES.sub("", line) in _UNSPACED)
    )
