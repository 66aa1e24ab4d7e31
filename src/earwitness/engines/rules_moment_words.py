"""Words by which rules find moments, in English and Dutch.

Moments of both languages are looked for in every line: players mix them.
"""

from __future__ import annotations

import re
from typing import Final

from earwitness.core.moment import MomentKind
from earwitness.engines.rules_language import plain

Found = tuple[re.Pattern[str], float]
"""A pattern, and how often it is right where it matches, as far as its writers know."""


def _pattern(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{part})" for part in parts), re.IGNORECASE)


_UNITS: Final = (
    r"(?![ -]?(?:minut\w*|hours?|seconds?|days?|weeks?|months?|years?|feet|foot|met(?:er|re)s?"
    r"|miles?|degrees?|percent|people|dollars?|euro|uur|uren|second\w*|dag(?:en)?|weken|maanden"
    r"|jaar|graden"
    r"|procent|mensen|kilo\w*|[.,:]\d|%|\d)\b)"
)
_NATURAL: Final = r"\b(?:nat(?:ural)?|natuurlijke?)[ -]?"

DICE: Final[tuple[tuple[MomentKind, re.Pattern[str], float], ...]] = (
    ("critical_hit", _pattern(rf"{_NATURAL}(?:20s?|twenty|twintig)\b{_UNITS}"), 0.95),
    (
        "critical_hit",
        _pattern(r"\bcritical hit\b", r"\b(?:a|that's|it's) crit\b", r"\bkritieke treffer\b"),
        0.8,
    ),
    (
        "fumble",
        _pattern(rf"{_NATURAL}(?:1|one|één|een)\b(?! (?:of|for|who|to|in|van|voor|die)\b){_UNITS}"),
        0.95,
    ),
    ("fumble", _pattern(r"\bcritical (?:fail(?:ure)?|miss)\b", r"\bkritieke misser\b"), 0.8),
)

SUPPOSED: Final = _pattern(
    r"\b(?:if|unless|would|could|should|imagine|what happens|whenever|when you|every|each|any"
    r"|never"
    r"|not|no|isn't|wasn't|wish|hope|need|almost|nearly|once|used to|without|for all|chance"
    r"|last (?:week|time|session)|on a|remember|in case|because|since|go for|what a)\b",
    r"\b(?:als|tenzij|zou|zouden|stel|elke|iedere|nooit|niet|geen|bijna|hoop|wou|moet|nodig|kans"
    r"|vorige (?:week|keer|sessie)|ooit|bij een|zonder|weet je nog|omdat|voor het geval)\b",
)
"""A roll that is talked about, and was not made."""

WISHED: Final = _pattern(r"\b(?:would|could|please|zou|graag|nodig)\b")
"""After a roll that is named, and was not made."""

ASKED_OF_DICE: Final = _pattern(
    r"\b(?:did|do|does|was|is|are|were|has|have|who|what)\b[^.!?]{0,200}\?",
    r"\b(?:heb|heeft|had|was|is|wie|wat|gooide|rolde)\b[^.!?]{0,200}\?",
)

