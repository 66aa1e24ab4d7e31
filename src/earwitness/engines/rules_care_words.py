"""Words by which rules know what belongs in a note about a consultation, in English and Dutch.

Patterns meet text in small letters with plain apostrophes (`rules_language.plain`). Words of both
languages are looked for everywhere: they are seldom taken for each other.
"""

from __future__ import annotations

import re
from typing import Final

Sign = re.Pattern[str]


def _any(*parts: str) -> Sign:
    return re.compile("|".join(f"(?:{part})" for part in parts))


FACETS: Final[dict[str, Sign]] = {
    "pain": _any(
        r"\b(?:pains?|painful|hurts?|hurting|ach(?:e|es|y|ing)|headaches?|sore|discomfort|cramps?"
        r"|pressure on|stiff(?:ness)?|migraines?|tender)\b",
        r"\b(?:pijn\w*|hoofdpijn|doet zeer|doen zeer|krampen|stijf|migraine|druk op)\b",
    ),
    "breath": _any(
        r"\b(?:cough\w*|phlegm|sputum|short(?:ness)? of breath|breath\w*|wheez\w*|nose|throat|chest"
        r"|sneez\w*|snee\w*|blocked|runny|streaming)\b",
        r"\b(?:hoest\w*|slijm|kortademig|adem\w*|benauwd\w*|neus|keel|borst)\b",
    ),
    "body": _any(
        r"\b(?:fever\w*|temperature|sweat\w*|nause\w*|vomit\w*|sick|dizz\w*|rash\w*|itch\w*"
        r"|swell\w*|swollen|bleed\w*|blood|diarrh?oea|numb\w*|tingl\w*|weak\w*|palpitation\w*"
        r"|heart|vision|blurr\w*|skin|bites?|bitten|eczema|spots?|chill\w*|shiver\w*|faint\w*)\b",
        r"\b(?:koorts|zweet\w*|misselijk\w*|overgegeven|duizelig\w*|uitslag|jeuk\w*|zwelling"
        r"|bloed\w*|diarree|doof gevoel|tintel\w*|slap|hartklopping\w*|hart|huid|wazig"
        r"|rillingen)\b",
    ),
    "onset": _any(
        r"\b(?:started|start(?:ing)? (?:when|after)|began|since|(?:hours?|days?|weeks?|months?"
        r"|years?) (?:ago|now|or so)|(?:last|past|for (?:about|the)?) ?(?:few|couple"
        r"|\w+) (?:hours?|days?|weeks?|months?|years?)|first time|came on|all the time|how long"
        r"|when did)\b",
        r"\b(?:begon|begonnen|sinds|sedert|(?:uur|dagen|weken|maanden|jaar) geleden"
        r"|al (?:\w+ )?(?:dagen|weken|maanden|jaren)|de hele tijd|hoe lang|voor het eerst)\b",
    ),
    "history": _any(
        r"\b(?:diabet\w*|hypertens\w*|high (?:blood|uh)[^.?!]{0,8}blood pressure|blood pressure"
        r"|cholesterol|asthma|medical (?:problems?|conditions?|history)|diagnos\w*|operations?"
        r"|surgery|overweight|hay ?fever|stones?|condition|illness\w*|fit and well|pregnan\w*"
        r"|thyroid)\b",
        r"\b(?:suikerziekte|diabetes|bloeddruk|cholesterol|astma|operatie|ziekte\w*|aandoening"
        r"|overgewicht|hooikoorts|zwanger|schildklier|diagnose)\b",
    ),
    "medicine": _any(
        r"\b(?:medic(?:ation|ations|ines?|ine)|tablets?|pills?|inhalers?|paracetamol|ibuprofen"
        r"|antibiotics?|antihistamines?|steroids?|drugs?|creams?|painkillers?|dose|lem ?sips?"
        r"|aspirin|metformin|lisinopril|antidepressants?|sertraline|prescri\w*"
        r"|over[- ]the[- ]counter)\b",
        r"\b(?:medicijn\w*|medicatie|tablet\w*|pillen?|paracetamol|ibuprofen|antibiotica|zalf|crème"
        r"|pijnstiller\w*|dosis|antidepressiva|recept)\b",
    ),
    "allergy": _any(r"\ballerg\w*\b"),
    "family": _any(
        r"\b(?:(?:in|of|your|my|the) (?:\w+ )?family|parents?|father|mother|brothers?|sisters?|mum"
        r"|mom|dad|uncles?|aunts?|grand\w+)\b",
        r"\b(?:familie|ouders?|vader|moeder|broers?|zus(?:sen|ter)?|oom|tante|opa|oma)\b",
    ),
    "smoking": _any(
        r"\b(?:smok\w*|cigarettes?|vap(?:e|ing)|tobacco)\b", r"\b(?:rook|roken|rookt|sigaret\w*)\b"
    ),
    "alcohol": _any(
        r"\b(?:alcohol|pints?|units? a week|wine|beers?|drink (?:much|any))\b",
        r"\b(?:alcohol|glazen|wijn|bier|drink je|drinkt u)\b",
    ),
    "living": _any(
        r"\b(?:live (?:alone|with|by)|living (?:alone|with)|partner|wife|husband|kids|children"
        r"|at home|(?:do|are) you work\w*|work as|my (?:job|boss|work)|office|school|college"
        r"|university|travel\w*|holiday|abroad|came back from|been to)\b",
        r"\b(?:woon|wonen|woont|alleen|partner|vrouw|man|kinderen|thuis|werk\w*|baan|baas|school"
        r"|studie|vakantie|buitenland)\b",
    ),
    "feeling": _any(
        r"\b(?:i(?:'m| am| was|'ve been| have been|'ve felt)? (?:just |so |really |very |a bit "
        r"|quite |always |been |feel(?:ing)? )*(?:feel(?:ing)?|felt|afraid|scared|worried"
        r"|anxious|angry|sad|ashamed|alone|lonely|tired|exhausted|stressed|overwhelmed|depressed"
        r"|down|hopeless|guilty|upset)|panic\w*|crying|cried|mood|stress\w*|worr(?:y|ied|ies))\b",
        r"\b(?:ik (?:voel|ben|was|werd) (?:me |mij |zo |heel |erg |altijd |vaak )*(?:bang|boos"
        r"|verdrietig|alleen|eenzaam|moe|gestrest|angstig|somber|schuldig|rot|slecht|opgelucht)"
        r"|paniek\w*|huil\w*|stemming|piek(?:er|eren)\w*|zorgen)\b",
    ),
    "rest": _any(
        r"\b(?:sleep\w*|slept|insomnia|appetite|eating|energy|weight|concentrat\w*|fatigue\w*"
        r"|tired(?:ness)?|run ?down)\b",
        r"\b(?:slaap\w*|slapen|sliep|eetlust|energie|gewicht|concentr\w*|moe\w*|sport\w*)\b",
    ),
}
"""What somebody who came for help may speak of."""

