"""Words of moments as they are said at real tables: plans, requests, yes, and lines to keep.

English and Dutch; both are looked for in every line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from earwitness.core.moment import Moment, MomentKind
from earwitness.core.text import fold_text
from earwitness.engines import rules_moment_words as words
from earwitness.engines.rules_language import plain

_LEAST_ASKED: Final = 4
_COMMON: Final = frozenset(
    fold_text(
        "the a an is are was were do does did you i we he she it they to of in on at and or what"
        " who why where when how which this that de het een is zijn was je jij ik we wij hij zij ze"
        ""
        " van in op aan en of wat wie waarom waar wanneer hoe welke dit dat er"
    ).split(" ")
)


def _pattern(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{part})" for part in parts), re.IGNORECASE)


PROPOSED: Final = _pattern(
    r"\blet's (?:all |just |both )?(?!(?:see|say|just|do (?:it|that|this)|go|try|try it"
    r"|have a look"
    r"|look|be honest|face it|hope|assume|pretend|remember)(?:[.,!?-]|$| how| if| what| that| you"
    r"| so))(?!(?:see|say|assume|pretend|hope)\b)\w+",
    r"\b(?:i say|i vote|how about|why don't|i suggest|i propose)(?: that)? we\b",
    r"\b(?:should|shall) we (?!be\b|say\b|count\b|all be\b)\w+",
    r"\bwe (?:should(?! just\b)|need to|have to|gotta|got to)"
    r" (?!have\b|be\b|see\b|know\b|all be\b|sorry\b|never\b)\w+",
    r"\bwe(?:'re| are) (?:all )?(?:going to|gonna)"
    r" (?!be\b|have\b|die\b|see\b|need\b|say\b|get to\b|lose\b|drop\b|take a (?:quick )?break)\w+",
    r"\blaten we (?!zien\b|zeggen\b|hopen\b|eerlijk\b|kijken\b)\w+",
    r"\bzullen we\b",
    r"\bik stel voor\b",
    r"\bwe (?:moeten|gaan) (?:dus |dan |maar |eerst |nu )?(?!dood\b|sterven\b|zien\b|pauze\b)\w+",
    r"\bwaarom (?:gaan|doen|nemen|vragen|proberen) we niet\b",
)
"""Somebody says what could be done together."""

_YES: Final = _pattern(
    r"^(?:yes|yeah|yep|yup|aye|ja)\b(?!,? (?:but|if|although|no|well|i (?:don't|guess|mean)|maar"
    r"|als|what|who|why|you))",
    r"^(?:sure|certainly|absolutely|definitely|done|deal|agreed|of course|perfect|fair enough"
    r"|good (?:idea|plan|call|thinking)|great idea|sounds (?:good|great|fine)|i(?:'m| am) in"
    r"|i(?:'m| am) (?:fine|good|okay) with|it's (?:probably )?time|that's (?:(?:probably"
    r"|actually) )?(?:fine|good|smart|a (?:good|great|solid) (?:idea|plan))"
    r"|i like (?:that|it|this)|i agree|let's do (?:it|that|this)|we(?:'ll| will) do (?:it|that)"
    r"|works for me|i second|very well|i will|i can do that|will do|no problem|yep)\b(?!,? but\b)",
    r"^(?:prima|akkoord|zeker|natuurlijk|goed (?:idee|plan)|klinkt goed|is goed|doen we|dat doen"
    r" we|mee eens|ik ben het (?:ermee|daarmee|met \w+) eens|afgesproken|top|doe ik|komt goed"
    r"|geen probleem|vind ik (?:ook|goed))\b(?!,? maar\b)",
    r"^(?:okay|ok|oké|all right|alright|right|goed)[.!,]? (?:let's|we'll|we will|then|sounds|good"
    r"|i'll|i will|dan|doen|prima|laten)\b",
)
_PLAIN_OKAY: Final = _pattern(r"^(?:okay|ok|oké|all right|alright|goed)[.!]?$")
_BUT: Final = _pattern(r"\b(?:but|no(?! problem)|nope|not|don't|wait|maar|nee|niet)\b")
_MARKS: Final = re.compile(r"[{<(\[][^}>)\]]{0,60}[}>)\]]|[♪\"“”]")

BY_WORK: Final = (
    r"(?:send|e-?mail|mail|write (?:up|down|it|that|the)|draft|set up|book|check|look into|update"
    r"|fix|prepare|circulate|post|order|organi[sz]e|schedule|arrange|follow up|add|finish|review"
    r"|call|contact|find out|share|print|upload|archive)"
)
REQUESTED: Final = _pattern(
    rf"\b(?:can|could|would|will) you (?:please |maybe |just |also )?{BY_WORK}\b",
    r"\b(?:kun|kan|wil|zou) (?:je|jij|u|jullie)\b[^.!?]{0,120}\b(?:sturen|mailen|schrijven"
    r"|opstellen"
    r"|regelen"
    r"|boeken|checken|nakijken|uitzoeken|bijwerken|voorbereiden|delen|bestellen|inplannen|afmaken"
    r"|bellen|navragen|toevoegen)\b",
)
"""Somebody asks somebody else to do a piece of work."""

TAKEN_ON: Final = _pattern(
    rf"\b(?:i'll|i will|i can|i'm going to|i'm gonna) {BY_WORK}\b"
    r"(?!(?: (?:in|on|with|that))? (?:if|whether i)\b)",
    r"\bi need to (?:get with|talk to|check with|ask) (?!you\b|a question)\w+",
    r"\bi'll (?:get back to|put (?:it|that|this|them) (?:in|on)|take care of (?:it|that|the))\b",
    r"\bik (?:stuur|mail|bel|regel|boek|plan|zoek|schrijf|maak|bereid|check"
    r"|vraag)\b[^.!?]{0,120}\b(?:door"
    r"|uit|op|in|na|rond|af|voor|toe|even|je|jullie|iedereen)\b",
    r"\bik (?:zal|ga)\b[^.!?]{0,120}\b(?:sturen|mailen|schrijven|opstellen|regelen|boeken|nakijken"
    r"|uitzoeken"
    r"|bijwerken|voorbereiden|bestellen|inplannen|afmaken|bellen|navragen)\b",
)
"""Somebody at a meeting takes a piece of work on."""

MYSTERY: Final = _pattern(
    r"\b(?:who|why|whose)\b(?! (?:not|don't|cares|wants|else wants|has|is up|is next|goes|are you"
    r"|do you|would you|is that\?))",
    r"\bwhat (?:happened|became|is it that|was it that|lies|killed|did (?:this|that|they|he|she"
    r"|it))\b",
    r"\bwhere (?:did|does|has|have|is|are|was)\b",
    r"\bhow (?:did|does|do|could|can) (?!you\b|i\b|we (?:do|look|get|want)\b)\w+",
    r"\bwhat (?:is|was|are|were) (?:this|that|the|these|those|in|behind|her|his|their)\b"
    r"(?! (?:options?|plan|damage|range|time|price|cost|dc|roll|modifier))",
    r"\b(?:wie|waarom|wiens|waarvandaan)\b(?! (?:niet|wil|gaat|is er|doe|ben|heeft er))",
    r"\bwat (?:is|was|zijn) er (?:met|gebeurd)\b",
    r"\bhoe (?:wist|wisten|kan|kon|kwam|kwamen)\b",
    r"\bwaar (?:is|zijn|komt|kwam|kwamen|was)\b",
)
"""What somebody wonders about, rather than wants to hear in the next minute."""

NO_IDEA: Final = _pattern(r"\b(?:no idea|geen idee)\b")

CALLED: Final = re.compile(r", ([A-Z][a-z]+)(?=[.!,])")
"""By what name somebody is called in a sentence that is said to them."""

_FORMS: Final = (
    _pattern(
        r"\b(?:trust|honesty|falsehood|lies|liars?|mercy|pity|power(?:ful)?|coward\w*|brave\w*"
        r"|proud"
        r"|pride|dreams?|alone|risk|peace|war|evil|conquer|vengeance|revenge|despise|betray\w*"
        r"|glory"
        r"|faith|strength|shame|choice|solace|rejoice|enem(?:y|ies)|throne|better times)\b",
        r"\b(?:vertrouwen|eerlijkheid|leugens?|leugenaars?|genade|medelijden|macht|lafaards?"
        r"|moedig"
        r"|trots|dromen|droom|alleen|vrede|oorlog|kwaad|wraak|veracht|verraad|glorie|hoop|geloof"
        r"|kracht|schaamte|thuis|verleden|keuze)\b",
    ),
    _pattern(
        r"\b(?:for (?:many|some|all) of us|those who|the ones? who|(?:some|most|rich|poor|good|bad"
        r"|evil|smart) (?:people|men|women|folk)|we all|all of us|(?:either|every"
        r"|each) (?:\w+ )?(?:has"
        r"|is|comes|dies|needs)|a (?:man|woman|person|king|thief|friend|mage|hero) \w+)\b",
        r"^(?:when|if) you (?:ever )?(?!get|have|want|go|would|could"
        r"|can)[^,]{3,60}, (?:you (?!can|get|could"
        r"|may|need)|it|they|come)\b",
        r"^(?:while|as long as|though) (?:i|you|we|they) [^,]{3,60}, \w+",
        r"^for now, ",
        r"\byou have my (?:favou?r|thanks|respect|sword|gratitude|blade|bow)\b",
        r"\bwe are (?:the|an?) \w+",
        r"\b(?:is|are|lies) (?:here )?before you\b",
        r"\bthere (?:is|are) (?:no|nothing|only|always|worse|better)\b",
        r"\b(?:is|are) (?:not|never) (?:a |the |about )[^,]{2,40}[,;]",
        r"\bthe (?:best|worst|only|first|last|hardest|greatest) \w+ (?:is|are|in)\b",
        r"\b(?:wie|degenen die|sommige mensen|de meeste mensen|wij allemaal|ieder mens"
        r"|elk \w+ (?:heeft"
        r"|is)|een (?:man|vrouw|mens|koning|dief|vriend|held) \w+)\b",
        r"\b(?:je|u|jullie) (?:hebt|heeft|hebben) mijn (?:dank|respect|zwaard|gunst)\b",
        r"^(?:wanneer|als) je [^,]{3,60}, (?:dan|is|moet)\b",
        r"\ber is (?:geen|niets|alleen)\b",
    ),
    _pattern(
        r"\bi (?:now live|would never|will never|will always|despise|refuse|believe in|don't"
        r" (?:trust|fear|regret|forgive|need)|do not|have (?:lost|seen|survived|buried)|fear"
        r"|fought"
        r"|was (?:born|made|meant))\b",
        r"\bi(?:'ve| have) (?:worked|survived|lost|seen|buried|killed|waited|lived)\b",
        r"\bi(?:'d| would) rather\b",
        r"^do not \w+",
        r"\bik (?:zal nooit|zal altijd|veracht|weiger|hoop|geloof|vrees|heb (?:verloren|overleefd)"
        r"|vertrouw|vecht|vocht)\b",
        r"\bik (?:sterf|ga) liever\b",
    ),
)
"""Further kinds of words in sentences worth keeping: values, truths, and what people stand for."""

_TABLE: Final = _pattern(
    r"\b(?:you guys|guys|um+|uh+|okay|yeah|wait|sorry|cast\w*|spells?|detect|roll\w*|feet|foot"
    r"|inch\w*"
    r"|slots?|rounds?|turns?|points?|damage|checks?|by the way|literally|stuff|thing[ys]?"
    r"|something"
    r"|i guess|i mean|i think|i feel like|maybe|probably|basically|actually|kind of|sort of"
    r"|episode"
    r"|dnd|d&d|session|campaign|character|player|advantage|initiative|gonna|fuck\w*|shit\w*|ass"
    r"|pretty"
    r" good|somehow|anyway|hold on|here's|or whatever|ritual|concentration|magic"
    r"|remember(?! (?:that|me"
    r"|your))|we could|i could|we can|should|let's)\b",
    r"\b(?:jongens|eh+|oké|wacht|sorry|spreuk\w*|rol|gooi|beurt|schade|punten|trouwens|letterlijk"
    r"|spul|dingen|iets|denk ik|misschien|waarschijnlijk|eigenlijk|sessie|personage|speler)\b",
    r"--|…|\d",
)
"""Words of the table, or of somebody who is still looking for words."""

_OPENING: Final = re.compile(r"^[\"“„ ]*(?:(?:yeah|yes|well|so|you know|now|ja|nou|kijk)[, ]+)+")
"""How people begin, whatever they say."""


def once(found: Iterable[Moment]) -> Iterator[Moment]:
    """Moments of which no two of a kind stand on the same words, or one on the other's yes."""
    seen: set[tuple[MomentKind, int, str]] = set()
    answers: set[tuple[MomentKind, int]] = set()
    for each in found:
        told = each.kind, each.evidence[0], each.text
        if told not in seen and (each.kind, each.evidence[0]) not in answers:
            seen.add(told)
            answers |= {(each.kind, also) for also in each.evidence[1:]}
            yield each