DECISION: Final[Found] = (
    _pattern(
        r"\bwe(?:'ve| have)? (?:all )?(?:decided|agreed)\b",
        r"\bi(?:'ve| have) decided\b",
        r"\b(?:it's|it is|that's|then it's|that is) (?:decided|settled|agreed)\b",
        r"\b(?:we'll|we will|let's|we're going to) go with\b",
        r"^(?:all right, |okay, )?(?:agreed|decided)[.!:,]",
        r"\b(?:the|our|first|next|second|last|other) decision is\b",
        r"^(?:so|okay,? so) we(?:'re| are) (?:all )?agreed\b",
        r"\bmy mind is made up\b",
        r"\bso it's a plan\b",
        r"\bmotion (?:carries|is carried)\b",
        r"\b(?:we|wij|ik) (?:heb|hebben) (?:\w+ )?besloten\b",
        r"\b(?:dat|het) is (?:dan )?(?:besloten|afgesproken)\b",
        r"^(?:oké, |goed, |dan is het )?(?:afgesproken|besloten)[.!:,]",
        r"\bwe (?:gaan|kiezen) (?:dus |dan )?(?:voor|met)\b",
        r"\b(?:ons|het|mijn) besluit (?:is|staat)\b",
        r"\bdan doen we het zo\b",
        r"\bwe spreken af\b",
    ),
    0.75,
)
PROMISE: Final[Found] = (
    _pattern(
        r"\b(?:i|we) (?:\w+ )?(?:promise|swear|vow|pledge)\b(?! you would)",
        r"\byou have (?:my|our) word\b",
        r"\b(?:i|we) give you (?:my|our) word\b",
        r"\bon my (?:word|honou?r|life)\b",
        r"\bi(?:'ll| will) (?:send|email|write|call|prepare|finish|fix|deliver|bring|pay|do)\b"
        r"[^.!?]{0,200}\b(?:tomorrow|tonight|(?:by|before|on) (?:mon|tues|wednes|thurs|fri"
        r"|satur|sun)day"
        r"|by (?:noon|the end)|next week|this week|end of (?:the )?(?:day|week|month))\b",
        r"\bi(?:'ll| will) (?:always|never (?:leave|let|forget|hurt|betray))\b",
        r"\bi(?:'ll| will) (?:make sure|see to it)\b",
        r"\b(?:i|we)(?:'ll| will) (?:pay you back|repay you|protect (?:you|him|her|them)"
        r"|keep (?:you|him"
        r"|her|them) safe|come (?:back )?for you|get you out|look after (?:you|him|her|them)"
        r"|make it up"
        r" to you|find a good home|do our (?:humble )?best|avenge|keep (?:your|the|this"
        r"|that) secret"
        r"|help you (?:find|get|fight|kill|save|with)|take you (?:home|there)|not (?:fail"
        r"|forget|leave)"
        r" (?:you|him|her|them))\b",
        r"\b(?:i|we)(?:'ll| will) (?:return|come back|be back)\b[^.!?]{0,200}\b(?:by|before"
        r"|for (?:you|him|her"
        r"|them)|with (?:the|your|his|her)|tomorrow|tonight|at dawn|alive)\b",
        r"\bi won't (?:let (?:you|them|him|her|any\w+) |tell (?:any\w*|a soul)|leave you"
        r"|forget (?:this"
        r"|you|it))",
        r"\byou can (?:count|rely|depend) on (?:me|us)\b",
        r"\b(?:ik|we|wij) (?:beloof|beloven|zweer|zweren)\b",
        r"\b(?:je|jij|u|jullie) (?:hebt|heb|heeft|hebben) mijn woord\b",
        r"\bop mijn (?:woord|eer|erewoord)\b",
        r"\b(?:ik|we) (?:zorg|zorgen|zal|zullen) er ?voor\b",
        r"\bik (?:stuur|mail|bel|maak|schrijf|lever|breng|regel)\b[^.!?]{0,200}\b(?:morgen"
        r"|vanavond"
        r"|vandaag|voor (?:maan|dins|woens|donder|vrij|zater|zon)dag|volgende week|deze week)\b",
        r"\bik (?:zal|laat) (?:je|jullie|u) (?:altijd|nooit)\b",
        r"\b(?:ik|we|wij) (?:betaal|betalen|zal|zullen) (?:je|jou|jullie|u|het|hem"
        r"|haar)\b[^.!?]{0,200}"
        r"\b(?:terug(?:betalen)?|beschermen|niet (?:vergeten|verlaten|teleurstellen)|wreken"
        r"|helpen)\b",
        r"\b(?:ik|we|wij) (?:kom|komen) (?:je|jou|jullie|u) (?:halen|redden|bevrijden)\b",
        r"\b(?:ik|we|wij) (?:kom|komen|ben|zijn) (?:\w+ ){0,3}terug\b[^.!?]{0,200}\b(?:voor|morgen"
        r"|vanavond"
        r"|met de|met het)\b",
        r"\b(?:je|jullie|u) (?:kunt|kan|kunnen) op (?:mij|me|ons) rekenen\b",
    ),
    0.75,
)
DEVELOPMENT: Final[Found] = (
    _pattern(
        r"\bi(?:'ve| have) changed\b",
        r"\bi used to\b[^.!?]{0,200}\b(?:but now|not any ?more|now i)\b",
        r"\bi(?:'m| am) not (?:who|what|the \w+) i (?:was|used to be)\b",
        r"\bi forgive (?:you|him|her|them|myself)\b",
        r"\bi was wrong about\b",
        r"\bi(?:'ve| have) never told (?:any|this)\w*\b",
        r"\bi(?:'m| am) not (?:afraid|scared) any ?more\b",
        r"\bik ben (?:echt )?veranderd\b",
        r"\bvroeger\b[^.!?]{0,200}\b(?:maar nu|nu niet meer)\b",
        r"\bik ben niet meer (?:wie|wat|de \w+ die)\b",
        r"\bik vergeef (?:je|jou|hem|haar|hen|mezelf)\b",
        r"\bik had het mis over\b",
        r"\bik ben niet (?:meer|langer) bang\b",
    ),
    0.65,
)

