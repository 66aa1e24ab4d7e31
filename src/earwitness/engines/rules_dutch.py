"""Dutch words by which rules tell lines apart.

Dutch tables play by English books: what English calls rules, spells and skills counts here too.
"""

from __future__ import annotations

from typing import Final

from earwitness.engines.rules_english import ENGLISH
from earwitness.engines.rules_signs import Signs, any_of, number_after, only

_NUMBER: Final = (
    r"(?:\d{1,3}|een|één|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|dertien|veertien"
    r"|vijftien|zestien|zeventien|achttien|negentien|\w*twintig|\w*dertig)"
)
_SKILL: Final = (
    r"(?:kracht|behendigheid|constitutie|intelligentie|wijsheid|charisma|waarneming|inzicht"
    r"|onderzoek|arcana|geschiedenis|religie|natuur|geneeskunde|overleven|sluip|atletiek"
    r"|acrobatiek|overtuiging|misleiding|intimidatie|perception|insight|stealth|dex|aanvals?)"
)

DUTCH: Final = Signs(
    dice=any_of(
        ENGLISH.dice.pattern,
        r"\b\d*d(?:4|6|8|10|12|20|100)s?\b",
        r"\bd(?:twintig|twaalf|tien|acht|zes|vier)\b",
        r"\b(?:nat|natural|natuurlijke?) (?:20|1|twintig|één|een|twenty|one)\b",
        r"\b(?:reddingsworp\w*|saving throws?|initiatief|initiative|pantserklasse|armor class"
        r"|levenspunten|hitpoints?|hit points?|bonusactie|bonus action|spell slots?|spreukslots?"
        r"|voordeel|nadeel|advantage|disadvantage|bekwaamheidsbonus|proficiency|sluipaanval"
        r"|sneak attack|korte rust|lange rust|long rest|short rest|cantrip|karakterblad"
        r"|character sheet|moeilijkheidsgraad|dobbelste\w+|worp(?:en)?|check)\b",
        rf"\b{_SKILL}[ -]?(?:check|worp|save|proef|bonus)",
        r"\b(?:gooi|rol|werp)(?:t|de|en|len|den)?\b(?! (?:me|mij|hem|haar|ze|het|de|die|dat|deze"
        r"|zich|z'n|m'n|mijn|nou|naar|weg|neer|ons|alles|dan)\b)(?=.{3}|[.!?]?$)",
        r"\bgegooid\b",
        r"\bgerold\b",
        r"\b(?:\d+|halve|dubbele|\w+tien|\w+tig|\w+)(?: punten)? schade\b",
        r"\bac\b(?= is| van| \d|\?|\.|$)",
        r"\bom te raken\b",
        rf"\b(?:plus|min) {_NUMBER}\b",
        r"\bdc (?:van )?\d+\b",
        r"\bcrit(?:s|ical)?\b",
        r"\bkritieke?\b",
    ),
    rules=any_of(
        ENGLISH.rules.pattern,
        r"\b(?:modifier|reactie|actie|schade|weerstand|immuun|spreuk(?:en)?|bereik|meter ver"
        r"|niveau|level|bonus|beurt|ronde|aanval|aanvallen|punten|regels?|eigenschap|vaardigheid"
        r"|verlamd|vastgegrepen|concentratie|feat|raakt|raak|mis)\b",
    ),
    craft=any_of(
        ENGLISH.craft.pattern,
        r"\b(?:eldritch blast|vuurbal|fire ?bolt|mage hand|detect magic|cure wounds|healing word"
        r"|onzichtbaarheid|genezingsspreuk|geneesdrank|waarneming|inzicht|sluipen|atletiek|arcana"
        r"|perception|stealth|insight|investigation|woede|rage|nachtzicht|darkvision|ritueel"
        r"|component|inventaris|uitrusting)\b",
        rf"\b{_NUMBER} (?:meter|voet|punten|ronden?|rondes|vakjes|ladingen)\b",
    ),
    result=number_after(
        r"oh|oké|ok|ja|nou|eh|uh|en|dus|totaal|samen|dat is|dat wordt|het is|ik heb|heb|helaas"
        r"|maar|slechts|pas|plus|min|met|voor|natuurlijke|nat|wacht|nee|sorry",
        _NUMBER,
        r"plus|min|totaal|punten|schade|voor mij|om te raken|in totaal|dat is|is|en|of|samen"
        r"|helaas|jammer",
    ),
    number=any_of(
        r"(?<![€\d])\b\d{1,2}\b(?! (?:goud|zilver|koper|meter|minuten|uur|mensen|jaar|dagen|euro))",
        r"\b(?:elf|twaalf|dertien|veertien|vijftien|zestien|zeventien|achttien|negentien|twintig)"
        r"\b(?! (?:goud|zilver|koper|meter|minuten|uur|mensen|jaar|dagen|euro))",
    ),
    turn=any_of(
        r"\b(?:dat|die|dit|het|\d+) (?:is )?(?:raakt?|mist?)\b[.!?]*$",
        r"^(?:die |dat )?(?:is )?(?:raakt?|mis)[.!?]*$",
        r"\b(?:jouw|mijn|zijn|haar|\w+s|jullie) beurt\b",
        r"\b(?:jij|je) bent (?:aan de beurt|aan zet)\b",
        r"\bis aan (?:de beurt|zet)\b",
        r"\b(?:begin|einde?) van (?:de|je|jouw|mijn|zijn|haar) (?:ronde|beurt)\b",
        r"\b(?:raakt|haalt|mist|redt) (?:dat|die|een)\b.*\?",
        r"\bwie is er (?:aan de beurt|nu)\b",
    ),
    call=any_of(
        r"\b(?:maak|doe|geef|gooi|rol|werp)\b.{0,40}\b(?:check|worp|save|proef|initiatief|schade"
        r"|waarneming|d20)\b",
        r"^(?:oké,? )?(?:gooi|rol) (?:maar|eens|even|voor)\b",
    ),
    deed=any_of(
        r"\bik (?:ga|wil|probeer|zou graag)\b(?! (?:naar huis|zo even|even pauze)).{0,60}"
        r"\b(?:te )?(?:kijken|lopen|rennen|pakken|grijpen|vallen|slaan|schieten|sluipen|klimmen"
        r"|openen|zoeken|doorzoeken|gooien|trekken|duwen|volgen|luisteren|verstoppen|steken"
        r"|springen|gebruiken|onderzoeken|staan|zitten|geven|fluisteren|vragen|aanvallen|toveren"
        r"|redden|halen|leggen|zetten|maken|doen|gaan|bekijken|drinken|blijven|wachten|omhoog"
        r"|binnen)\b",
        r"^(?:en |dan |dus |oké,? |ja,? |nou,? )*ik (?:loop|ren|pak|grijp|trek|steek|sla|schiet"
        r"|sluip|klim|open|zoek|kijk|spring|gebruik|duw|volg|luister|verstop|ga|leg|geef|knik"
        r"|buig|glimlach|fluister|wijs|val|stap|draai|zet|hou|houd|spreek|neem|werp me|doe|blijf"
        r"|kniel|doorzoek|onderzoek|haal|schop|ruk|leun|zwaai|cast|gooi|trap|kruip|roep|hang"
        r"|snij|snijd)\b",
        r"\bmijn (?:karakter|personage)\b",
        r"\b(?:dan|daarna|vervolgens) (?:loop|ren|pak|grijp|trek|steek|sla|schiet|sluip|ga|doe|cast"
        r"|spring|gooi|geef|kijk|zet|leg|hou|roep|fluister|draai|duw|klim|kruip|neem|haal) ik\b",
    ),
    ask=any_of(
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
        r"(?:^|[.!,?-] )(?>(?:en|dus|oké|maar|wacht|oh|nou|ja|eh)[ ,]+)*+(?:\w+, )?(?:kan|kun"
        r"|kunnen|mag|moet|is|zijn|was|waren|heeft|hebben|had|zie|zien|ziet|zou|zouden|gaat|komt"
        r"|staat|ligt|zit|klopt) (?:ik|het|hij|ze|die|dat|dit|deze|er|we|de \w+|mijn|m'n)\b",
    ),
    plan=any_of(
        r"\b(?:laten we|we moeten|moeten we|we kunnen|zullen we|we gaan|misschien moeten"
        r"|waarom gaan we|kom mee|kom op|schiet op|rustig|hou op|laat me|laat ons|help me"
        r"|hier komen|opschieten|volg mij|volg me|pas op|kijk uit|dank je|dank u|bedankt"
        r"|pardon|mijn vriend|vriend|het spijt me|hallo|goedemorgen|goedenavond|gegroet|vaarwel"
        r"|ik vertrouw|vertrouw|weet je|heb je|heeft u|kun je|kunt u|wil je|wilt u|ben je|bent u"
        r"|gaat het|ik denk dat|ik weet|ik ken|geef me|geef ons|vertel|help|wees voorzichtig|zwijg"
        r"|stil|achter me|blijf|we hebben|wij zijn|wij|ons|onze|heer|vrouwe|meester|u)\b",
    ),
    scene=any_of(
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
    prompt=any_of(
        r"\bwat (?:doe|doen|gaat|gaan|ga|wil|willen) (?:je|jij|jullie|\w+)\b.*\?",
        r"\bwie (?:gaat|is|wil|doet|staat|blijft)\b.*\?",
        r"\bwaar (?:sta|staan|ga|gaan) (?:je|jij|jullie)\b",
        r"\b(?:ga|wil|doe|gebruik|blijf) (?:je|jij|jullie)\b.*\?",
        r"\bwat is (?:je|jouw|jullie)\b",
        r"\bverder nog iets\b",
        r"\bnog iets anders\b",
    ),
    nod=only(
        r"ja|nee|jawel|jep|oké|ok|okee|goed|prima|zeker|klopt|mag|dat mag|dat kan|kan|is goed|top"
        r"|precies|natuurlijk|tuurlijk|uiteraard|mooi|fijn|sorry|bedankt|nou|tja|dus|en|maar|hm+"
        r"|inderdaad|absoluut|ga je gang|helemaal|hoor|graag|eerlijk genoeg|doe maar|ja hoor"
        r"|okay|yes|yep|super|lekker bezig|goeie|snap ik|weet ik|weet je|vind ik wel|zo|dat klopt"
    ),
    cry=only(
        r"oh+|o+h|ah+|au|wauw|wow|wat|ha|haha|hahaha|hé|hee|god|jee|jeetje|nee+|ja+|shit|fuck|kut"
        r"|verdorie|verdomme|jezus|bah|ieuw|gadver|joepie|hoera|oei|ai|wacht|hmm+|eh|uh|geweldig"
        r"|lekker|cool|nice|tof|gaaf|echt|mensen|jongens|niet weer|weer|man|oh nee|mijn"
        r"|yes|serieus|jeetje|hè|joh|super|top|bizar|niet normaal|gelukt|whoa|wow|tering|holy"
    ),
    table=any_of(
        r"\b(?:spel(?:en)?|spelleider|dungeon master|de dm|speler(?:s)?|npc|campagne|sessie|pizza"
        r"|chips|bier(?:tje)?|cola|koffie|thee|koekjes?|wc|toilet|pauze|telefoon|laptop|app|appje"
        r"|internet|youtube|film|serie|netflix|muziek|liedje|volgende week|vorige week|vorige keer"
        r"|vanavond|morgen werken|trein|bus|auto|parkeren|werk|school|batterij|opname|microfoon"
        r"|camera|kaart op tafel|poppetjes?|miniatuur|blaadje|potlood|pen|aantekeningen|boek"
        r"|handboek|agenda|datum|buren|oppas|verjaardag|welkom terug|twitter|discord|stem(?:metje)?"
        r"|accent|lekker|bestellen|bezorg\w+|oplader|stoel|raam open|backstory|monster manual"
        r"|stream|aflevering|meme|fans|podcast|campaign|trouwens|volgende keer|boodschappen|wijn"
        r"|supermarkt|aanbieding|wifi|mail|foto)\b",
        r"♪",
    ),
    show=any_of(
        r"\b(?:pauze|pizza|bestellen|bezorg\w+|twitch|stream|aflevering|sponsors?|youtube|podcast"
        r"|welkom terug|volgende sessie|oplader|agenda|datumprikker|trein|oppas)\b",
        r"♪",
    ),
    coin=any_of(r"\b(?:goudstuk(?:ken)?|zilverstuk(?:ken)?|koperstuk(?:ken)?|goud|zilver)\b"),
    hail=any_of(
        r"\b(?:mijn (?:beste |goede |oude )?(?:vriend(?:en)?|vrouwe|heer|broeder|broer|zuster|zus"
        r"|kind)|kleine vriend|goede heer|vreemdelingen?|uwe (?:hoogheid|genade))\b",
        r", (?:heer|vrouwe|vrienden|vriend|kapitein|oude man)[,.!?]",
    ),
    you=any_of(r"\b(?:je|jij|jou|jouw|jullie|u|uw)\b"),
    begins=any_of(
        r"\bde (?:volgende|andere) (?:ochtend|dag|avond|nacht)\b",
        r"\b(?:uren|dagen|weken|enige tijd|een uur|een dag) (?:later|verstrijk\w+|gaan voorbij"
        r"|gaat voorbij)\b",
        r"\b(?:vorige keer|ondertussen|intussen)\b.{0,40}\b(?:bleven|stopten|waren|zijn)\b",
        r"\b(?:je|jullie) (?:kom(?:t|en) (?:\w+ )?aan|arriveert|arriveren|word(?:t|en) wakker"
        r"|bereik(?:t|en))\b",
        r"\b(?:de )?(?:dageraad|ochtend|nacht|avond|schemering) (?:breekt|valt|komt)\b",
    ),
    fight=any_of(
        r"\b(?:beurt|ronde|initiatie\w+|initiative|raakt?|mist?|schade|aanval\w*|actie|bonusactie"
        r"|save|worp|voordeel|nadeel|advantage|disadvantage|verlamd|bewusteloos"
        r"|concentratie|woede|rage|spreuk|spell|hp|hitpoints?)\b",
    ),
    own=any_of(r"\b(?:ik|'k|mij|me|mijn|m'n)\b"),
    ours=any_of(r"\b(?:we|wij|ons|onze|laten we)\b"),
    past=any_of(
        r"\b(?:was|waren|had|hadden|deed|deden|zei|zeiden|ging|gingen|nam|dacht|dachten|wilde"
        r"|wilden|wou|kwam|kwamen|zag|zagen|hoorde|vertelde|werd|bleef|stond|wist)\b",
    ),
    guess=any_of(
        r"\b(?:misschien|wellicht|stel dat|als (?:we|je|het|jullie)|zou(?:den)?|ik (?:denk|hoop|wed"
        r"|gok|geloof))\b",
    ),
    grant=any_of(
        r"\b(?:(?:dat|je|jullie) (?:mag|mogen|kan|kunt|kunnen)|mag je|mag gewoon|ga je gang"
        r"|doe maar|is goed|prima|kan niet|mag niet)\b",
    ),
    tells=any_of(
        r"(?:^|[.!?-] )(?:\w+, )?(?>(?:oké|goed|nou|ja|dus|en|dan|ineens|plotseling),? )*+"
        r"(?:je|jij|jullie) (?!mag|mogen|kan|kunt|kunnen|moet|moeten|hebt|hebben|had|zou|weet|wil"
        r"|gooi|rol|bent\b|zei|bedoelt?|kunt|krijgt)\w+",
        r"(?:^|[.!?,-] )(?>(?:oké|goed|nou|ja|dus|en|maar|dan|daar|ineens|plotseling|langzaam),? "
        r")*+(?:hoor|zie|voel|ruik|merk|loop|sta|kom|vind|val|hang|zit|krijg) (?:je|jullie)\b"
        r"(?!.*\?)",
    ),
    reports=any_of(
        r"\b(?:zegt|vraagt|roept|fluistert|antwoordt|schreeuwt|bromt|mompelt|gilt|gaat van)\b"
        r"[^.?!]{0,30}[,:]",
    ),
    third=any_of(
        r"(?:^|[.!?,-] )(?:(?:en|dan|dus|plotseling|ineens|nu),? )?(?:hij|zij|ze|die \w+|deze \w+"
        r"|(?:de|het|een|zijn|haar|z'n) \w+(?: \w+)?|er) (?!raakt?\b|mist?\b|haalt?\b)\w+",
    ),
    thing=any_of(
        r"(?:^|[.!?-] )(?:(?:oké|goed|en|nou|ja),? )?(?:je \w+|jouw \w+|het is|dat is|het|dat \w+"
        r"|de \w+|die \w+) \w+",
    ),
    opens=any_of(
        r"^(?:wacht|ho|dus|ook|sorry|oh|o|oké|ok|ja|nou|nee|vraag|even|effe|tja|eh|goed)\b"
    ),
    polite=any_of(
        r"\b(?:alstublieft|alsjeblieft|dank (?:je|u)\w*|bedankt|pardon|meneer|mevrouw|hallo"
        r"|gegroet|dag|vaarwel|welkom|natuurlijk|het spijt me|vriend(?:en)?|heer|vrouwe|u|uw)\b",
    ),
    oath=any_of(
        r"\b(?:shit|fuck\w*|verdomme|verdorie|god\w*|jezus|kut|klote|hel|lul|eikel|tering|kak)\b"
    ),
)