def agrees(text: str) -> bool:
    """Whether a line says yes to what was just proposed or asked.

    Example:
        >>> agrees("Yeah, let's sign up!"), agrees("Yeah, but how?")
        (True, False)
    """
    said = plain(_MARKS.sub(" ", text)).strip()
    said = " ".join(said.split()).replace(" ,", ",").replace(" .", ".").replace(" 's", "'s")
    if _BUT.search(" ".join(said.split()[:6])) or said.endswith("?"):
        return False
    return bool(_YES.search(said) or _PLAIN_OKAY.search(said))


def turns(text: str) -> bool:
    """Whether a line asks something new, or says no, so that a later yes answers that."""
    said = plain(_MARKS.sub(" ", text)).strip()
    return said.endswith("?") or _NO.search(said) is not None


def refuses(text: str) -> bool:
    """Whether a line begins by saying no."""
    said = plain(_MARKS.sub(" ", text)).strip()
    return re.match(r"(?:no|nope|nee)\b(?! (?:problem|worries|probleem))", said) is not None


def answers(text: str, question: str) -> bool:
    """Whether somebody's later line may answer a question; in doubt it does."""
    said = plain(text).strip()
    if words.ANSWERS.search(said) or len(said.split()) < _LEAST_ASKED:
        return True
    asked = {each for each in fold_text(question).split() if len(each) > 2} - _COMMON
    return bool(asked & set(fold_text(text).split()))


