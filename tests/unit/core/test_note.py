"""Notes: sentences cite, parts stand under their lines, and a note holds the lines it cites."""

from __future__ import annotations

import pytest

from earwitness.core.note import Cited, Note, Section, Sentence, Slot, Template
from earwitness.core.span import Span

FORM = Template("soap", "SOAP", "en", (Slot("plan", "Plan", "what is next"),))
TOLD = Section("plan", (Sentence("Rest", (3,), True),))
LINE = Cited(3, Span(0, 900), "Ann", "Rest.")


def test_a_quote_of_several_lines_stands_under_each_of_them() -> None:
    assert Sentence("Pain?\nNo.", (4, 6), True).parts == ((4, "Pain?"), (6, "No."))
    assert Sentence("Pain? No.", (4, 6), True).parts == ((4, "Pain? No."),)
    assert Sentence("It\nhurts.", (4, 6)).parts == ((4, "It hurts."),)


@pytest.mark.parametrize("evidence", [(), (3, 3), (4, 3)])
def test_a_sentence_cites_each_line_once_and_in_order(evidence: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="cites"):
        Sentence("Rest", evidence)


def test_a_note_holds_the_lines_it_cites_and_no_others() -> None:
    note = Note(FORM, (TOLD,), (LINE,), "rules", False)
    assert note.get(3) == LINE
    with pytest.raises(KeyError):
        note.get(4)
    for cited in ((), (LINE, Cited(4, Span(0, 900), None, "Other."))):
        with pytest.raises(ValueError, match="lines that it cites"):
            Note(FORM, (TOLD,), cited, "rules", False)
    with pytest.raises(ValueError, match="sections of its form"):
        Note(FORM, (), (), "rules", False)
    with pytest.raises(ValueError, match="confidence"):
        Sentence("Rest", (3,), confidence=1.5)