ALWAYS: Final = frozenset({"allergy", "smoking", "alcohol", "medicine", "history", "family"})
"""Of these even a plain no is worth keeping."""

OBSERVED: Final = _any(
    r"\byou(?:'re| are)? (?:look\w*|sound\w*|seem\w*|appear\w*)\b",
    r"\bi (?:can |could )?(?:see|notice|hear|observe)d? (?:that|you|from|it|your)\b",
    r"\b(?:on|from|over) (?:the|your|this) (?:video|camera|screen)\b",
    r"\b(?:if you press|when you press|with a glass|tender|blanch\w*|widespread|press on)\b",
    r"\b(?:your|the) (?:score|test|results?|reading|pulse|heart rate|blood pressure) (?:is|was|are"
    r"|were|shows?|came)\b",
    r"\b(?:u|je) (?:ziet er|klinkt|lijkt|oogt|komt over)\b",
    r"\b(?:ik zie|ik merk|het valt me op) (?:dat|aan)\b",
    r"\b(?:uw|je|de) (?:score|test|uitslag|meting|pols|hartslag|bloeddruk) (?:is|was|laat)\b",
)
"""What somebody who treats sees, hears or measures."""

MEASURED: Final = _any(
    r"\b(?:weigh\w*|weight|height|tall|kilo\w*|kilograms?|stone|temperature|thermometer|degrees"
    r"|blood pressure|heart rate|pulse|blood sugar|score\w*|scale of|out of (?:10|ten)|bpm"
    r"|oxygen)\b",
    r"\b(?:weeg|weegt|gewicht|lengte|kilo\w*|temperatuur|thermometer|graden|bloeddruk|hartslag|pols"
    r"|bloedsuiker|score\w*|schaal van|op (?:10|tien))\b",
)
NUMBER: Final = _any(
    r"\d",
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty"
    r"|fifty|sixty|seventy|eighty|ninety|hundred|normal|stable)\b",
    r"\b(?:twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|\w+tien|\w+tig|honderd|normaal"
    r"|stabiel)\b",
)

