"""The decoding child: it ends with its parent, on request, and when it stands still."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import textwrap
import wave
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from earwitness.core.errors import Cancelled, EarwitnessError, UnsupportedSource
from earwitness.core.files import part_path
from earwitness.media.decode import decode

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


@pytest.fixture
def long_source(tmp_path: Path) -> Path:
    """Twenty minutes: enough that a child is still at work when its first progress arrives."""
    path = tmp_path / "long.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(20 * 60 * 32_000))
    return path


def at_first_progress(act: Callable[[psutil.Process], None]) -> Callable[[float], None]:
    """A tick that does something to the child, once."""
    done: list[float] = []

    def tick(share: float) -> None:
        if not done and share > 0:  # it has begun
            done.append(share)
            (child,) = psutil.Process().children()
            act(child)

    return tick


def test_progress_never_falls_and_ends_at_one(long_source: Path, tmp_path: Path) -> None:
    shares: list[float] = []
    decode(long_source, tmp_path / "out", tick=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) > 2


@posix
def test_a_killed_child_leaves_nothing(long_source: Path, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedSource, match="crashed") as caught:
        decode(long_source, tmp_path / "out", tick=at_first_progress(psutil.Process.kill))
    assert caught.value.hint
    assert list((tmp_path / "out").iterdir()) == []


@posix
def test_a_child_that_stands_still_is_given_up(long_source: Path, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedSource, match="stood still"):
        decode(
            long_source,
            tmp_path / "out",
            tick=at_first_progress(psutil.Process.suspend),
            stall_s=1.5,
        )
    assert list((tmp_path / "out").iterdir()) == []
    assert psutil.Process().children() == []


@posix
def test_an_interrupt_is_the_parents_business(long_source: Path, tmp_path: Path) -> None:
    done = decode(
        long_source,
        tmp_path / "out",
        tick=at_first_progress(lambda child: child.send_signal(signal.SIGINT)),
    )
    assert done.decoded_ms == 20 * 60_000


def test_a_tick_may_stop_it(long_source: Path, tmp_path: Path) -> None:
    def stop(_share: float) -> None:
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        decode(long_source, tmp_path / "out", tick=stop)
    assert list((tmp_path / "out").iterdir()) == []
    assert psutil.Process().children() == []


def test_it_stops_on_request(long_source: Path, tmp_path: Path) -> None:
    with pytest.raises(Cancelled) as caught:
        decode(long_source, tmp_path / "out", cancelled=lambda: True)
    assert caught.value.exit_code == 130
    assert list((tmp_path / "out").iterdir()) == []


@posix
def test_it_ends_with_its_parent_and_tidies_up(long_source: Path, tmp_path: Path) -> None:
    script = textwrap.dedent(
        """
        import os, sys, signal, psutil
        from pathlib import Path
        from earwitness.media.decode import decode

        def die(share):
            if share == 0:
                return
            half = [path.suffix for path in Path(sys.argv[2]).iterdir()]
            print(psutil.Process().children()[0].pid, *half, flush=True)
            os.kill(os.getpid(), signal.SIGKILL)

        decode(Path(sys.argv[1]), Path(sys.argv[2]), tick=die)
        """
    )
    out = tmp_path / "out"
    told = subprocess.run(
        [sys.executable, "-c", script, str(long_source), str(out)],
        stdout=subprocess.PIPE,
        check=False,
        env=None,
    )
    pid, *half = told.stdout.split()
    assert half == [b".part"]
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(int(pid)).wait(timeout=10)
    assert list(out.iterdir()) == []


def test_leftovers_of_the_dead_are_swept(long_source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    mine = part_path(out)
    dead = mine.with_name(mine.name.replace(mine.name.split(".")[-2], str(gone.pid)))
    for path in (mine, dead):
        path.write_bytes(b"half")
    decode(long_source, out)
    assert mine.exists()
    assert not dead.exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits as Linux has them")
def test_the_child_limits_itself() -> None:
    script = (
        "import resource as r; from earwitness.media.decode_child import _limit; _limit(10 << 20);"
        "print(*(r.getrlimit(x)[0] for x in (r.RLIMIT_CORE, r.RLIMIT_AS, r.RLIMIT_CPU)))"
    )
    told = subprocess.check_output([sys.executable, "-c", script])
    core, space, cpu_s = (int(number) for number in told.split())
    assert core == 0
    assert 2 << 30 < space < 5 << 30
    assert 0 < cpu_s < 1000


def test_a_fault_of_our_own_is_not_the_files(
    long_source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A broken installation: the child cannot even start its module.
    (tmp_path / "earwitness").mkdir()
    (tmp_path / "earwitness" / "__init__.py").write_text("raise RuntimeError('secret words')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(EarwitnessError, match="the decoder failed: RuntimeError") as caught:
        decode(long_source, tmp_path / "out")
    assert not isinstance(caught.value, UnsupportedSource)
    assert "secret" not in str(caught.value)
