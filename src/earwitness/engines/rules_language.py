"""Words by which rules tell lines apart, language by language.

Patterns meet lines in small letters, with plain apostrophes; `^` and `$` are the line's ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

Sign = re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Signs:
    """What stands for what, in one language.

    Attributes:
        dice: Dice, checks, hit points: rules of the game by name.
        rules: Words that are mostly about rules.
        result: A number somebody rolled, and nothing else.
        turn: Whose turn it is; what hits.
        call: The leader asks for a roll.
        deed: A player says what their character does.
        ask: A question to whoever leads the game, about the scene or about what may be done.
        plan: What people in the story say to each other: proposals, orders, thanks.
        scene: The story told to those who live it.
        prompt: The leader asks a player what they do.
        nod: Nothing but yes, no, all right.
        cry: Nothing but a cry or a laugh.
        table: The evening itself: food, breaks, the stream, other games and films.
        show: Words of a broadcast; where they gather, nobody plays.
        coin: Money and things of the story.
        you: Somebody is spoken to.
        hail: They are called as people of a story call each other.
        begins: A new scene begins.
    """

    dice: Sign
    rules: Sign
    result: Sign
    turn: Sign
    call: Sign
    deed: Sign
    ask: Sign
    plan: Sign
    scene: Sign
    prompt: Sign
    nod: Sign
    cry: Sign
    table: Sign
    show: Sign
    coin: Sign
    you: Sign
    hail: Sign
    begins: Sign


def _any(*parts: str) -> Sign:
    return re.compile("|".join(f"(?:{part})" for part in parts))


def _only(words: str) -> Sign:
    """Nothing but these words, however often."""
    return re.compile(rf"^(?:(?:{words})[\s,.!?;:-]*)+$")


_NUMBER_EN: Final = (
    r"(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen"
    r"|fifteen|sixteen|seventeen|eighteen|nineteen|twenty(?:[ -]\w+)?|thirty(?:[ -]\w+)?)"
)
_NUMBER_NL: Final = (
    r"(?:\d{1,3}|een|één|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|dertien|veertien"
    r"|vijftien|zestien|zeventien|achttien|negentien|\w*twintig|\w*dertig)"
)
_SKILL_EN: Final = (
    r"(?:strength|dex(?:terity)?|con(?:stitution)?|int(?:elligence)?|wis(?:dom)?|cha(?:risma)?"
    r"|perception|insight|investigation|arcana|history|religion|nature|medicine|survival|stealth"
    r"|sleight of hand|athletics|acrobatics|persuasion|deception|intimidation|performance"
    r"|animal handling|athletic|death|ability|skill|spell|concentration|attack)"
)
_SKILL_NL: Final = (
    r"(?:kracht|behendigheid|constitutie|intelligentie|wijsheid|charisma|waarneming|inzicht"
    r"|onderzoek|arcana|geschiedenis|religie|natuur|geneeskunde|overleven|sluip|atletiek"
    r"|acrobatiek|overtuiging|misleiding|intimidatie|perception|insight|stealth|dex|aanvals?)"
)

ENGLISH: Final = Signs(
    dice=_any(
        r"\b\d*d(?:4|6|8|10|12|20|100)s?\b",
        r"\b(?:nat|natural|dirty) (?:20s?|1|ones?|twenty|twenties)\b",
        r"\bsav(?:ing throws?|e dc)\b",
        rf"\b{_SKILL_EN} (?:check|sav(?:e|ing)|roll|modifier)",
        r"\b(?:armou?r class|hit points?|hit dice|spell slots?|spell save|bonus action|death save"
        r"|initiative|sneak attack|proficien\w+|disadvantage|attack of opportunity"
        r"|opportunity attack|long rest|short rest|cantrip|difficult terrain|ki points?"
        r"|lay on hands|inspiration dice?|great weapon master|character sheet|passive perception"
        r"|spell attack|\d+(?:st|nd|rd|th)[- ]level)\b",
        r"\b(?:with|at|have|has|had|get|gets|got|give|gives|for) advantage\b",
        r"^(?:with )?advantage\b",
        rf"\b(?:{_NUMBER_EN}|half|full|double|extra|much)(?: points?)?(?: of)? (?:\w+ )?damage\b",
        rf"\b{_NUMBER_EN} (?:more )?points? of\b",
        r"\b(?:roll(?:ed|ing|s)?) (?:a|an|it|that|for|to|your|my|another|two|one|again|damage"
        r"|initiative|perception|with|the|well|really|so|\d+|really well|high|low)\b",
        r"^(?:go ahead and )?roll\b",
        rf"\b{_NUMBER_EN} to hit\b",
        r"\bto hit\b",
        rf"\b(?:plus|minus) {_NUMBER_EN}\b",
        rf"\b{_NUMBER_EN} (?:plus|minus)\b",
        r"\bdc (?:of )?\d+\b",
        r"\bcrit(?:s|ical(?:s)?)?\b",
    ),
    rules=_any(
        r"\b(?:modifiers?|reaction|my action|an action|movement|feats?|abilit(?:y|ies)|level(?:ed)?"
        r"|damage|resistan(?:ce|t)|immun(?:e|ity)|spells?|range|radius|feet away|melee|ranged"
        r"|rolls?|rolled|dice|die roll|check|reroll|re-roll|points|bonus|stunned|grappled|prone"
        r"|restrained|concentrat\w+|attacks?|round|turn|surprise|flank\w*|expertise|class feature"
        r"|sheet|rage damage|racial|features?|stats?|plus one|hit points)\b",
    ),
    result=re.compile(
        rf"^(?:(?:oh|ooh|ok|okay|yeah|all right|and|so|well|just|only|with|for|a|an|the|dirty|total"
        rf"|of|total of|that's|that is|that's a|that would be|it's|it is|i got|i get|i have|got"
        rf"|mine is|me|sorry|no|not|no sorry|um|uh|natural|nat|plus|minus|is|total is|wait|points?"
        rf"|good|great|bad|damage|to hit|[,.!?\s-])+ ?)?{_NUMBER_EN}"
        rf"(?:[,.!?\s-]|{_NUMBER_EN}|plus|minus|total|points?|again|for me|natural|to hit|damage"
        rf"|that's|is|and|or|for|of|a|not|good|great|bad|nice|okay|all right|altogether)*$"
    ),
    turn=_any(
        r"\b(?:that|it|this|which|does|\d+|definitely|just|both|barely)(?: \w+)? (?:hits?|misses)\b"
        r"(?! (?:the|you|him|her|them|it|into|against|on|his|your)\b)",
        r"^(?:\w+ )?(?:hits?|miss(?:es)?)[.!?]*$",
        r"\b(?:your|my|his|her|\w+'s) turn\b",
        r"\b(?:you're|you are|is|are) (?:up|next|on deck)\b",
        r"\b(?:top|end|bottom|beginning|start) of (?:the|your|my|his|her|its|this|next) "
        r"(?:round|turn|initiative|order)",
        r"\bon deck\b",
        r"\b(?:does|do|did) (?:that|it|a|an|\d+)(?: \d+)? (?:hit|miss|save)\b",
        r"\b(?:you|that|he|she|it|they) (?:saves?|succeeds?|fails?)\b[.,!?]*$",
        r"^(?:fail|success|save)\w*[.!?]*$",
        r"\bi'm (?:first|next|up|last)\b",
        r"\b(?:its|your|his|her|my) (?:action|reaction|movement)\b",
        r"\bends? (?:\w+'s|your|my|his|her|its) turn\b",
    ),
    call=_any(
        r"\b(?:make|need|give|roll|want)\b.{0,40}\b(?:check|save|saving throw|roll|rolls|attack)\b",
        r"^(?:all right,? |okay,? )?(?:go ahead and )?(?:roll|make)\b.{0,30}\b(?:damage|attack"
        r"|check|for)\b",
        r"\broll (?:for )?(?:damage|initiative|perception|stealth|insight|\w+)[.,!]",
    ),
    deed=_any(
        r"\bi(?:'m| am) (?:going to|gonna|just going to|also going to|walking|running|looking"
        r"|trying|taking|pulling|grabbing|holding|casting|using|moving|sneaking|staying|pushing"
        r"|reaching|putting|following|keeping|doing)\b",
        r"\b(?:i'll|i will|i'd like to|i would like to|i want to|i'd love to|i would love to)"
        r"(?: \w+ly| just| also| then| try and| try to| go ahead and| probably)* (?:look|walk|run"
        r"|go|take|cast|use|move|try|grab|pull|attack|shoot|step|climb|jump|hold|put|open|close"
        r"|check|search|turn|swing|hide|sneak|stay|follow|reach|throw|push|pick|get|give|make|do"
        r"|keep|stand|sit|lean|whisper|poke|kick|punch|stab|scoot|peek|inspect|investigate|wait"
        r"|light|drop|send|dash|drink|touch|place|start|cut|read|rush|see if|ask|tell)\b",
        r"^(?:and |so |then |okay,? |yeah,? |oh,? |well,? )*i (?:cast|walk|run|go|take|pull|grab"
        r"|reach|look|try|attack|shoot|step|climb|jump|hold|put|open|close|turn|swing|hide|sneak"
        r"|follow|throw|push|pick|lean|whisper|poke|kick|punch|stab|scoot|move|drop|nod|wave|smile"
        r"|rage|use|tap|hand|give|slap|lick|touch|drink|stand|sit|start|keep|wink|shrug|point)\b",
        r"\b(?:my|our) character\b(?! sheet)",
        r"\bi (?:mutter|nod|shrug|wink|bow|grin|glare|stare)\b",
    ),
    ask=_any(
        r"(?:^|[.!,] )(?:and |so |okay,? |but |then |wait,? |oh,? |well,? |matt,? )*"
        r"(?:can|could|do|did|am|may|would|should) i\b(?! (?:help|ask you|get you|interest)).*\?",
        r"\b(?:is|are|was|were) there (?:a|an|any|anything|anybody|anyone|something|like|more"
        r"|other|no)\b.*\?",
        r"(?:^|[.!,] )(?:and |so |okay,? |but |wait,? |oh,? )*(?:does|did|do|has|have|is|are|was"
        r"|were) (?:it|he|she|they|the|these|those|that|this|any|anyone|anything)\b.*\?",
        r"\bhow (?:far|big|tall|long|wide|high|old|deep|large|small|close|hurt|heavy|fast)\b.*\?",
        r"\bhow (?:many|much)\b.*\?",
        r"\bwhat (?:does|do|did) .{0,40}(?:look|sound|smell|feel) like\b",
        r"\bwhat (?:kind|time|color|colour|size|sort|else)\b.*\?",
        r"\b(?:do|can|could|would|did) (?:we|i) (?:see|know|hear|recogni[sz]e|find|notice|tell"
        r"|make it|get to|spot)\b",
        r"\bwhere(?:'s| is| are| was| am)\b.*\?",
        r"\b(?:like|is it|are they) .{0,30}\bor\b.{0,30}\?",
        r"\bso (?:it's|there's|he's|we're|they're|that's)\b.*\?",
        r"\b(?:right|correct|yeah)\?",
    ),
    plan=_any(
        r"\b(?:let's|let us|should we|shall we|we should|we could|we can|we need|we have to|we must"
        r"|we'll|we're going to|why don't we|why don't you|maybe we|maybe you|you should|we might"
        r"|we just|we were|we are|you need to|you have to|come on|follow me|look out|watch out"
        r"|thank you|excuse me|my friend|i'm sorry|i think we|i think you|i think they|i think he"
        r"|i think it|i think that|hello|good morning|goodbye|nice to meet|what's your name"
        r"|i don't trust|i trust|do you want|do you have|do you think|do you know|are you (?:sure"
        r"|okay|all right)|can you|could you|would you|have you|did you|will you|i don't know"
        r"|i don't want|i know|i have a|it's okay|it's all right|be careful|tell me|tell us"
        r"|give me|give us|get him|get her|help)\b",
    ),
    scene=_any(
        r"\byou(?:'re| are)\b(?! up\b| next\b)",
        r"\byou (?:guys |all |both |can |do |don't |also |then |just |now |\w+ly )*(?:see|hear|feel"
        r"|notice|find|manage|watch|glance|look|step|approach|walk|turn|open|reach|push|pull"
        r"|smell|realize|begin|come|make your way|head|enter|stand|take|get|go|are|slam|strike)\b",
        r"\bas (?:you|he|she|it|they|this|the)\b",
        r"\b(?:begins?|starts?) (?:to|\w+ing)\b",
        r"\b(?:suddenly|slowly|towards?|in front of you|around you|behind you|before you"
        r"|the (?:chamber|room|door|hallway|creature|entity|guard|figure|crowd|ground|water|light"
        r"|air|floor|wall|street|tavern|forest|night|morning|sky))\b",
        r"^(?:he|she|it|they|the \w+|there's|there is|there are|this)\b",
    ),
    prompt=_any(
        r"\bwhat (?:are|do|would|did|will|does|is) (?:you|\w+)(?: \w+)? (?:do|doing|like to do"
        r"|want to do|roll|get)\b",
        r"\bwho(?:'s| is| wants| all)\b.*\?",
        r"\bwhere are you\b",
        r"\bare you guys\b",
        r"\b(?:are|do|did|will|would) you (?:guys |all )?(?:want|wish|going|doing|using|staying"
        r"|casting|trying|attacking|moving|have|continuing|\w+ing)\b.*\?",
        r"\bwhat(?:'s| is) your\b",
        r"\banything else\b",
        r"\bhow (?:are|do) you want to do this\b",
    ),
    nod=_only(
        r"yeah|yes|yep|yup|no|nope|nah|ok|okay|all right|all righty|alright|right|sure|correct"
        r"|you can|you may|you do|you would|you are|it is|it does|he is|she is|you got it|got it"
        r"|sounds good|go for it|go ahead|perfect|good|great|cool|nice|fair|fair enough|exactly"
        r"|absolutely|of course|mm-hmm|mm|uh-huh|indeed|certainly|sorry|thanks|very good|good to"
        r" know|then|that works|that's fine|that's right|i know|well|oh|so|and|but|please|done"
    ),
    cry=_only(
        r"oh|ooh+|oo+h|ah+|aw+|wow|whoa|woah|what|ha|haha|hey|god|my god|my|man|boy|no+|yes+|shit"
        r"|fuck|damn|dang|dang it|jesus|christ|holy|crap|gross|ew+|ugh|yay|woo+|hoo|hee|gosh|geez"
        r"|jeez|ow|oof|yikes|come on|nice|hell|balls|so good|so cute|that's|great|amazing|awesome"
        r"|cool|sweet|really|wait|huh|um|uh|hmm+|aww+|get it|good job|well done|dude|guys|you guys"
        r"|i'm|sorry|it|the|of|gail"
    ),
    table=_any(
        r"\b(?:twitch|d&d beyond|dnd beyond|sponsors?|stream(?:ing)?|episodes?|the show|our show"
        r"|the game|campaign|audience|camera|microphone|mic|youtube|internet|website|app|phone"
        r"|laptop|ipad|subscri\w+|subscription|prime|critical role|geek|comic|promo|code|giveaway"
        r"|winner|t-shirts?|merch|emmy|panel|tickets?|discord|reddit|twitter|tweet|fan art|cosplay"
        r"|dungeon master|the dm|dming|dungeons|player(?:s)?|npcs?|minis?|miniature|battle map"
        r"|the map|the dice|my dice|look it up|headphones?|baby|that game|this game"
        r"|movie|film|tv|sitcom|song|netflix|disney|star wars"
        r"|video game|pizza|macaroni|tuna|salad|coffee|soda|bathroom|break|tonight|last week"
        r"|next week|welcome back|everybody|ladies and gentlemen|826|charity|\$\d+|dollars?"
        r"|amazon|itunes|podcast|stretch goal|kickstarter|donat\w+|announcements?|wiki|cast party"
        r"|in real life|i wrote|my notes|your notes|read (?:the|it)|the description|whose line"
        r"|accent|voices?|in-game|roleplay|spoilers?|rap music|dad|mom)\b",
        r"♪",
    ),
    show=_any(
        r"\b(?:twitch|d&d beyond|sponsors?|sponsored|stream|subscri\w+|giveaway|merch|t-shirts?"
        r"|episodes?|critical role|youtube|podcast|kickstarter|donat\w+|winner|comics?|website"
        r"|charity|tickets?|announcements?|supports? us|amazon|welcome back|promo|sitcom)\b",
        r"♪",
    ),
    coin=_any(r"\b(?:gold|silver|copper|platinum)(?: pieces?)?\b", r"\bgentlemen?\b"),
    hail=_any(
        r"\b(?:my (?:dear |good |old )?(?:friends?|lady|lord|liege|brother|sister|child|dear)"
        r"|little one|good sir|m'lady|milady|your (?:grace|majesty|highness)|captain|traveller)\b",
        r"(?:^|[,.!] )(?:sir|madam|old man)[,.!?]",
    ),
    you=_any(r"\byou(?:r|rs|'re|'ve|'ll|'d)?\b"),
    begins=_any(
        r"\b(?:the )?(?:next|following) (?:morning|day|evening|night)\b",
        r"\b(?:hours?|days?|weeks?|some time) (?:pass(?:es)?|go(?:es)? by|later)\b",
        r"\b(?:last we left off|when we last|we pick up|meanwhile|we return to|cut to)\b",
        r"\b(?:you|we) (?:finally |eventually |all )?(?:arrive at|arrive in|make your way (?:to"
        r"|into|towards?|back)|wake up|come to consciousness|head back to)\b",
        r"\b(?:as )?(?:dawn|morning|night|evening|dusk) (?:comes|falls|breaks|arrives|sets in)\b",
    ),
)

DUTCH: Final = Signs(
    dice=_any(
        r"\b\d*d(?:4|6|8|10|12|20|100)s?\b",
        r"\bd(?:twintig|twaalf|tien|acht|zes|vier)\b",
        r"\b(?:nat|natural|natuurlijke?) (?:20|1|twintig|één|een|twenty|one)\b",
        r"\b(?:reddingsworp\w*|saving throws?|initiatief|initiative|pantserklasse|armor class"
        r"|levenspunten|hitpoints?|hit points?|bonusactie|bonus action|spell slots?|spreukslots?"
        r"|voordeel|nadeel|advantage|disadvantage|bekwaamheidsbonus|proficiency|sluipaanval"
        r"|sneak attack|korte rust|lange rust|long rest|short rest|cantrip|karakterblad"
        r"|character sheet|moeilijkheidsgraad|dobbelste\w+|worp(?:en)?|check)\b",
        rf"\b{_SKILL_NL}[ -]?(?:check|worp|save|proef|bonus)",
        r"\b(?:gooi|rol|werp)(?:t|de|en|den)?\b",
        r"\bgegooid\b",
        r"\bgerold\b",
        r"\b(?:\d+|halve|dubbele|\w+tien|\w+tig|\w+)(?: punten)? schade\b",
        r"\bac\b(?= is| van| \d|\?|\.|$)",
        r"\bom te raken\b",
        rf"\b(?:plus|min) {_NUMBER_NL}\b",
        r"\bdc (?:van )?\d+\b",
        r"\bcrit(?:s|ical)?\b",
        r"\bkritieke?\b",
    ),
    rules=_any(
        r"\b(?:modifier|reactie|actie|schade|weerstand|immuun|spreuk(?:en)?|bereik|meter ver"
        r"|niveau|level|bonus|beurt|ronde|aanval|aanvallen|punten|regels?|eigenschap|vaardigheid"
        r"|verlamd|vastgegrepen|concentratie|feat|raakt|raak|mis)\b",
    ),
    result=re.compile(
        rf"^(?:(?:oh|oké|ok|ja|nou|eh|uh|en|dus|een|totaal|samen|dat is|dat is een|dat wordt|het is"
        rf"|ik heb|ik heb een|heb|helaas|maar|slechts|pas|plus|min|met|voor|natuurlijke|nat|wacht"
        rf"|nee|sorry|[,.!?\s-])+ ?)?{_NUMBER_NL}"
        rf"(?:[,.!?\s-]|{_NUMBER_NL}|plus|min|totaal|punten|schade|voor mij|om te raken|in totaal"
        rf"|dat is|is|en|of|samen|helaas|jammer)*$"
    ),
    turn=_any(
        r"\b(?:dat|die|dit|het|\d+) (?:is )?(?:raakt?|mist?)\b[.!?]*$",
        r"^(?:die |dat )?(?:is )?(?:raakt?|mis)[.!?]*$",
        r"\b(?:jouw|mijn|zijn|haar|\w+s|jullie) beurt\b",
        r"\b(?:jij|je) bent (?:aan de beurt|aan zet)\b",
        r"\bis aan (?:de beurt|zet)\b",
        r"\b(?:begin|einde?) van (?:de|je|jouw|mijn|zijn|haar) (?:ronde|beurt)\b",
        r"\b(?:raakt|haalt|mist|redt) (?:dat|die|een)\b.*\?",
        r"\bwie is er (?:aan de beurt|nu)\b",
    ),
    call=_any(
        r"\b(?:maak|doe|geef|gooi|rol|werp)\b.{0,40}\b(?:check|worp|save|proef|initiatief|schade"
        r"|waarneming|d20)\b",
        r"^(?:oké,? )?(?:gooi|rol) (?:maar|eens|even|voor)\b",
    ),
    deed=_any(
        r"\bik (?:ga|wil|probeer|zou graag)\b(?! (?:naar huis|zo even|even pauze)).{0,60}"
        r"\b(?:te )?(?:kijken|lopen|rennen|pakken|grijpen|vallen|slaan|schieten|sluipen|klimmen"
        r"|openen|zoeken|doorzoeken|gooien|trekken|duwen|volgen|luisteren|verstoppen|steken"
        r"|springen|gebruiken|onderzoeken|staan|zitten|geven|fluisteren|vragen|aanvallen|toveren"
        r"|redden|halen|leggen|zetten|maken|doen|gaan|bekijken|drinken|blijven|wachten|omhoog"
        r"|binnen)\b",
        r"^(?:en |dan |dus |oké,? |ja,? |nou,? )*ik (?:loop|ren|pak|grijp|trek|steek|sla|schiet"
        r"|sluip|klim|open|zoek|kijk|spring|gebruik|duw|volg|luister|verstop|ga|leg|geef|knik"
        r"|buig|glimlach|fluister|wijs|val|stap|draai|zet|hou|houd|spreek|neem|werp me|doe|blijf"
        r"|kniel|doorzoek|onderzoek|haal|schop|ruk|leun|zwaai)\b",
        r"\bmijn (?:karakter|personage)\b",
        r"\b(?:dan|daarna|vervolgens) (?:loop|ren|pak|grijp|trek|steek|sla|schiet|sluip|ga|doe) "
        r"ik\b",
    ),
    ask=_any(
        r"(?:^|[.!,] )(?:en |dus |oké,? |maar |wacht,? |oh,? )*(?:kan|mag|kon|moet|zie|weet|hoor"
        r"|herken|heb|ben|sta|voel|ruik|vind) ik\b(?! (?:u|je|jullie) ).*\?",
        r"\b(?:is|zijn|staat|staan|ligt|liggen|zit|zitten|hangt|was) er\b.*\?",
        r"\bhoe (?:ver|groot|hoog|lang|diep|breed|oud|zwaar|laat|donker|dik|snel|gewond)\b.*\?",
        r"\bhoeveel\b.*\?",
        r"\bhoe ziet .{0,40} eruit\b",
        r"\bwat (?:voor|zie|zien|ruik|hoor)\b.*\?",
        r"\bwaar (?:is|zijn|staat|staan|ligt|zitten|zit)\b.*\?",
        r"(?:^|[.!,] )(?:en |dus |maar )*(?:ziet|lijkt|heeft|beweegt|reageert|is|zijn) (?:hij|het"
        r"|ze|zij|de|die|dat|dit)\b.*\?",
        r"\b(?:zien|horen|weten|kennen|herkennen|kunnen) we\b.*\?",
    ),
    plan=_any(
        r"\b(?:laten we|we moeten|moeten we|we kunnen|zullen we|we gaan|misschien moeten"
        r"|waarom gaan we|kom mee|kom op|volg mij|volg me|pas op|kijk uit|dank je|dank u|bedankt"
        r"|pardon|mijn vriend|vriend|het spijt me|hallo|goedemorgen|goedenavond|gegroet|vaarwel"
        r"|ik vertrouw|vertrouw|weet je|heb je|heeft u|kun je|kunt u|wil je|wilt u|ben je|bent u"
        r"|gaat het|ik denk dat|ik weet|ik ken|geef me|geef ons|vertel|help|wees voorzichtig|zwijg"
        r"|stil|achter me|blijf|we hebben|wij zijn|wij|ons|onze|heer|vrouwe|meester|u)\b",
    ),
    scene=_any(
        r"\b(?:je|jullie|jij) (?:\w+ )?(?:ziet|zien|hoort|horen|voelt|voelen|ruikt|ruiken|merkt"
        r"|merken|vindt|vinden|loopt|lopen|komt|komen|stapt|stappen|staat|staan|kijkt|kijken"
        r"|bereikt|bereiken|betreedt|betreden|wordt wakker|worden wakker)\b",
        r"\b(?:ziet|zien|hoort|horen|voelt|voelen|ruikt|merkt|vindt) (?:je|jullie)\b",
        r"\b(?:terwijl|plotseling|langzaam|voor je|voor jullie|achter je|achter jullie|om je heen"
        r"|om jullie heen|de (?:deur|kamer|gang|zaal|straat|nacht|lucht|grond|muur|herberg"
        r"|wachter|gedaante|kelder|fakkel|menigte)|het (?:bos|licht|water|dorp|wezen|monster))\b",
        r"\bbegin(?:t|nen) te\b",
        r"^(?:hij|zij|ze|er|het|de \w+)\b",
    ),
    prompt=_any(
        r"\bwat (?:doe|doen|gaat|gaan|ga|wil|willen) (?:je|jij|jullie|\w+)\b.*\?",
        r"\bwie (?:gaat|is|wil|doet|staat|blijft)\b.*\?",
        r"\bwaar (?:sta|staan|ga|gaan) (?:je|jij|jullie)\b",
        r"\b(?:ga|wil|doe|gebruik|blijf) (?:je|jij|jullie)\b.*\?",
        r"\bwat is (?:je|jouw|jullie)\b",
        r"\bverder nog iets\b",
        r"\bnog iets anders\b",
    ),
    nod=_only(
        r"ja|nee|jawel|jep|oké|ok|okee|goed|prima|zeker|klopt|mag|dat mag|dat kan|kan|is goed|top"
        r"|precies|natuurlijk|tuurlijk|uiteraard|mooi|fijn|sorry|bedankt|nou|tja|dus|en|maar|hm+"
        r"|inderdaad|absoluut|ga je gang|helemaal|hoor|graag|eerlijk genoeg|doe maar|ja hoor"
    ),
    cry=_only(
        r"oh+|o+h|ah+|au|wauw|wow|wat|ha|haha|hahaha|hé|hee|god|jee|jeetje|nee+|ja+|shit|fuck|kut"
        r"|verdorie|verdomme|jezus|bah|ieuw|gadver|joepie|hoera|oei|ai|wacht|hmm+|eh|uh|geweldig"
        r"|lekker|cool|nice|tof|gaaf|echt|mensen|jongens|niet weer|weer|man|oh nee|mijn"
    ),
    table=_any(
        r"\b(?:spel(?:en)?|spelleider|dungeon master|de dm|speler(?:s)?|npc|campagne|sessie|pizza"
        r"|chips|bier(?:tje)?|cola|koffie|thee|koekjes?|wc|toilet|pauze|telefoon|laptop|app|appje"
        r"|internet|youtube|film|serie|netflix|muziek|liedje|volgende week|vorige week|vorige keer"
        r"|vanavond|morgen werken|trein|bus|auto|parkeren|werk|school|batterij|opname|microfoon"
        r"|camera|kaart op tafel|poppetjes?|miniatuur|blaadje|potlood|pen|aantekeningen|boek"
        r"|handboek|agenda|datum|buren|oppas|verjaardag|welkom terug|twitter|discord|stem(?:metje)?"
        r"|accent|lekker|bestellen|bezorg\w+|oplader|stoel|raam open)\b",
        r"♪",
    ),
    show=_any(
        r"\b(?:pauze|pizza|bestellen|bezorg\w+|twitch|stream|aflevering|sponsors?|youtube|podcast"
        r"|welkom terug|volgende sessie|oplader|agenda|datumprikker|trein|oppas)\b",
        r"♪",
    ),
    coin=_any(r"\b(?:goudstuk(?:ken)?|zilverstuk(?:ken)?|koperstuk(?:ken)?|goud|zilver)\b"),
    hail=_any(
        r"\b(?:mijn (?:beste |goede |oude )?(?:vriend(?:en)?|vrouwe|heer|broeder|broer|zuster|zus"
        r"|kind)|kleine vriend|goede heer|vreemdelingen?|uwe (?:hoogheid|genade))\b",
        r", (?:heer|vrouwe|vrienden|vriend|kapitein|oude man)[,.!?]",
    ),
    you=_any(r"\b(?:je|jij|jou|jouw|jullie|u|uw)\b"),
    begins=_any(
        r"\bde (?:volgende|andere) (?:ochtend|dag|avond|nacht)\b",
        r"\b(?:uren|dagen|weken|enige tijd|een uur|een dag) (?:later|verstrijk\w+|gaan voorbij"
        r"|gaat voorbij)\b",
        r"\b(?:vorige keer|ondertussen|intussen)\b.{0,40}\b(?:bleven|stopten|waren|zijn)\b",
        r"\b(?:je|jullie) (?:kom(?:t|en) (?:\w+ )?aan|arriveert|arriveren|word(?:t|en) wakker"
        r"|bereik(?:t|en))\b",
        r"\b(?:de )?(?:dageraad|ochtend|nacht|avond|schemering) (?:breekt|valt|komt)\b",
    ),
)

_KNOWN: Final = {"en": (ENGLISH,), "nl": (DUTCH,)}


def signs_for(language: str | None) -> tuple[Signs, ...]:
    """Signs of a language; of all where it is unknown; none where nobody wrote any."""
    return (ENGLISH, DUTCH) if language is None else _KNOWN.get(language, ())


def plain(text: str) -> str:
    """A line as the patterns meet it."""
    return text.casefold().replace("\u2019", "'")
