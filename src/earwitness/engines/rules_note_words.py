"""Words by which rules know what belongs in notes of games, films and meetings; English and Dutch.

Patterns meet text in small letters with plain apostrophes (`rules_language.plain`). Words of both
languages are looked for everywhere: they are seldom taken for each other.
"""

from __future__ import annotations

import re
from typing import Final

from earwitness.core.text import fold_text

Sign = re.Pattern[str]


def _any(*parts: str) -> Sign:
    return re.compile("|".join(f"(?:{part})" for part in parts))


DECIDED: Final = _any(
    r"\b(?:we(?:'ve| have)? (?:all )?(?:decided|agreed)|so we(?:'ll| will| 'll)\b"
    r"|let's (?:go (?:with|for)|do (?:that|it)|say|just|stick|keep)|we(?: ?'ll| will|(?: ?'re"
    r"| are) (?:going to|gonna)) (?:go (?:with|for)|use|do (?:that|it)|keep|make"
    r"|anonymi[sz]e)|(?:that's|it's) (?:decided|settled|agreed)|(?:the|our|first|one"
    r"|second) decision (?:is|was)|everyone agrees|we(?:'re| are) all agreed"
    r"|i think we should (?:probably |just )?(?:go|do|use|have|keep|make|try)|we(?:'re"
    r"| are) going (?:with|for))\b",
    r"\b(?:(?:we|ik) (?:heb|hebben) (?:\w+ )?besloten|dat is (?:dan )?(?:besloten|afgesproken)"
    r"|we (?:gaan|kiezen) (?:dus |dan )?(?:voor|met)|(?:het|ons) besluit is|we doen het zo"
    r"|dan doen we|we spreken af|akkoord)\b",
)

ACTED: Final = _any(
    r"\bi(?: ?'ll| will)(?: \w+)? (?:send|email|write|call|prepare|finish|fix|deliver|bring"
    r"|look (?:into|at|up)|check|do|make|get|find|talk|ask|put|set|try|work|run|take|organi[sz]e"
    r"|schedule|circulate|post|submit|update|implement)\b",
    r"\b(?:can|could|will|would) you (?:please |maybe |just )?(?:send|email|write|call|prepare|look"
    r"|check|find|ask|make|get|put|take|do|run)\b",
    r"\b(?:you(?: ?'ll| will) (?:be|have to|need to|get|work)|(?:we|you|somebody"
    r"|someone) (?:need|have|ought) to (?:send|write|call|prepare|finish|fix|bring|look|check"
    r"|make|find|talk|ask|set|try|work|run|take|organi[sz]e|decide|order|buy|get|record|collect)"
    r"|action (?:item|point)s?|by (?:monday|tuesday|wednesday|thursday|friday|tomorrow|next"
    r"|the end)|deadline|next meeting|responsible for|assigned|questionnaire|your task|homework"
    r"|individual)\b",
    r"\b(?:ik (?:stuur|mail|bel|maak|schrijf|lever|breng|regel|zoek|vraag|kijk|zal|ga)"
    r"|kun(?:t)? (?:je|u|jij)|wil (?:je|jij)|jij (?:gaat|zorgt|maakt)|we moeten|actiepunt\w*"
    r"|voor (?:maandag|dinsdag|woensdag|donderdag|vrijdag|morgen)|volgende vergadering"
    r"|verantwoordelijk)\b",
)

SUPPOSED: Final = _any(
    r"\b(?:if|unless|would have|could have|used to|imagine|suppose|wanna know|i mean|said"
    r"|was trying|didn't|did)\b",
    r"\b(?:als|tenzij|stel|zou(?:den)? hebben|vroeger|zei)\b",
)
"""Talked about, and neither decided nor taken on."""

WEIGHED: Final = _any(
    r"\b(?:deaths?|die|dying|love|hate|world|gods?|fear|blood|truth|honou?r|hearts?|souls?|fate"
    r"|destiny|forgotten|monsters?|darkness|freedom|sorrow|courage|forgive|betray\w*|revenge"
    r"|home)\b",
    r"\b(?:dood|sterven|liefde|haat|wereld|goden|angst|bloed|waarheid|eer|hart(?:en)?|ziel(?:en)?"
    r"|noodlot|vergeten|monsters?|duisternis|vrijheid|verdriet|moed|vergeef|verraad|wraak|thuis)\b",
)
"""In what characters say: words that stand in sentences worth keeping."""

