"""Languages: the ISO 639 codes that may be asked for, and how a request is read."""

from __future__ import annotations

from earwitness.core.errors import UsageError

_CODES = (
    "af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha "
    "haw he hi hr ht hu hy id is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr "
    "ms mt my ne nl nn no oc pa pl ps pt ro ru sa sd si sk sl sn so sq sr su sv sw ta te tg "
    "th tk tl tr tt uk ur uz vi yi yo yue zh "
)

KNOWN = frozenset(_CODES.split())
"""Codes of the languages that Whisper models know; no other engine here knows more."""

_NAMES = (
    "af:afrikaans am:amharic ar:arabic as:assamese az:azerbaijani ba:bashkir be:belarusian "
    "bg:bulgarian bn:bengali bo:tibetan br:breton bs:bosnian ca:catalan cs:czech cy:welsh "
    "da:danish de:german el:greek en:english es:spanish et:estonian eu:basque fa:persian "
    "fi:finnish fo:faroese fr:french gl:galician gu:gujarati ha:hausa haw:hawaiian he:hebrew "
    "hi:hindi hr:croatian ht:haitian_creole hu:hungarian hy:armenian id:indonesian is:icelandic "
    "it:italian ja:japanese jw:javanese ka:georgian kk:kazakh km:khmer kn:kannada ko:korean "
    "la:latin lb:luxembourgish ln:lingala lo:lao lt:lithuanian lv:latvian mg:malagasy mi:maori "
    "mk:macedonian ml:malayalam mn:mongolian mr:marathi ms:malay mt:maltese my:myanmar ne:nepali "
    "nl:dutch nn:nynorsk no:norwegian oc:occitan pa:punjabi pl:polish ps:pashto pt:portuguese "
    "ro:romanian ru:russian sa:sanskrit sd:sindhi si:sinhala sk:slovak sl:slovenian sn:shona "
    "so:somali sq:albanian sr:serbian su:sundanese sv:swedish sw:swahili ta:tamil te:telugu "
    "tg:tajik th:thai tk:turkmen tl:tagalog tr:turkish tt:tatar uk:ukrainian ur:urdu uz:uzbek "
    "vi:vietnamese yi:yiddish yo:yoruba yue:cantonese zh:chinese"
)
_CODE_OF = {
    name.replace("_", " "): code for code, name in (each.split(":") for each in _NAMES.split())
}


def code_of_name(name: str) -> str | None:
    """The code of a language called by its English name, as some services do; None: unknown.

    Example:
        >>> code_of_name("dutch"), code_of_name("Elvish")
        ('nl', None)
    """
    return _CODE_OF.get(name.strip().lower())


def read_language(asked: str | None) -> str | None:
    """A code to ask an engine for, or None for automatic.

    Args:
        asked: `auto`, empty or None for automatic; else a code in any case.

    Raises:
        UsageError: If no engine could know it; the hint lists the codes.

    Example:
        >>> read_language("NL"), read_language("auto")
        ('nl', None)
    """
    code = (asked or "auto").strip().lower()
    if code == "auto":
        return None
    if code not in KNOWN:
        raise UsageError(
            f"no engine knows a language {code!r}",
            hint="use auto, en, nl or one of: " + " ".join(sorted(KNOWN)),
        )
    return code