LIVED: Final[Found] = (
    _pattern(
        r"\bi(?:'ve| have) never (?:said|told|shown|admitted|shared) (?:this|that|it|any\w+)\b",
        r"\bi (?:didn't|did not|never) (?:have|had) a (?:childhood|family|home|father|mother"
        r"|friend)\b",
        r"\bi was (?:so |very |always )?(?:afraid|scared|ashamed|alone|lonely|an orphan|a slave"
        r"|a prisoner|taken from)\b(?!,? (?:it|that|you|he|she|we|they|of (?:rolling|missing))\b)",
        r"\bi used to (?:be (?:an? |like |so )|live|believe|hate|fear|think that|dream|run"
        r"|work for)",
        r"\bwhen i was (?:a (?:child|kid|boy|girl|little)|young(?:er)?|little|growing up)\b",
        r"\bi (?:grew up|ran away from|was raised|was born|lost my|left my|killed my)\b"
        r"(?! (?:spell|turn|dice|phone|place|concentration|notes|pen|page|mind|whole|half))",
        r"\bi(?:'ve| have) (?:learned|worked hard|spent my (?:whole )?life|been running from)\b",
        r"\b(?:where i(?:'m| am| come) from|the place i come from)\b",
        r"\bmy (?:mother|father|mom|parents|brother|sister) (?:died|was killed|were killed"
        r"|left (?:me|us)"
        r"|taught me|used to|never|always|hated|loved|sold)\b",
        r"\bik heb (?:dit|dat|het) (?:nog )?nooit (?:aan )?(?:iemand )?(?:verteld|gezegd"
        r"|laten zien)\b",
        r"\bik was (?:zo |heel |altijd )?(?:bang|alleen|eenzaam|een (?:wees|slaaf|gevangene))\b"
        r"(?!,? (?:dat|voor een)\b)",
        r"\btoen ik (?:een )?(?:kind|klein|jong|jonger|jongen|meisje)\b",
        r"\bik (?:ben opgegroeid|groeide op|ben weggelopen|ben gevlucht|werd geboren"
        r"|verloor mijn)\b",
        r"\bik heb geleerd\b",
        r"\bwaar ik vandaan kom\b",
        r"\bmijn (?:moeder|vader|ouders|broer|zus) (?:stierf|stierven|verliet|leerde mij|leerde me"
        r"|zei altijd|heeft mij)\b",
    ),
    0.6,
)
"""What somebody tells of their own life, which explains who they are."""

DENIED: Final = _pattern(
    r"\b(?:haven't|hasn't|didn't|don't|can't|cannot|won't|not|no|never|nobody|if|unless|would"
    r"|could"
    r"|might|who|have we|did we|did you)\b(?= (?:\w+ ){0,3}(?:decid|agree|settle|promis|swear|vow"
    r"|chang|forg|brother|sister|friend|go with))",
    r"\bmaybe\b(?=.*\bi'll\b)",
    r"\b(?:if|unless|imagine|suppose|what if|als|tenzij|stel(?! voor))\b",
    r"\b(?:promise me|beloof me|beloof je|no promises|geen beloftes)\b",
    r"\b(?:niet|nooit|geen|hebben we|heb je)\b(?= (?:\w+ ){0,3}(?:beslo|afgespro|belo|zwe))",
    r"\b(?:beloof|beloven|zweer|zweren|besloten|veranderd|vergeef|vergeven) (?:\w+ ){0,2}(?:niet"
    r"|niets|niks|geen)\b",
)
"""The same words, but nothing was decided, promised or changed."""

_EN: Final = (
    "best friend|brother|sister|father|mother|son|daughter|husband|wife|friend|enemy|family|master"
    "|apprentice|cousin|uncle|aunt"
)
_NL: Final = (
    "beste vriend|broer|zuster|zus|vader|moeder|zoon|dochter|vriendin|vriend|vijand|familie"
    "|meester|leerling|neef|nicht|oom|tante"
)
_DEAR: Final = r"(?:(?:good|dear|old|true|only|first|new|goede|beste|oude|enige|echte) )?"
OF_TWO: Final = _pattern(
    rf"\b(?:you are|you're) my {_DEAR}(?P<en_you>{_EN})\b",
    r"\b(?:you are|you're|you've been) (?:such )?a (?:good|true|great|real"
    r"|dear) (?P<en_good>friend)\b",
    rf"\bi(?:'m| am) your {_DEAR}(?P<en_i>{_EN})\b",
    r"\b(?P<en_love>i love you)\b(?!,? (?:but|too|guys|all|for that)\b| \w+ing\b)",
    r"\b(?P<en_trust>i trust you)\b(?!,? (?:but|on|to|with|know|are|have|guys|all|as)\b)",
    rf"\b(?:je|jij|u) bent mijn {_DEAR}(?P<nl_you>{_NL})\b",
    r"\b(?:je|jij|u) bent een (?:goede|echte|trouwe|ware) (?P<nl_good>vriendin|vriend)\b",
    rf"\bik ben (?:je|jouw|uw) {_DEAR}(?P<nl_i>{_NL})\b",
    r"\b(?P<nl_love>ik hou van (?:je|jou))(?=[.,!]|$)(?!, maar\b)",
    r"\b(?P<nl_trust>ik vertrouw (?:je|jou|u))(?= (?:volledig|helemaal|met mijn leven)|[.,!]"
    r"|$)(?!,? maar\b)",
)
"""Somebody says to somebody else what they are to each other."""

