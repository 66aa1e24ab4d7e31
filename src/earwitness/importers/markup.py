"""Markup: tags, entities and override codes are taken away; everything else was said and stays."""

from __future__ import annotations

import html
import re

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TAG = re.compile(r"</?(?:b|i|u|s|font|c|span|ruby|rt|lang|br)(?:[\s.=][^<>]*)?/?>", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_OVERRIDE = re.compile(r"\{\\[^{}]*\}")
_JOINER = re.compile("(?<=<)\u2060|(?<=--)\u2060(?=>)|(?:^|(?<=\n))\u2060(?=\\d+(?:\n|$))")
"""Where our own SRT exporter puts an invisible sign to keep text from being markup."""


def plain(text: str) -> str:
    r"""What people read of a subtitle's text.

    Only tags that subtitles know are markup: `<laughs>` and `{sighs}` are text.

    Example:
        >>> plain(r"{\an8}<i>Tom &amp; Ann</i> <laugh>")
        'Tom & Ann <laugh>'
    """
    text = _OVERRIDE.sub("", text)
    text = _TAG.sub("", _BREAK.sub("\n", text))
    return entities(_JOINER.sub("", text))


def entities(text: str) -> str:
    """Character references as characters; only whole ones, so that `AT&T` stays."""
    return _ENTITY.sub(_character, text) if "&" in text else text


def _character(found: re.Match[str]) -> str:
    sign = html.unescape(found[0])
    return " " if sign == "\xa0" else sign
