"""Engines tell what they ask; whoever listens hears only what is told in its own thread."""

from __future__ import annotations

import threading

from earwitness.core.spending import Call, listening, tell

CALL = Call("here", "ear-1", "transcribe", answered=True)


def test_what_is_told_is_heard_once_and_by_the_nearest() -> None:
    tell(CALL)
    with listening() as outer:
        tell(CALL)
        with listening() as inner:
            tell(CALL)
            tell(CALL)
        tell(CALL)
    tell(CALL)
    assert (len(outer), len(inner)) == (2, 2)


def test_threads_do_not_hear_each_other() -> None:
    heard: dict[int, int] = {}
    together = threading.Barrier(4)

    def work(number: int) -> None:
        with listening() as calls:
            together.wait()
            for _ in range(number):
                tell(CALL)
            together.wait()
            heard[number] = len(calls)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == {0: 0, 1: 1, 2: 2, 3: 3}