ASSESSED: Final[tuple[tuple[Sign, float], ...]] = (
    (
        _any(
            r"\b(?:sounds?|looks?|seems?) (?:to me )?(?:more )?(?:like|as (?:if|though))\b",
            r"\b(?:most likely|more likely|possib(?:ly|ility|le)|probabl[ey]|suspect\w*"
            r"|likely to be|suggest(?:s|ive)?|indicat\w*|consistent with|diagnos\w*|rule out"
            r"|exclude)\b",
            r"\b(?:i think|i believe|my impression|i don't think|i'm (?:a bit |quite "
            r"|slightly )?(?:worried|concerned))\b[^.?!]{0,120}\b(?:have|having|is|are|it's|you"
            r"|your|this|about)\b",
            r"\b(?:caused by|due to|because of|could be|might be|may be|what(?:'s| is) going on)\b",
            r"\b(?:klinkt als|lijkt (?:me |wel )?(?:op|erop)|waarschijnlijk|mogelijk|vermoed\w*"
            r"|wijst op|past bij|diagnose|uitsluiten|ik denk dat (?:u|je|het|dit)|het kan zijn"
            r"|komt door|veroorzaakt door|ik maak me zorgen)\b",
        ),
        0.45,
    ),
    (
        _any(
            r"\b(?:infection|virus\w*|viral|bacteri\w*|attack|migraine|eczema|asthma|malaria"
            r"|dengue|mening\w*|lyme|cardiac|stroke|depress\w*|anxiety|disorder|condition"
            r"|allerg\w*|disease|syndrome|trauma|grief|serious|urgent|emergency|progress"
            r"|improv\w*|symptoms?|flu|inflamm\w*|burn-?out|worse|causes?)\b",
            r"\b(?:infectie|virus|bacterie\w*|hartaanval|migraine|eczeem|astma|griep"
            r"|depressie\w*|angststoornis|stoornis|aandoening|ziekte|rouw|ernstig|vooruitgang"
            r"|klachten|ontsteking|burn-?out)\b",
        ),
        0.25,
    ),
    (
        _any(
            r"\b(?:you(?:'ve| have)? (?:described|told|mentioned|said)|describing|telling me"
            r"|from what|given (?:that|your)|with (?:the|your)|the symptoms)\b",
            r"\b(?:wat (?:u|je) (?:vertelt|beschrijft|zegt|noemde)|gezien)\b",
        ),
        0.15,
    ),
)
"""What somebody who treats concludes; weights add up."""

