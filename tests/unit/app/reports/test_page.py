"""The page of a report: what is typed looks so, a short clock has marks that differ."""

from __future__ import annotations

import re

from earwitness.app.reports.charts import lanes
from earwitness.app.reports.page import STYLE, paragraph


def test_what_is_typed_is_told_from_what_is_read() -> None:
    told = paragraph("First `earwitness models pull tiny`, then <b>again</b>.")
    assert "First <code>earwitness models pull tiny</code>, then &lt;b&gt;" in told


def test_marks_of_a_short_clock_differ() -> None:
    drawn = lanes([("cut", "s0", 0.0, 190.0, "cut")], whole=190.0, label="clock")
    marks = re.findall(r'class="axis"[^>]*text-anchor="middle"[^>]*>([^<]*)<', drawn) or re.findall(
        r">([0-9.]+ s)<", drawn
    )
    assert len(marks) > 2
    assert len(set(marks)) == len(marks)


def test_on_paper_no_column_is_behind_a_scroll_bar() -> None:
    paper = STYLE.partition("@media print{")[2]
    assert ".scroll{overflow:visible}" in paper
    assert "size:A4" in paper
    assert "@media screen and (prefers-color-scheme:dark)" in STYLE, "paper is light"
