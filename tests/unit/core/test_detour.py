"""What was not straight on the way to a result is told in one line."""

from __future__ import annotations

from dataclasses import replace

from earwitness.core.claims import Refusal
from earwitness.core.detour import STRAIGHT, Detour, detour_of, together
from earwitness.core.run import DONE, failed
from earwitness.core.spending import Call

ASKED = Call("one.example", "small", "chat", answered=True)


def test_nothing_is_told_of_a_straight_way() -> None:
    assert detour_of([ASKED]) == detour_of([]) == STRAIGHT
    assert STRAIGHT.beside(DONE) is DONE


def test_what_was_asked_again_and_of_whom_is_counted() -> None:
    mended = replace(ASKED, attempts=3, faults=("server", "server"))
    lost = replace(ASKED, answered=False, attempts=2, faults=("answer", "answer"))
    other = replace(ASKED, model="big")
    found = detour_of([mended, lost, other], (Refusal("unknown_line", 2),))
    assert str(found) == "retry: 1 answer, 2 server; fallback: 1 big; refused: 2 unknown line"
    assert detour_of([lost]) == Detour((("answer", 1),)), "the last attempt was not made again"
    assert detour_of([replace(lost, attempts=0, faults=()), other]).fallbacks == (("big", 1),)


def test_several_are_counted_together_and_stand_beside_an_outcome() -> None:
    one = Detour((("server", 1),), (), (Refusal("not_said", 1),))
    other = Detour((("network", 2), ("server", 1)), (("big", 1),), (Refusal("not_said", 2),))
    both = together([one, other, STRAIGHT])
    assert str(both) == "retry: 2 network, 2 server; fallback: 1 big; refused: 3 not said"
    assert both.beside(DONE).kind == "done"
    assert (
        one.beside(failed("it is away")).why == "it is away; retry: 1 server; refused: 1 not said"
    )