DUE: Final = _any(
    r"\b(?:by|before|until|on) (?:monday|tuesday|wednesday|thursday|friday|tomorrow|next|the end"
    r"|noon|tonight)\b|\b(?:tomorrow|next (?:week|meeting|time)|this (?:week|afternoon)|tonight"
    r"|deadline|action items?|in (?:ten|twenty|thirty|five|\d+) minutes)\b",
    r"\b(?:morgen|volgende (?:week|vergadering|keer)|deze week|vanavond|actiepunt\w*)\b",
)

OPENED: Final = _any(
    r"\b(?:agenda|next (?:item|point|topic|thing)|let's (?:talk|discuss|move|start|look|turn"
    r"|go (?:on|over))|moving on|talk about|discuss\w*|the (?:first|second|third|last|other|main"
    r"|next) (?:thing|point|item|issue|question|topic|one)|regarding|with regards? to|as for"
    r"|the (?:problem|issue|question|idea|point|goal|aim|plan) (?:is|was|here)|what about"
    r"|update on|status)\b",
    r"\b(?:agenda|volgende punt|laten we (?:het )?(?:hebben|beginnen|kijken|doorgaan)|het gaat over"
    r"|bespreken|wat betreft|ten (?:eerste|tweede|derde)|het probleem is|de vraag is|het idee is"
    r"|stand van zaken)\b",
)
"""A subject is taken up."""

WANTED: Final = _any(
    r"\b(?:we (?:should|could|need to|have to|gotta|ought to|want to|might)|let's|(?:i|we)(?:'m"
    r"|'re| am| are) (?:going|gonna|planning) to|i(?:'d| would) (?:like|love|want) to|i want to"
    r"|i wanna|next (?:time|session|week)|the plan|our plan|shall we|why don't we|tomorrow (?:we"
    r"|i)|first thing|head (?:to|back|for)|go (?:back )?to|after (?:this|that) we)\b",
    r"\b(?:we (?:moeten|kunnen|zouden|gaan|willen)|laten we|zullen we|ik (?:wil|ga|zou)"
    r"|volgende (?:keer|sessie|week)|het plan|morgen (?:gaan|ga))\b",
)

GUESSED: Final = _any(
    r"\b(?:i (?:think|bet|suspect|wonder|guess|feel like) (?:that )?(?:he|she|it|it's|they"
    r"|they're|this|there|there's|that|the|maybe|if|whoever|he's|she's|we)|what if|maybe (?:he"
    r"|she|it|it's|they|they're|this|that|there|the)|probably (?:the|a|his|her|their|some|one)"
    r"|do you think|must be|must have|could (?:it )?be|might be|seems (?:like|to)|sounds like"
    r"|no way (?:he|she|they|that)|i don't trust|suspicious|theory|related to|connected)\b",
    r"\b(?:ik (?:denk|vermoed|gok|vraag me af|geloof) (?:dat|of)?|wat als|misschien (?:is|heeft"
    r"|zijn|was)|zou het (?:kunnen|niet)|het lijkt (?:erop|wel)|verdacht|theorie"
    r"|heeft te maken)\b",
)

RULED: Final = _any(
    r"\b(?:i(?:'ll| will) (?:allow|let you|give you|say|rule)|i(?:'d| would) (?:say|allow|rule)"
    r"|for the sake of|rule(?:s|d|book)?|ruling|look(?:ing)? (?:it|that|this) up|let me (?:check"
    r"|look)|does that count|technically|is that (?:a|an) (?:action|bonus)|how does (?:that|this"
    r"|it) work|can i (?:still|use|do) (?:that|both|it)|it says|the spell says|concentration"
    r"|reaction|advantage|disadvantage|according to|i think (?:it's|that's|you) (?:a|an|can"
    r"|have)|house rule|read(?:ing)? (?:it|the description))\b",
    r"\b(?:regel\w*|ik sta (?:het )?toe|dat mag|opzoeken|even kijken (?:wat|hoe)|telt dat"
    r"|technisch gezien|hoe werkt|volgens (?:de|het)|voordeel|nadeel|huisregel)\b",
)

UNSURE: Final = _any(
    r"\b(?:let me (?:check|look|see)|look(?:ing)? (?:it|that|this) up|i(?:'ll| will| would"
    r"|'d) (?:allow|rule|say)|house rule|for the sake of|how does|does that|technically|is that"
    r"|can i|\?)",
    r"\b(?:opzoeken|ik sta|telt dat|hoe werkt|huisregel)\b",
)

