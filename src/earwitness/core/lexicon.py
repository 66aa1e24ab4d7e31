"""Lexicon: which words are a language's own, so that what is left may be a name or a term."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# Function words, what people say while they think, days and months, titles: never a name by
# themselves, however often and in whatever letters they are said. Written for this program.
_ENGLISH: Final = """
a about above across actually after again against ago ah aha ahead all almost alone along already
also although always am an and another any anybody anymore anyone anything anyway anyways anywhere
april are around as aside at august aw away awesome aww ay aye back bad be because been before
behind being below beneath beside besides best better between beyond big bit both bro but by bye
can captain cause christ christmas come cool could cuz dad dear december did do doctor does doing
done down dr dude due during each easter eh either else enough er even ever every everybody
everyone everything everywhere exactly except far february few fine first for forth friday from
further get gets getting give go god goes going gone gonna good goodbye got gotta great guy guys
had hah haha half has have having he heh hello hence her here hers herself hey hi him himself his
hm hmm hold holy how however huh hundred i if in indeed inside instead into is it its itself
january jeez jesus july june just keep kinda know last later least less let lets like likely
little look lord lot lots ma'am madam mama many march may maybe me mean meanwhile mhm might mine
miss mister mm mmm mom monday more most mr mrs ms much mum must my myself near nearly need neither
never next nice no nobody none nope nor not nothing november now nowhere october of off oh ok okay
on once one ones only onto oof ooh oops or other others otherwise ouch ought our ours ourselves
out outside over own papa past per perhaps please plus pretty prof professor quite rather really
right round said same saturday say says see seem seems seen september several shall she shh should
shouldn since sir so some somebody somehow someone something sometimes somewhat somewhere soon
sorry sort still stop stuff such sunday sure take than thank thanks that the their theirs them
themselves then there therefore these they thing things think this those though thousand three
through throughout thursday thus till time to today together tomorrow tonight too toward towards
true try tuesday twice two uh uhh um umm under unless unlike until up upon us use used very via
wait wanna was way we wednesday well went were what whatever when whenever where wherever whether
which while who whoa whoever whole whom whose why will with within without woah won would wow ya
yay yea yeah yeap yep yes yesterday yet yikes you your yours yourself yourselves yup zero
"""
_DUTCH: Final = """
aan aangezien ach achter af afgelopen al alle alleen allemaal alles als alsjeblieft alstublieft
altijd alvast ander andere anderen anders april au augustus beetje behalve beide beiden ben
beneden bent best beter bij bijna bijvoorbeeld binnen boven buiten daar daarbij daarin daarmee
daarna daarom daarop daarvan daarvoor dadelijk dag dan dank dankje dankjewel dankuwel dat de
december deden deed den denk der deze die dinsdag dit doch doe doei doen doet donderdag door dr
drie dus e echt echter een eens eerst eerste eigenlijk elk elkaar elke en enkel enz er erg ergens
erin ermee erop eruit ervan even februari ga gaan gaat gauw ge geen gehad geheel geweest gewoon
geworden ging gisteren goed goeie goh graag haar had hadden haha hallo he heb hebben hebt heeft
heel helaas helemaal hem hen het hier hierbij hierna hij hm hmm ho hoe hoeveel hoewel hoi hoor hun
hè hé ieder iedere iedereen iemand iets ik immers in inderdaad intussen is ja jaja januari jawel
je jee jemig jezelf jij jou jouw juist juli jullie juni kan kerst kijk klaar klopt komen komt kon
kun kunnen kunt laat lang later leuk liever maandag maar maart mag man mee meer meest meestal mei
men meneer met meteen mevrouw mij mijn min minder misschien mm mmm moest moesten moet moeten mogen
mooi morgen na naar naast nadat natuurlijk nee neen nergens net niemand niet niets niks nja noch
nodig nog nogal nooit nou november nu o oeps of oh ok okay oke oktober oké om omdat omhoog onder
onderhand ongeveer ons onze ooit ook op opeens open opnieuw over overal overmorgen pas pasen per
precies prima s samen september sinds snel soms sorry steeds straks t taal te tegen ten ter terug
terwijl tijdens tja toch toe toen tot totdat tussen twee u uh uhm uit uw vaak van vanaf vanavond
vandaag vandaar vanmiddag vanmorgen vannacht vanuit vanwege veel ver verder vervolgens via vind
volgende volgens voor vooral voordat vrij vrijdag waar waarom waarop waarschijnlijk waarvan wacht
wanneer want waren was wat we weer weg wel welk welke werd werden wie wij wil willen wilt wist
woensdag worden wordt zal zaterdag ze zeer zeg zegt zei zeker zelf zelfs zich zichzelf zien zij
zijn zo zoals zodat zodra zomaar zondag zonder zou zouden zowel zulke zullen
"""

ENGLISH_STOP_WORDS: Final = frozenset(_ENGLISH.split())
STOP_WORDS: Final = ENGLISH_STOP_WORDS | frozenset(_DUTCH.split())
"""Of both languages: who speaks Dutch mixes English into it. Who speaks English does not mix Dutch
into it, and may be called Ben.
"""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of a language, small letters.

    Attributes:
        known: All that are listed, inflected ones too.
        frequent: Those of them that are said every day.
        stop_words: What can never be a name or a term by itself.
    """

    known: frozenset[str] = frozenset()
    frequent: frozenset[str] = frozenset()
    stop_words: frozenset[str] = STOP_WORDS

    def knows(self, word: str) -> bool:
        """Whether a folded word is the language's own; what an apostrophe ends is cut off."""
        return word in self.known or word in self.stop_words or stem(word) in self.known

    def stops(self, word: str) -> bool:
        """Whether a folded word can never be a name or a term by itself."""
        return word in self.stop_words or stem(word) in self.stop_words or not _has_letter(word)

    def __or__(self, other: Lexicon) -> Lexicon:
        """The words of both."""
        return Lexicon(
            self.known | other.known,
            self.frequent | other.frequent,
            self.stop_words | other.stop_words,
        )


def stem(word: str) -> str:
    """A folded word without what an apostrophe ends: `caleb's`, `jan's`, `foto's`."""
    head, mark, tail = word.partition("'")
    return head if mark and head and len(tail) <= 2 else word


def is_stop_word(word: str) -> bool:
    """The same in either language, where no lexicon is at hand."""
    return word in STOP_WORDS or stem(word) in STOP_WORDS or not _has_letter(word)


def _has_letter(word: str) -> bool:
    return any(map(str.isalpha, word))
