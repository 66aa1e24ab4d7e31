"""Page: the frame of a report as one HTML file: no script, no address, printable."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Final

import earwitness

STYLE: Final = """
:root{color-scheme:light dark;--bg:#f7f7f5;--card:#fff;--ink:#1c1d1f;--soft:#666a70;--line:#e3e3df;
--mark:#9a5b00;--markbg:#fff6e3;--ok:#2f7d4f;--warn:#b26a00;--bad:#b3261e;
--s0:#4269d0;--s1:#e0a93b;--s2:#4fa3a5;--s3:#a463c9;--s4:#6cae5f;--s5:#d0624f;--s6:#8a8f98;
--s7:#c98bb0;--s8:#7c6f58;--s9:#b9bcc2}
@media screen and (prefers-color-scheme:dark){:root{--bg:#16171a;--card:#1f2125;--ink:#e9e9e6;
--soft:#9da2aa;--line:#33363c;--mark:#f2c26b;--markbg:#2d2618;--ok:#6cc08b;--warn:#eab25a;
--bad:#f08a80;
--s0:#6f8fe8;--s1:#e8bb5c;--s2:#66bcbe;--s3:#b985d8;--s4:#83c277;--s5:#e27f6d;--s6:#989da6;
--s7:#d7a2c2;--s8:#a1937a;--s9:#5d6168}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:960px;margin:0 auto;padding:32px 20px 56px}
h1{font-size:26px;line-height:1.2;margin:0 0 4px;letter-spacing:-.01em}
h2{font-size:17px;margin:0 0 4px}
p{margin:0 0 12px}.soft{color:var(--soft)}.small{font-size:13px}
section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:20px 22px;
margin-top:18px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(128px,1fr));gap:12px;margin-top:22px}
.tile{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:12px 14px}
.tile b{display:block;font-size:21px;line-height:1.25;font-variant-numeric:tabular-nums}
.tile span{color:var(--soft);font-size:13px}
.call{background:var(--markbg);border-color:var(--mark)}
.call h2{color:var(--mark)}
.call p{font-size:16px;margin:6px 0}
.call.bad{border-color:var(--bad)}.call.bad h2{color:var(--bad)}
code{font:13.5px ui-monospace,SFMono-Regular,Menlo,"DejaVu Sans Mono",monospace;
background:var(--bg);border:1px solid var(--line);border-radius:5px;padding:2px 7px;
overflow-wrap:anywhere}
svg{display:block;width:100%;height:auto;margin:12px 0 4px}
svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;
fill:var(--ink)}
svg .axis{fill:var(--soft);font-size:11px}svg .in{fill:#fff;font-weight:600}
svg .grid{stroke:var(--line);stroke-width:1}svg .faint{opacity:.35}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;font-size:13px;color:var(--soft);margin-top:8px}
.legend i{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:6px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums;
margin-top:8px}
th,td{text-align:left;padding:6px 10px;border-bottom:1px solid var(--line);white-space:nowrap}
th{color:var(--soft);font-weight:500;font-size:13px}tr:last-child td{border-bottom:0}
.n{text-align:right}.wide{white-space:normal;overflow-wrap:anywhere}
.unknown{color:var(--warn)}
footer{color:var(--soft);font-size:13px;margin-top:22px}
@media print{@page{size:A4;margin:14mm}
:root{color-scheme:light;--bg:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#ccc}
body{font-size:9.5pt}main{max-width:none;padding:0}h1{font-size:18pt}h2{font-size:11.5pt}
p{margin:0 0 6px}.small,footer{font-size:8pt}h2,.small{break-after:avoid}
.tiles{grid-template-columns:repeat(6,1fr);gap:6px;margin-top:12px}.tile{padding:6px 8px}
.tile b{font-size:12.5pt}.tile span{font-size:8pt;line-height:1.2;display:block}
section{border-radius:4px;padding:10px 12px;margin-top:10px}svg,tr,.call,.legend{break-inside:avoid}
.call p{font-size:10pt;margin:3px 0}code{font-size:8.5pt}
.scroll{overflow:visible}table{font-size:8pt;margin-top:4px}th{font-size:7.5pt}
th,td{padding:2.5px 5px}th{white-space:normal;vertical-align:bottom}
footer{margin-top:10px}rect,i,.call{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
"""

COLOURS: Final = 10
_TYPED: Final = re.compile("`([^`]+)`")

_FILLS: Final = "".join(
    f"svg .s{number}{{fill:var(--s{number})}}.legend .s{number}{{background:var(--s{number})}}"
    for number in range(COLOURS)
)


def page(title: str, about: str, made_at: datetime, body: Sequence[str]) -> str:
    """The whole file; everything but `body` is escaped here."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}: {escape(about)}</title>"
        f"<style>{STYLE}{_FILLS}</style></head><body><main>"
        f'<h1>{escape(title)}</h1><p class="soft">{escape(about)}</p>'
        + "\n".join(body)
        + f"<footer>Made {made_at:%Y-%m-%d %H:%M} UTC by Earwitness {earwitness.__version__} from "
        "the ledger of this library. A dash is not known, or not measured; it is never 0."
        "</footer></main></body></html>\n"
    )


def section(title: str, *inside: str, kind: str = "", about: str = "") -> str:
    """A card; `inside` is HTML."""
    told = f'<p class="soft small">{escape(about)}</p>' if about else ""
    return (
        f'<section class="{kind}"><h2>{escape(title)}</h2>{told}' + "".join(inside) + "</section>"
    )


def tiles(values: Sequence[tuple[str, str]]) -> str:
    """Large figures, each with what it is."""
    drawn = (
        f'<div class="tile"><b>{escape(value)}</b><span>{escape(name)}</span></div>'
        for name, value in values
    )
    return '<div class="tiles">' + "".join(drawn) + "</div>"


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: Sequence[int] = (),
    wide: int | None = None,
) -> str:
    """A table of plain texts."""

    def cell(kind: str, index: int, told: str) -> str:
        named = "n" if index in right else "wide" if index == wide else ""
        shown = escape(told)
        if told == "unknown":
            shown = f'<span class="unknown">{shown}</span>'
        return f'<{kind} class="{named}">{shown}</{kind}>'

    top = "".join(cell("th", index, told) for index, told in enumerate(head))
    lines = (
        "<tr>" + "".join(cell("td", index, told) for index, told in enumerate(row)) + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll"><table><thead><tr>{top}</tr></thead><tbody>'
        + "".join(lines)
        + "</tbody></table></div>"
    )


def legend(names: Sequence[tuple[str, str]]) -> str:
    """Which colour is what: class and name."""
    drawn = (f'<span><i class="{kind}"></i>{escape(name)}</span>' for kind, name in names)
    return '<div class="legend">' + "".join(drawn) + "</div>"


def paragraph(told: str, kind: str = "") -> str:
    """Plain text; what stands in backticks is typed."""
    inside = _TYPED.sub(r"<code>\1</code>", escape(told))
    return f'<p class="{kind}">{inside}</p>'


def code(told: str) -> str:
    """What is typed."""
    return f"<p><code>{escape(told)}</code></p>"
