"""Chaos: what becomes of runs whose service fails, with the policy and without it.

    python benchmarks/chaos.py [--runs 2000] [--faults 0.2] [--seed 20261125] [--json FILE]

A run is executed as always - stages, chunks, library, engine - and makes six calls over HTTP to a
server on this machine that fails as it is told. Only waits are not waited for: the clock of retries
and breakers moves when somebody would wait. A run succeeds when it ends without a gap. Printed are
ratios from one sitting:

faults      a share of all answers is a passing fault (5xx, 429, broken connection)
refusals    no credit, wrong key, no such model, too large: how often anything is sent twice
open        the service is down: how many calls are made while its breaker is open
cascade     real time: runs of a healthy service, alone and beside runs of one that hangs
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.faulty import Call, FaultyService, Reply, refused, told

from earwitness.core.breaker import Breaker, Thresholds
from earwitness.core.ports import EngineOptions
from earwitness.core.run import Outcome
from earwitness.core.services import Dependency, Services
from earwitness.core.session import Recording, Session
from earwitness.core.sound import Listening, Reel
from earwitness.core.span import Span
from earwitness.core.speech import Chunk, Cut
from earwitness.engines.endpoint import EndpointTranscriber
from earwitness.engines.endpoint_form import read_form
from earwitness.engines.service import Pulse, Service
from earwitness.runs.execute import Execution
from earwitness.runs.kept import Kept
from earwitness.stages.transcribe import Transcribe
from earwitness.store.library import Library

T = TypeVar("T")

CALLS = 6
PASSING = (
    refused(500),
    refused(503, "overloaded"),
    refused(429, retry_after="1"),
    Reply(200, b'{"text":', cut=True),
)
REFUSALS = {
    "no credit (402)": refused(402),
    "no credit (429)": refused(429, "insufficient_quota"),
    "wrong key (401)": refused(401),
    "forbidden (403)": refused(403),
    "no such model (404)": refused(404),
    "too large (413)": refused(413),
}
HEARD = told({"text": "word.", "words": [{"word": "word", "start": 0.2, "end": 0.6}]})
LIMIT_S = 1.0


class Quiet:
    """Sound of which a chunk has four seconds, each chunk another."""

    duration_ms = CALLS * 4_000
    tracks: tuple[int, ...] = ()

    def read(self, span: Span, track: int | None = None) -> bytes:
        del track
        return (1 + span.start_ms // 4_000).to_bytes(2, "little") * (span.duration_ms * 16)


@dataclass
class Waits:
    """A clock that moves when somebody would wait."""

    now: float = 0.0
    waited: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def pause(self, seconds: float) -> None:
        with self.lock:
            self.now += seconds
            self.waited += 1

    def wall(self) -> datetime:
        return datetime(2026, 11, 25, tzinfo=UTC) + timedelta(seconds=self.now)


class WithoutPolicy(Service):
    """Every call is made once."""

    def call(self, attempt: Callable[[], T], pulse: Pulse | None = None) -> T:
        del pulse
        return attempt()


class Bench:
    """A library with one session whose sound is cut already, and runs that transcribe it."""

    def __init__(self, library: Library, url: str) -> None:
        self.library = library
        self.url = url
        self.session = Session(
            "2026-11-25-chaos2", "", "meeting", "en", (Recording("c" * 64, "x", 10, 1, 1, 1),), None
        )
        library.add_session(self.session)
        reel = Reel("c" * 64, "0" * 64, 1, Quiet.duration_ms * 16, (), None)
        spans = [Span(at * 4_000, at * 4_000 + 4_000) for at in range(CALLS)]
        cut = Cut(tuple(Chunk(at, span, None, (span,)) for at, span in enumerate(spans)))
        self.kept = (
            Kept("decode", Listening, self._put("decode", Listening((reel,)))),
            Kept("cut", Cut, self._put("cut", cut)),
        )

    def _put(self, stage: str, value: object) -> str:
        run = self.library.start_run(self.session.id, f"given {stage}")
        return self.library.put(f"chaos {run.id}", stage, self.session.id, value)

    def run(self, name: str, service: Service) -> Outcome:
        """Execute one run that hears everything afresh."""
        own = (("base_url", self.url), ("timeout_s", str(int(LIMIT_S))))
        form, _ = read_form(own)
        options = EngineOptions(model="chaos", workers=2, own=own, day="2026-11-25")
        engine = EndpointTranscriber(form, options, key=None, service=service)
        run = self.library.start_run(self.session.id, name)
        execution = Execution(
            run,
            (*self.kept, Transcribe(engine, "en", lane="io")),
            self.library,
            sound=lambda _listening: Quiet(),
            workers=2,
            afresh=frozenset({"transcribe"}),
        )
        try:
            outcome = execution.go().outcome
        finally:
            engine.close()
        execution.close(outcome)
        return outcome


def service(
    bench: Bench, waits: Waits, chance: random.Random, *, policy: bool = True, lapses: int = 2
) -> Service:
    """A service whose breaker is kept in the library, on a clock that moves when it waits."""
    breaker = Breaker(
        "transcribe chaos",
        Thresholds(),
        clock=lambda: waits.now,
        wall=waits.wall,
        standings=Services().kept_in(bench.library).standings,
    )
    kind = Service if policy else WithoutPolicy
    return kind(
        "chaos",
        breaker,
        limit_s=60,
        lapses=lapses,
        pause=waits.pause,
        clock=lambda: waits.now,
        chance=chance.random,
    )


def fault_plan(faults: float, seed: int, kinds: tuple[Reply, ...]) -> Callable[[Call], Reply]:
    """A server that fails now and then."""
    chance, drawn = random.Random(seed), threading.Lock()

    def plan(_call: Call) -> Reply:
        with drawn:
            return chance.choice(kinds) if chance.random() < faults else HEARD

    return plan


def success(
    bench: Bench,
    server: FaultyService,
    runs: int,
    plan: Callable[[Call], Reply],
    *,
    seed: int,
    policy: bool,
) -> dict[str, float]:
    """Which share of runs ends without a gap, and how many calls it takes."""
    server.plan, before = plan, len(server.calls)
    waits, chance = Waits(), random.Random(seed + 1)
    kinds = Counter(
        bench.run(
            f"{policy} {number}", service(bench, waits, chance, policy=policy)
        ).kind  # one engine per run, as always
        for number in range(runs)
    )
    calls = len(server.calls) - before
    return {
        "runs": runs,
        "succeeded": kinds["done"] / runs,
        "calls per run": calls / runs,
        "waited s per run": waits.now / runs,
    }


def refusals(bench: Bench, server: FaultyService) -> dict[str, dict[str, int]]:
    """How many calls a refusal costs, and how many of them say the same thing again."""
    found = {}
    for name, reply in REFUSALS.items():
        server.plan, before = lambda _call, reply=reply: reply, len(server.calls)  # type: ignore[misc]
        bench.run(name, service(bench, Waits(), random.Random(1)))
        sent = Counter((call.sound, str(call.fields)) for call in server.calls[before:])
        found[name] = {"calls": sent.total(), "second calls": sent.total() - len(sent)}
    return found


def while_open(bench: Bench, server: FaultyService, runs: int) -> dict[str, int]:
    """Calls to a service that is down, until its breaker opens and while it is open."""
    server.plan, before = lambda _call: refused(503), len(server.calls)
    waits = Waits()
    bench.run("goes down", service(bench, waits, random.Random(1), lapses=0))
    opening, before = len(server.calls) - before, len(server.calls)
    for number in range(runs):
        fixed = Waits(now=waits.now)  # no time passes
        bench.run(f"down {number}", service(bench, fixed, random.Random(1), lapses=0))
    return {"until it opens": opening, "runs": runs, "while open": len(server.calls) - before}


def healthy_s(bench: Bench, runs: int) -> float:
    """Seconds for runs of a service that is well."""
    which = Dependency("transcribe", "healthy")
    began = time.monotonic()
    for number in range(runs):
        breaker = Services().kept_in(bench.library).breaker(which, limit_s=LIMIT_S)
        outcome = bench.run(f"well {number}", Service("well", breaker, limit_s=LIMIT_S))
        assert outcome.kind == "done", outcome
    return time.monotonic() - began


def cascade(folder: Path, runs: int) -> dict[str, float]:
    """Runs of a healthy service, alone and beside four at a time of one that hangs."""
    with FaultyService() as well, FaultyService() as hangs, Library.open(folder) as library:
        well.plan = lambda _call: HEARD
        hangs.plan = lambda _call: Reply(late=True)
        here, there = Bench(library, well.url), None
        alone = healthy_s(here, runs)
        with Library.open(folder / "other") as other:
            there = Bench(other, hangs.url)
            ended = threading.Event()
            count = [0]

            def dead(_worker: int) -> None:
                which = Dependency("transcribe", "dead")
                while not ended.is_set():
                    breaker = Services().kept_in(other).breaker(which, limit_s=LIMIT_S)
                    asked = Service("dead", breaker, limit_s=LIMIT_S, pause=lambda _seconds: None)
                    there.run(f"dead {time.monotonic_ns()}", asked)
                    count[0] += 1
                    ended.wait(0.2)

            with ThreadPoolExecutor(4) as pool:
                working = [pool.submit(dead, number) for number in range(4)]
                beside = healthy_s(here, runs)
                left = sum(t.name.startswith("ask dead") for t in threading.enumerate())
                ended.set()
                for each in working:
                    each.result()
        return {
            "alone s": alone,
            "beside s": beside,
            "ratio": beside / alone,
            "runs of the dead": count[0],
            "calls to the dead": len(hangs.calls),
            "threads left behind": left,
        }


def measure(runs: int, faults: float, seed: int) -> dict[str, object]:
    """All of it."""
    with (
        tempfile.TemporaryDirectory(prefix="chaos-") as folder,
        FaultyService() as server,
        Library.open(Path(folder) / "home") as library,
    ):
        bench = Bench(library, server.url)
        mixed = {
            policy: success(
                bench, server, runs, fault_plan(faults, seed, PASSING), seed=seed, policy=policy
            )
            for policy in (False, True)
        }
        one = success(
            bench, server, runs, fault_plan(faults, seed, PASSING[:1]), seed=seed, policy=True
        )
        refused_ = refusals(bench, server)
        down = while_open(bench, server, max(10, runs // 20))
        return {
            "without policy": mixed[False],
            "with policy": mixed[True],
            "with policy, one kind of fault": one,
            "refusals": refused_,
            "open": down,
            "cascade": cascade(Path(folder) / "cascade", max(10, runs // 50)),
        }


def show(found: dict[str, object], runs: int, faults: float, seed: int) -> None:
    """Print the figures."""
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(
        f"{runs} runs of {CALLS} calls, {faults:.0%} of answers are passing faults, seed {seed}\n"
    )
    print(f"{'':<34}{'succeed':>9}{'calls/run':>11}{'would wait':>12}")
    for name in ("without policy", "with policy", "with policy, one kind of fault"):
        row: dict[str, float] = found[name]  # type: ignore[assignment]
        waited = f"{row['waited s per run']:.1f} s"
        print(f"{name:<34}{row['succeeded']:>9.2%}{row['calls per run']:>11.2f}{waited:>12}")
    print(f"{'(by arithmetic, without policy)':<34}{(1 - faults) ** CALLS:>9.2%}\n")
    for name, row in found["refusals"].items():  # type: ignore[attr-defined]
        print(f"{name:<34}{row['calls']} calls, of them a second time: {row['second calls']}")
    down: dict[str, int] = found["open"]  # type: ignore[assignment]
    print(
        f"\na service that is down: {down['until it opens']} calls until its breaker opens, "
        f"{down['while open']} in {down['runs']} runs while it is open"
    )
    beside: dict[str, float] = found["cascade"]  # type: ignore[assignment]
    print(
        f"beside one that hangs, healthy runs take {beside['ratio']:.2f} times as long as alone; "
        f"{beside['calls to the dead']} calls in {beside['runs of the dead']} runs went to it, "
        f"{beside['threads left behind']} threads still wait for it"
    )


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2_000)
    parser.add_argument("--faults", type=float, default=0.2)
    parser.add_argument("--seed", type=int, default=20_261_125)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    found = measure(given.runs, given.faults, given.seed)
    show(found, given.runs, given.faults, given.seed)
    if given.json:
        given.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
