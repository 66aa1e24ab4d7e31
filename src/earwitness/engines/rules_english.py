"""English words by which rules tell lines apart."""

from __future__ import annotations

from typing import Final

from earwitness.engines.rules_signs import Signs, any_of, number_after, only

_NUMBER: Final = (
    r"(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen"
    r"|fifteen|sixteen|seventeen|eighteen|nineteen|twenty(?:[ -]\w+)?|thirty(?:[ -]\w+)?)"
)
_SKILL: Final = (
    r"(?:strength|dex(?:terity)?|con(?:stitution)?|int(?:elligence)?|wis(?:dom)?|cha(?:risma)?"
    r"|perception|insight|investigation|arcana|history|religion|nature|medicine|survival|stealth"
    r"|sleight of hand|athletics|acrobatics|persuasion|deception|intimidation|performance"
    r"|animal handling|athletic|death|ability|skill|spell|concentration|attack)"
)
ENGLISH: Final = Signs(
    dice=any_of(
        r"\b\d*d(?:4|6|8|10|12|20|100)s?\b",
        r"\b(?:nat|natural|dirty) (?:20s?|1|ones?|twenty|twenties)\b",
        r"\bsav(?:ing throws?|e dc)\b",
        rf"\b{_SKILL} (?:check|sav(?:e|ing)|roll|modifier)",
        r"\b(?:armou?r class|hit points?|hit dice|spell slots?|spell save|bonus action|death save"
        r"|initiative|sneak attack|proficien\w+|disadvantage|attack of opportunity"
        r"|opportunity attack|long rest|short rest|cantrip|difficult terrain|ki points?"
        r"|lay on hands|inspiration dice?|great weapon master|character sheet|passive perception"
        r"|spell attack|\d+(?:st|nd|rd|th)[- ]level)\b",
        r"\b(?:with|at|have|has|had|get|gets|got|give|gives|for) advantage\b",
        r"^(?:with )?advantage\b",
        rf"\b(?:{_NUMBER}|half|full|double|extra|much)(?: points?)?(?: of)? (?:\w+ )?damage\b",
        rf"\b{_NUMBER} (?:more )?points? of\b",
        r"\b(?:roll(?:ed|ing|s)?) (?:a|an|it|that|for|to|your|my|another|two|one|again|damage"
        r"|initiative|perception|with|the|well|really|so|\d+|really well|high|low)\b",
        r"^(?:go ahead and )?roll\b",
        rf"\b{_NUMBER} to hit\b",
        r"\bto hit\b",
        rf"\b(?:plus|minus) {_NUMBER}\b",
        rf"\b{_NUMBER} (?:plus|minus)\b",
        r"\bdc (?:of )?\d+\b",
        r"\bcrit(?:s|ical(?:s)?)?\b",
        r"\b(?:the rules|rules as|according to the rules|(?:our|your|my|his|her) level|hit dice"
        r"|anything else (?:i can|on my turn)|can do anything else)\b",
    ),
    rules=any_of(
        r"\b(?:modifiers?|reaction|my action|an action|movement|feats?|abilit(?:y|ies)|level(?:ed)?"
        r"|damage|resistan(?:ce|t)|immun(?:e|ity)|spells?|range|radius|feet away|melee|ranged"
        r"|rolls?|rolled|dice|die roll|check|reroll|re-roll|points|bonus|stunned|grappled|prone"
        r"|restrained|concentrat\w+|attacks?|round|turn|surprise|flank\w*|expertise|class feature"
        r"|sheet|rage damage|racial|features?|stats?|plus one|hit points)\b",
    ),
    craft=any_of(
        r"\b(?:turn undead|invoke duplicity|mage armor|reckless attack|archetype|spell slots?"
        r"|two-handed|points of healing|eldritch blast"
        r"|fire ?bolt|sanctuary|mage hand|detect magic|identify|cure wounds"
        r"|healing word|prayer of healing|lesser restoration|invisibility|message|guidance|bless"
        r"|haste|fireball|lightning bolt|counterspell|dispel magic|polymorph|spiritual weapon"
        r"|guiding bolt|sacred flame|shield of faith|unseen servant|find familiar|familiar|hex"
        r"|hunter's mark|hold person|charm person|suggestion|disguise self|dancing lights|light"
        r" spell|comprehend languages|armor of agathys|hellish rebuke|vicious mockery|bane|rage"
        r"|raging|sneak|stealth|perception|investigation|insight|arcana|athletics|acrobatics"
        r"|history|religion|deception|persuasion|intimidation|medicine|survival|flurry of blows"
        r"|stunning strike|step of the wind|patient defense|wild shape|action surge|second wind"
        r"|lay on hands|darkvision|low-light|low light vision|ritual|component|necrotic|radiant"
        r"|psychic|thunder damage|poison damage|cold damage|fire damage|dash|dodge|disengage"
        r"|ready an action|hold my|held action|grapple[ds]?|healing potion|potion of healing"
        r"|inventory|attunement?|attuned|plus (?:one|two|three|\d)|minus (?:one|two|three|\d))\b",
        rf"\b{_NUMBER} (?:feet|foot|points?|rounds?|squares?|gold|silver|copper|charges?"
        r"|minutes?|hours?|times|days?)\b",
    ),
    result=number_after(
        r"oh|ooh|ok|okay|yeah|all right|and|so|well|just|only|with|for|a|an|the|dirty|total|of"
        r"|that's|that is|that would be|it's|it is|it was|i got|i get|i have|got|mine is|me|sorry"
        r"|no|not|um|uh|natural|nat|plus|minus|is|wait|points?|good|great|bad|damage|to hit",
        _NUMBER,
        r"plus|minus|total|points?|again|for me|natural|to hit|damage|that's|is|and|or|for|of|a"
        r"|not|good|great|bad|nice|okay|all right|altogether",
    ),
    number=any_of(
        r"(?<![$\d])\b\d{1,2}\b(?! (?:gold|silver|copper|feet|minutes|hours|people|years|days))",
        r"\b(?:eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
        r"|twenty)\b(?! (?:gold|silver|copper|feet|minutes|hours|people|years|days))",
    ),
    turn=any_of(
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
    call=any_of(
        r"\b(?:make|need|give|roll|want)\b.{0,40}\b(?:check|save|saving throw|roll|rolls|attack)\b",
        r"^(?:all right,? |okay,? )?(?:go ahead and )?(?:roll|make)\b.{0,30}\b(?:damage|attack"
        r"|check|for)\b",
        r"\broll (?:for )?(?:damage|initiative|perception|stealth|insight|\w+)[.,!]",
    ),
    deed=any_of(
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
        r"^(?:and |so |then |okay,? |yeah,? |oh,? |well,? )*i'm (?!sorry|not|feeling|saying"
        r"|thinking|asking|talking|wondering|rolling|adding|having|being|dying)\w+ing\b",
        r"\bi (?:mutter|nod|shrug|wink|bow|grin|glare|stare)\b",
    ),
    ask=any_of(
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
        r"\b(?:do|are|were|did|have) we\b(?! (?:trust|agreed|want|all agree))(?!.*\byou\b).*\?",
        r"\bso (?:it's|there's|he's|we're|they're|that's)\b.*\?",
        r"\b(?:right|correct|yeah)\?",
        r"(?:^|[.!,?-] )(?>(?:and|so|okay|but|then|wait|oh|well|all right|yeah)[ ,]+)*+(?:\w+, )?"
        r"(?:(?:would|does|do|did|is|are|was|were|has|have|can|could|will) (?:i|my|it|he|she|they"
        r"|that|this|those|these|there|the \w+|any\w*|both|we)\b|(?:is|are) (?:\w+ ){1,3}(?:still"
        r"|then|near|next|in|on|here|there)\b)",
    ),
    plan=any_of(
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
    scene=any_of(
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
    prompt=any_of(
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
    nod=only(
        r"yeah|yes|yep|yup|no|nope|nah|ok|okay|all right|all righty|alright|right|sure|correct"
        r"|you can|you may|you do|you would|you are|it is|it does|he is|she is|you got it|got it"
        r"|sounds good|go for it|go ahead|perfect|good|great|cool|nice|fair|fair enough|exactly"
        r"|absolutely|of course|mm-hmm|mm|uh-huh|indeed|certainly|sorry|thanks|very good|good to"
        r" know|then|that works|that's fine|that's right|i know|well|oh|so|and|but|please|done"
    ),
    cry=only(
        r"oh|ooh+|oo+h|ah+|aw+|wow|whoa|woah|what|ha|haha|hey|god|my god|my|man|boy|no+|yes+|shit"
        r"|fuck|damn|dang|dang it|jesus|christ|holy|crap|gross|ew+|ugh|yay|woo+|hoo|hee|gosh|geez"
        r"|jeez|ow|oof|yikes|come on|nice|hell|balls|so good|so cute|that's|great|amazing|awesome"
        r"|cool|sweet|really|wait|huh|um|uh|hmm+|aww+|get it|good job|well done|dude|guys|you guys"
        r"|i'm|sorry|it|the|of|gail"
    ),
    table=any_of(
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
        r"|accent|voices?|in-game|roleplay|spoilers?|rap music|dad|mom|monster manual|handbook"
        r"|rulebook|sessions?|downtime|last time|next time|another time|text (?:thread|message"
        r"|alert)|backstory|fans|meme|stat block)\b",
        r"♪",
    ),
    show=any_of(
        r"\b(?:twitch|d&d beyond|sponsors?|sponsored|stream|subscri\w+|giveaway|merch|t-shirts?"
        r"|episodes?|critical role|youtube|podcast|kickstarter|donat\w+|winner|comics?|website"
        r"|charity|tickets?|announcements?|supports? us|amazon|welcome back|promo|sitcom)\b",
        r"♪",
    ),
    coin=any_of(r"\b(?:gold|silver|copper|platinum)(?: pieces?)?\b", r"\bgentlemen?\b"),
    hail=any_of(
        r"\b(?:my (?:dear |good |old )?(?:friends?|lady|lord|liege|brother|sister|child|dear)"
        r"|little one|good sir|m'lady|milady|your (?:grace|majesty|highness)|captain|traveller)\b",
        r"(?:^|[,.!] )(?:sir|madam|old man)[,.!?]",
    ),
    you=any_of(r"\byou(?:r|rs|'re|'ve|'ll|'d)?\b"),
    begins=any_of(
        r"\b(?:the )?(?:next|following) (?:morning|day|evening|night)\b",
        r"\b(?:hours?|days?|weeks?|some time) (?:pass(?:es)?|go(?:es)? by|later)\b",
        r"\b(?:last we left off|when we last|we pick up|meanwhile|we return to|cut to)\b",
        r"\b(?:you|we) (?:finally |eventually |all )?(?:arrive at|arrive in|make your way (?:to"
        r"|into|towards?|back)|wake up|come to consciousness|head back to)\b",
        r"\b(?:as )?(?:dawn|morning|night|evening|dusk) (?:comes|falls|breaks|arrives|sets in)\b",
    ),
    fight=any_of(
        r"\b(?:turn|round|initiative|hits?|miss(?:es)?|damage|attack|action|save|roll|movement"
        r"|disadvantage|advantage|restrained|stunned|paralyzed|unconscious|concentration|hex|rage"
        r"|raging|spell|bonus)\b",
    ),
    own=any_of(r"\b(?:i|i'm|i'll|i've|i'd|my|me|mine|myself)\b"),
    ours=any_of(r"\b(?:we|us|our|ours|we're|we'll|we've|we'd|let's)\b"),
    past=any_of(
        r"\b(?:was|were|had|did|said|went|took|got|thought|used|wanted|came|saw|heard|told)\b"
    ),
    guess=any_of(
        r"\b(?:maybe|perhaps|what if|if (?:we|you|it)|i (?:wonder|hope|bet|think|guess|suppose))\b"
    ),
    grant=any_of(
        r"\b(?:you (?:can|may|can't|cannot|could|certainly|don't|do not|have to)|you'd have to"
        r"|go for it|go ahead|sure|that's fine)\b",
    ),
    tells=any_of(
        r"(?:^|[.!?-] )(?:\w+, )?(?>(?:okay|all right|all righty|with that|yeah),? )*+you "
        r"(?:guys |all |both |just |do |manage to |begin to )?(?!can\b|may\b|could\b|have to|have\b"
        r"|need|would|got\b|know|want|might|should|don't|did|didn't|roll|are\b|guys\b|were\b|said"
        r"|mean|do\b|get\b|already|still|only|two|three|will)\w+",
    ),
    reports=any_of(
        r"\b(?:says|goes|asks|replies|shouts|whispers|yells|mutters|answers"
        r"|(?:is|are|'s|'re) like)\b[^.?!]{0,30}[,:]",
    ),
    third=any_of(
        r"(?:^|[.!?-] )(?:with that,? |(?:and|then|suddenly|now),? )?(?:he|she|it|they"
        r"|the \w+(?: \w+)?|(?:that|her|his|its) \w+|both \w+(?: \w+)?|one of \w+|there's"
        r"|there (?:is|are)) (?!does not hit|hits?\b|saves?\b|doesn't hit|is your|means)\w+",
    ),
    thing=any_of(
        r"(?:^|[.!?-] )(?:(?:okay|all right|and),? )?(?:your \w+|you've|you're|it's|that \w+"
        r"|the \w+|both \w+|\w+s) \w+",
    ),
    opens=any_of(r"^(?:wait|hold on|so|also|sorry|oh|okay|yeah|well|no|yes|just|question)\b"),
    polite=any_of(
        r"\b(?:please|thank you|thanks|excuse me|sir|ma'am|hello|hi|good ?bye|bye|pleasure|welcome"
        r"|of course|i'm sorry|friends?|lady|lord)\b",
    ),
    oath=any_of(r"\b(?:shit|fuck\w*|damn|god|jesus|hell|crap|ass|bitch|holy)\b"),
)