TOLD: Final = _any(
    r"\b(?:you (?:see|hear|find|notice|reach|arrive|enter|come|make your way|manage|follow|open"
    r"|watch|feel)|as you|begins? to|turns?|arrives?|enters?|opens?|attacks?|falls?|dies?|dead"
    r"|killed|escapes?|reveals?|hands? (?:you|over)|tells? you|says?|asks?|appears?|steps?"
    r"|leads?|walks?|runs?|takes?|finds?|gives?|leaves?|returns?|wakes?|burns?|strikes?)\b",
    r"\b(?:je (?:ziet|hoort|vindt|merkt|komt|loopt|opent)|jullie (?:zien|horen|vinden|komen"
    r"|lopen|openen)|terwijl|begint|draait|komt|opent|valt|aan|sterft|dood|ontsnapt|geeft"
    r"|vertelt|zegt|vraagt|verschijnt|loopt|rent|vlucht|neemt|keert terug)\b",
)
"""Something happens in a story."""

FILLER: Final = re.compile(
    r"^(?>(?:um+|uh+|uhm|er+|erm|ah|oh+|hmm+|mm+|yeah|yep|yes|ok(?:ay)?|'kay|so|well|right|alright"
    r"|all right|and|but|great|perfect|fantastic|sure|now|no problem|like|you know|eh+|ja|nou|oké"
    r"|dus|goed|en|maar|tja)\b[\s,.!:;–-]*|<[^>]{0,80}>[\s,.]*|\{[^}]{0,80}\}[\s,.]*"
    r"|\[[^\]]{0,80}\][\s,.]*|[\s,.;:–-]+)++",
    re.IGNORECASE,
)
"""What a quote need not begin with."""

MARK: Final = re.compile(r"<[^>]{0,80}>|\{[^}]{0,80}\}|\[[^\]]{0,80}\]")
"""Marks of a transcriber in what was said."""

UNIT: Final = re.compile(rf"{MARK.pattern}|[^\s<{{\[]+|[<{{\[]")
"""A mark, or a word."""

SOUNDS: Final = frozenset(("um", "uh", "eh", ""))
"""What a quote need not end with."""

TAG: Final = re.compile(
    r"(?:(?<=[\s,.])|^)(?:is that |is dat )?(?:ok(?:ay)?|alright|all right|yeah|right|you know"
    r"|oké|hè|toch|goed)\s*\?\s*$",
    re.I,
)
"""What makes a statement sound like a question."""

WHICH: Final = re.compile(
    r"(?:what|which|when|where|who|how|why|wat|welke|wanneer|waar|wie|hoe|waarom)\b"
)

HUMMED: Final = re.compile(
    r"^(?>um+|uh+|uhm|er+|erm|ah|oh+|ooh|hm+|mm+|mmm|huh|hmm+|mm-hmm|uh-huh|ok(?:ay)?|oké|sorry"
    r"|sure|thanks?|thank you|very much|right|i|like|so|well|alright|bye|dank|bedankt|je|wel|u"
    r"|[\s,.!?-])*+$",
    re.I,
)
"""Said, and no answer."""

COMMON: Final = frozenset(
    fold_text(
        "thank thanks sorry hear fantastic perfect dank bedankt"
        " the a an and or but if so that this these those there here it its it's is are was were"
        " be been being am i'm you're we're they're he's she's i you he she we they me him her us"
        " them my your his our their mine yours to of in on at by for from with about into over"
        " under out up down off as than then just very really quite like know think thought mean"
        " going gonna get got go goes went come came do does did doing done don't didn't doesn't"
        " can can't could couldn't would wouldn't will won't should shouldn't shall may might must"
        " have has had having haven't hasn't not no yes yeah yep okay ok um uh er oh ah hmm mm"
        " right well sort kind bit lot much many more most some any all every each other another"
        " one two what which who whom whose when where why how i'll you'll we'll they'll i've"
        " you've we've they've i'd you'd we'd they'd that's there's what's let's let say said says"
        " thing things something anything nothing everything because also too again still now"
        " today back want need make made way good great sure alright actually probably maybe"
        " people time wanted looks look see kay gap vocalsound disfmarker unin unsure inaudible"
        " speech first even around little whole through after before own de het een en maar als"
        " dat dit deze die hier daar zijn waren ben bent wordt werd ik jij je u hij zij ze wij"
        " jullie mij hem haar ons hen hun mijn jouw uw van op aan te bij voor met uit naar door om"
        " tot dan toen nog al ook wel niet geen ja nee nou eh oké heb hebt heeft hebben kan kun"
        " kunt kunnen kon zal zullen zou zouden moet moeten mag wil wilt gaat ga gaan doe doet"
        " doen deed wat wie waar wanneer waarom hoe welke iets niets alles veel meer heel zo goed"
        " dus omdat gewoon"
    ).split(" ")
)
"""Words that say nothing about what is talked about."""