PLANNED: Final[tuple[tuple[Sign, float], ...]] = (
    (
        _any(
            r"\b(?:i(?:'m| am) (?:going to|gonna)|i(?:'ll| will)|we(?:'ll| will|'re going to"
            r"|'re gonna| are going to)|what (?:i|we)(?:'ll|'d| would|'m going to|'re going to"
            r"| need)|you(?:'ll| will| would| might)? (?:probably )?(?:need|have) to|you should"
            r"|i(?:'d| would) (?:like|suggest|recommend|advise|want)|(?:it's"
            r"|it is) (?:definitely )?(?:worth|important|best|fine to)|make sure|the plan|let's"
            r"|we (?:need|would|certainly)|next step|the important thing|you can|please"
            r"|don't take|i wouldn't)\b",
            r"\b(?:ik (?:ga|zal|wil|stel voor|raad|schrijf|verwijs|maak)|we (?:gaan|zullen"
            r"|spreken af|moeten|maken|plannen)|u (?:moet|kunt|zou)|je (?:moet|kunt|kan|zou)"
            r"|het is (?:belangrijk|goed om)|zorg dat|laten we|de afspraak is|volgende stap)\b",
        ),
        0.3,
    ),
    (
        _any(
            r"\b(?:prescri\w*|medic(?:ation|ines?)|tablets?|paracetamol|ibuprofen|antibiotics?"
            r"|cream|dose|twice a day|times a day|once a day|antihistamines?|inhaler"
            r"|painkillers?|pharmacy)\b",
            r"\b(?:voorschrijf\w*|recept|medicatie|medicijn\w*|tabletten|zalf|apotheek|keer per dag"
            r"|(?:twee|drie)maal)\b",
        ),
        0.3,
    ),
    (
        _any(
            r"\b(?:appointments?|book\w*|refer\w*|specialist|gp|hospital|ambulance|a ?(?:&"
            r"|and) ?e|emergency|face[- ]to[- ]face|see (?:a|you|the) (?:doctor|again|nurse)"
            r"|follow[- ]up|next (?:week|time|session|month)|in (?:a|one|two|three|\d) (?:days?"
            r"|weeks?|months?)|come (?:back|in)|call (?:us|back|me)|get back to us"
            r"|speak to (?:you|us) again|today)\b",
            r"\b(?:afspraak|verwijs\w*|specialist|huisarts|ziekenhuis|ambulance|spoed\w*"
            r"|vervolg\w*|volgende (?:week|keer|sessie|maand)|over (?:een|twee|drie|\d) (?:dagen"
            r"|weken|maanden)|terugkomen|bel(?:len|t)?)\b",
        ),
        0.25,
    ),
    (
        _any(
            r"\b(?:blood tests?|tests?|scan|x-?ray|ecg|check(?:ed|ing|-?ups?)?|examin\w*|sample"
            r"|monitor\w*|measure|homework|practi[cs]e|exercises?|diary|try)\b",
            r"\b(?:bloedonderzoek|onderzoek\w*|test\w*|scan|foto|controle\w*|meten|huiswerk"
            r"|oefen\w*|dagboek|proberen)\b",
        ),
        0.2,
    ),
    (
        _any(
            r"\b(?:if (?:it|things|you|your|there|the|they|any)[^.?!]{0,120}\b(?:worse|better"
            r"|improv\w*|reaction|persist\w*|settl\w*|develop\w*|get|need|cough|fever)|worsen\w*"
            r"|continue|carry on|keep (?:taking|using)|rest|fluids|drink plenty|avoid|stay on)\b",
            r"\b(?:als (?:het|u|je|de)[^.?!]{0,120}\b(?:erger|beter|koorts|reactie)|erger wordt"
            r"|doorgaan|blijf|rust|vermijd\w*|voldoende drinken)\b",
        ),
        0.25,
    ),
)
"""What was agreed or ordered; weights add up."""

