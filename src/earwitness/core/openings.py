"""Openings: words that sentences begin with and that are nobody's name, in English and Dutch.

A name that somebody made up looks like any first word of a sentence. Where it is no word that often
stands there, and nothing that was said, it is taken for a name.
"""

from __future__ import annotations

from typing import Final

from earwitness.core.number_words import listed, number_words

_ENGLISH: Final = frozenset(
    listed(
        "a an the this that these those he she it they we you who whoever what whatever which when"
        " whenever where wherever why how here there now then today yesterday tomorrow tonight"
        " later soon once again still also even only just yet already always never often sometimes"
        " usually maybe perhaps however instead meanwhile moreover otherwise therefore thus hence"
        " and but or nor so if unless until while whereas because since though although as than"
        " after before during between among about above across against along around at behind"
        " below beneath beside besides beyond by despite down for from in inside into like near of"
        " off on onto out outside over past per through throughout to toward towards under up upon"
        " via with within without next last first second third finally lastly no none not nothing"
        " nobody neither either both all any each every everyone everybody everything some someone"
        " somebody something somewhere most more many much few fewer several various other others"
        " another such same one his her its their my our your whose is are was were be been has"
        " have had do does did can could will would shall should may might must let yes apart due"
        " given together overall"
        # who notes are about, and what telegraphic notes begin with
        " client clients patient patients doctor doctors therapist therapists clinician clinicians"
        " nurse player players party group team people participants members everyone speaker"
        " speakers leader dungeon master game mother father parents partner family friend friends"
        " reports report denies describes states says asks feels takes sleeps complains mentions"
        " wants agrees plans plan uses lives works drinks smokes experiences notes presents"
        " requests suffers seems appears remains continues reviewed advised agreed discussed"
        " mood sleep appetite energy treatment medication symptoms symptom pain homework session"
        " work progress risk anxiety stress concentration motivation therapy goals goal exposure"
        " meeting budget agenda discussion decision decisions action actions questions question"
        " appointment follow examination findings history allergies weight blood tests test"
        " diagnosis advice thoughts results less worse better good"
    )
)
_DUTCH: Final = frozenset(
    listed(
        "de het een dit dat deze die hij zij ze wij we jij je u jullie ik men wie wat welke"
        " wanneer waar waarom hoe hier daar er nu toen dan vandaag gisteren morgen vanavond"
        " vanmiddag vanochtend later straks binnenkort ooit weer nog ook zelfs alleen pas al altijd"
        " nooit vaak soms meestal misschien wellicht echter intussen ondertussen bovendien anders"
        " daarom dus daardoor daarna daarvoor daarbij daarmee daarnaast daarop daarover daartegen"
        " hierdoor hierna hierbij hiermee hierover en maar of want als tenzij tot totdat terwijl"
        " omdat doordat zodat sinds hoewel zoals na nadat voor voordat tijdens tussen onder over"
        " op in uit bij met zonder door tegen langs om rond achter naast boven beneden binnen"
        " buiten avonds ochtends middags nachts morgens"
        " volgens ondanks dankzij vanaf vanuit van naar per via te ten ter eerst eerste tweede"
        " derde volgende vorige laatste tenslotte uiteindelijk geen niet niets niemand alles"
        " iedereen allen alle elk elke ieder iedere iets iemand sommige veel weinig meer minder"
        " meeste enkele verschillende andere ander beide beiden zo zijn haar hun mijn onze ons uw"
        " is was waren wordt werd worden heeft hebben had hadden kan kunnen kon zal zullen zou wil"
        " willen wilde moet moeten moest mag mogen gaat gaan ging ja nee"
        " cliënt client cliënten patiënt patient patiënten arts dokter behandelaar therapeut"
        " verpleegkundige speler spelers groep team deelnemers mensen leden spreker sprekers"
        " spelleider moeder vader ouders partner familie vriend vrienden"
        " meldt zegt vraagt voelt neemt slaapt klaagt noemt vertelt beschrijft ontkent gebruikt"
        " woont werkt drinkt rookt ervaart geeft krijgt komt blijft lijkt ziet vindt denkt maakt"
        " stemming slaap eetlust energie behandeling medicatie klachten klacht pijn huiswerk sessie"
        " werk voortgang risico angst spanning stress concentratie therapie doelen doel plan"
        " vergadering begroting agenda besluit besluiten actie acties actiepunten vragen vraag"
        " afspraak onderzoek bevindingen voorgeschiedenis allergieën gewicht bloed uitslag diagnose"
        " advies gedachten slechter beter afgesproken besproken samen vooral"
    )
)
ORDINARY: Final = _ENGLISH | _DUTCH
"""Nobody's name, whatever its letters."""

_ENGLISH_ENDS: Final = ("ing", "ed", "tion", "sion", "ment", "ments", "ness", "tions", "wise")
_DUTCH_ENDS: Final = ("heid", "ingen", "lijk", "lijke", "baar", "elijks", "tie", "ties", "isch")
_MAYBE: Final = {
    "en": ("s", "ly", "ity", "ence", "ance", "ism", "al", "ous", "ful", "ward"),
    "nl": ("t", "s", "en", "ing", "ig", "loos", "zaam"),
}
"""Endings of ordinary words and of names: a word with one is a name where a verb follows it."""

_VERBS: Final = frozenset(
    listed(
        "is are was were has have had do does did can could will would shall should may might must"
        " went came said told took gave made saw found got knew felt left kept brought thought ran"
        " fell held met put let set cut led paid won lost spoke wrote began became stood sat slept"
        " ate drank broke chose drove flew grew rode rose sang threw wore sent spent built bought"
        " caught taught fought sought heard read understood hid hit hurt shut and or"
        " wordt werd worden heeft hebben hadden kan kunnen kon zal zullen zou wil willen wilde moet"
        " moeten moest mag mogen gaat gaan ging kwam zei nam gaf zag vond kreeg wist liet hield"
        " bracht dacht liep viel stond zat sliep at dronk brak koos reed sprak schreef begon hoorde"
        " las en of"
    )
)
_NO_VERBS: Final = frozenset(
    listed("his this its as us always perhaps less various previous need indeed het niet met uit")
)


def is_opening(word: str, after: str, language: str | None) -> bool:
    """Whether the first word of a sentence may be taken for an ordinary word.

    Args:
        word: Folded.
        after: The word that follows it, folded; empty: none.
        language: Of the sentence; in languages that have no list here any word is ordinary.
    """
    if language not in _MAYBE:
        return True
    known, ends = (_ENGLISH, _ENGLISH_ENDS) if language == "en" else (_DUTCH, _DUTCH_ENDS)
    if word in known or word in number_words(language) or word.partition("'")[0] in known:
        return True
    if word.endswith(ends):
        return True
    return word.endswith(_MAYBE[language]) and not _is_verb(after, language)


def _is_verb(word: str, language: str) -> bool:
    """Whether a word may be what somebody does; rather too often than too seldom."""
    if word in _NO_VERBS:
        return False
    ends = ("s", "ed") if language == "en" else ("t", "de", "te", "den", "ten")
    return word in _VERBS or word.endswith(ends)
