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