INTERVENED: Final[tuple[tuple[Sign, float], ...]] = (
    (
        _any(
            r"\b(?:let's (?:try|look|think|explore|practi[cs]e)|i(?:'d| would) (?:like you to"
            r"|suggest|recommend|advise|encourage)|what i(?:'d| would) like|exercise|technique"
            r"|breath(?:e|ing) (?:in|out|exercise)|practi[cs]e|imagine|notice what|reframe"
            r"|strategy|strategies|tool|the reason|explain\w*|what (?:happens|this means) is"
            r"|it(?:'s| is) (?:normal|common|understandable)|many people|make sure|you (?:can"
            r"|could|should|need to)|don't take)\b",
            r"\b(?:laten we (?:eens )?(?:proberen|kijken|oefenen|onderzoeken)|ik (?:stel voor"
            r"|raad|zou (?:je|u) willen)|oefening|techniek|adem (?:in|uit)|stel je voor"
            r"|het is (?:normaal|begrijpelijk|heel logisch)|veel mensen|ik leg (?:het )?uit"
            r"|u kunt|je (?:kunt|zou kunnen))\b",
        ),
        0.5,
    ),
    (
        _any(
            r"\b(?:tell me (?:a (?:bit|little) )?(?:more|about)|how (?:did|does|do) (?:that|it"
            r"|you) (?:make you )?feel|what (?:was|is) that like|what goes through|what would"
            r"|sounds like (?:you|that)|i hear|i(?:'m| am) hearing|i wonder)\b",
            r"\b(?:vertel (?:eens|me|maar)|hoe (?:voelde|voelt|was) dat|wat ging er door"
            r"|ik hoor (?:je|u|dat)|ik vraag me af|wat zou)\b",
        ),
        0.45,
    ),
)

RESPONDED: Final = _any(
    r"\b(?:that (?:makes sense|helps|sounds (?:good|fine|great|ok\w*))|i (?:see|understand|agree"
    r"|guess so|don't (?:think|know|agree|want)|will try|can try|suppose)|i'll (?:try|do|give)"
    r"|it (?:helps|helped|worked)|good idea|exactly|never thought|not sure (?:about|if)"
    r"|i'd (?:like|rather)|thank you so much|that(?:'s| is) (?:fine|true|right|great|helpful"
    r"|hard|difficult))\b",
    r"\b(?:dat (?:klopt|helpt|snap ik|klinkt goed|is (?:waar|fijn|goed|moeilijk|lastig))"
    r"|ik (?:snap|begrijp|denk het|weet (?:het )?niet|zal|ga het) ?(?:het|proberen)?|goed idee"
    r"|precies|zo had ik het nog|ik wil (?:wel|niet|liever))\b",
)

CHANGED: Final = _any(
    r"\b(?:better|worse|improv\w*|progress|since (?:last|our)|last (?:time|week|session)"
    r"|less (?:than|often|anxious)|more (?:than|often)|used to|any ?more|changed?"
    r"|still (?:the same|have|having|present|there)|going well|managed to|faded|settled"
    r"|gone (?:off|away)|helping)\b",
    r"\b(?:beter|slechter|erger|vooruit\w*|sinds (?:de )?(?:vorige|laatste)|vorige (?:keer|week"
    r"|sessie)|minder|vaker|vroeger|niet meer|veranderd|nog steeds|gaat goed|gelukt"
    r"|over(?:gegaan)?|helpt)\b",
)

RISKY: Final = _any(
    r"\b(?:suicid\w*|kill(?:ing)? (?:my|your|him|her)\w*|end (?:it all|my life|your life)"
    r"|self[- ]?harm\w*|(?:harm|hurt|cut)(?:ing|ting)? (?:my|your)sel\w*|overdos\w*"
    r"|better off dead|not want(?:ing)? to (?:live|be here)|don't want to (?:live|be here)"
    r"|no point (?:in )?(?:living|going on)|hurt (?:somebody|someone|others|anyone)|harm to"
    r"|abus\w*|violen\w*|(?:hits|hit|beats) me|afraid of (?:him|her)|(?:not|feel|you) safe"
    r"|unsafe|safety|danger\w*|life[- ]threatening|weapon|relapse\w*|safe(?:guarding)? at home)\b",
    r"\b(?:zelfmoord|su[iï]cid\w*|(?:mezelf|jezelf|uzelf) (?:iets aandoen|pijn|verwonden"
    r"|snijden)|automutil\w*|niet meer (?:leven|willen leven|verder)|er een eind aan|dood (?:wil"
    r"|zijn)|overdosis|mishandel\w*|geweld\w*|slaat me|niet veilig|onveilig|veiligheid|gevaar\w*"
    r"|misbruik\w*|wapen|terugval)\b",
)
"""Harm to oneself or others, and safety. Rather a line too many."""