_NO: Final = _pattern(
    r"^(?:no|nope|nah|wait|but|nee|wacht|maar)\b",
    r"\b(?:i don't think|i'm not sure|that's (?:not|a (?:bad|terrible))|bad idea|ik denk niet"
    r"|geen goed"
    r" idee|slecht idee)\b",
)


def whole(sentence: str) -> bool:
    """Whether a sentence was said to its end, and is not mostly marks of who wrote it down."""
    bare = sentence.rstrip("\"'” .!?")
    return not bare.endswith(("-", "}", ",", "…")) and sentence.count("{") <= 1


def unmarked(sentence: str) -> str:
    """A sentence without a quotation mark that belongs to a longer speech.

    Example:
        >>> unmarked('I do not trust a mage that powerful."')
        'I do not trust a mage that powerful.'
    """
    return sentence.strip('"').strip() or sentence if sentence.count('"') == 1 else sentence


def in_marks(text: str, sentence: str) -> bool:
    """Whether a sentence stands in quotation marks, in a line that tells more than it says.

    Example:
        >>> in_marks('She nods. "Go home. Be well." She leaves.', "Be well.")
        True
    """
    before = text[: text.find(sentence)].count('"')
    return sentence.startswith(('"', "“", "„")) or before % 2 == 1


def _telling(text: str) -> set[str]:
    return {each for each in fold_text(text).split() if len(each) > 3} - _EMPTY


def extra_weight(sentence: str) -> int:
    """How many more kinds of weighty words a sentence holds; much less where it is table talk."""
    folded = _OPENING.sub("", plain(sentence))
    if _TABLE.search(folded):
        return -3
    return sum(each.search(folded) is not None for each in _FORMS)


def substance(sentence: str) -> int:
    """How many words of a sentence say something."""
    return len(_telling(sentence))


_EMPTY: Final = frozenset(
    fold_text(
        "lets should shall need have going gonna that this then here there they them with just"
        " well"
        " yeah okay right could would about what when where maybe some like want think know"
        " guys it's"
        " really actually probably laten zullen moeten gaan dat deze daar hier maar even eens toch"
        " misschien gewoon something anything thing things stuff make take does doing"
    ).split(" ")
)