OF_ANOTHER: Final = _pattern(
    rf"(?P<en_name>[A-Z]\w+) is my (?P<en_other>{_EN})\b",
    rf"(?P<nl_name>[A-Z]\w+) is mijn (?P<nl_other>{_NL})\b",
)
"""Somebody says what a third one is to them."""

WEIGHTY: Final = (
    _pattern(
        r"\b(?:never|always|forever|nothing|everything|everyone|no one|nobody)\b",
        r"\b(?:nooit|altijd|voor eeuwig|niets|alles|iedereen|niemand)\b",
    ),
    _pattern(
        r"\b(?:deaths?|die|dead|life|lives?|lived|love|hate|friends?|family)\b",
        r"\b(?:dood|sterven|sterf|leven|leef|liefde|haat|vrienden|familie)\b",
    ),
    _pattern(
        r"\b(?:world|gods|fear|blood|truth|honou?r|hearts?|souls?|fate|destiny|forgotten|monsters"
        r"|darkness|freedom|sorrow|courage)\b",
        r"\b(?:wereld|goden|angst|bloed|waarheid|eer|hart(?:en)?|ziel(?:en)?|noodlot|vergeten"
        r"|monsters|duisternis|vrijheid|verdriet|moed)\b",
    ),
)
"""Words that stand in sentences worth keeping; those of one kind count once."""

FELT: Final = _pattern(
    r"\bi (?:feel|felt|hate|love|miss|can't (?:sleep|stop|cope)|don't want|wish|dread)\b",
    r"\bi(?:'m| am) (?:so |really |very |always )?(?:afraid|scared|worried|angry|sad|ashamed|alone"
    r"|tired of|lonely|anxious)\b",
    r"\bik (?:voel|haat|mis|kan niet (?:slapen|stoppen|meer)|durf|schaam|word gek)\b",
    r"\bik ben (?:zo |heel |erg |altijd )?(?:bang|boos|verdrietig|alleen|moe|eenzaam)\b",
)
"""What somebody who came for help says of themselves."""

WH_QUESTION: Final = _pattern(
    r"\b(?:who|why|where|what|when|how|which|whose)\b",
    r"\b(?:wie|waarom|waar|wat|wanneer|hoe|welke?|wiens|waarvandaan)\b",
)
PUT_OFF: Final = _pattern(
    r"\b(?:good question|nobody knows|no one knows|we don't know yet|we'll (?:have to )?find out"
    r"|let's (?:park|come back to|leave) (?:that|this|it)|we'll come back to (?:that|this|it)"
    r"|that remains to be seen|i wish i knew|no idea|who knows|i don't know yet)\b",
    r"\b(?:goede vraag|niemand weet|dat weten we (?:nog )?niet|geen idee|daar komen we (?:nog )?op"
    r" terug|dat laten we open|dat zoeken we uit|wist ik het maar|wie zal het zeggen)\b",
)
ANSWERS: Final = _pattern(
    r"^(?:yes|yeah|yep|no|nope|nah|okay|sure|because|well|maybe|probably|perhaps|i think|i guess"
    r"|i know|i'm|i am|it's|it is|it was|he's|he is|she's|she is|they|that's|that was|there|right"
    r"|of course|not|exactly|um|uh|so that|to \w+|in \w+|on \w+|by \w+|from \w+|at \w+|for \w+|if"
    r"|about)\b",
    r"^(?:ja|nee|jawel|oké|zeker|omdat|nou|misschien|waarschijnlijk|ik denk|ik weet|ik ben"
    r"|ik heb|het is"
    r"|het was|hij|zij|ze|dat|die|er|klopt|natuurlijk|niet|precies|eh|om|in|op|door|van|bij|voor"
    r"|als|ongeveer|nog|zo)\b",
)


_FELT_FOR: Final = {
    "love": "loved",
    "trust": "trusted",
    "hou": "geliefd",
    "vertrouw": "vertrouwd",
}
"""What one is to another who says so by a verb."""


def relation(match: re.Match[str]) -> str:
    """What two are to each other, as it was said."""
    word = next(
        text for name, text in match.groupdict().items() if text and not name.endswith("_name")
    )
    said = plain(word).split()
    return _FELT_FOR.get(said[1], plain(word)) if said[0] in ("i", "ik") else plain(word)
