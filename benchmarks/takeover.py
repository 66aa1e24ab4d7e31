"""Take-over: two machines on PostgreSQL and a bucket, one killed while it transcribes.

python benchmarks/takeover.py [LEASE_S]

Each machine has its own home, and its processes cannot see the other's where the system allows it
(root on Linux), so that only the lease tells that one is gone. The recording's file is deleted once
it is queued: both fetch it from the bucket.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.machines import can_be_apart, new_machine, slow_script, take_over  # noqa: E402
from tests.objects import ObjectServer  # noqa: E402
from tests.postgres import PostgresServer  # noqa: E402

from earwitness.engines.whisper_fit import this_machine  # noqa: E402

LIMIT_S = 30.0


def main() -> int:
    """Measure once, and say whether it was in time."""
    lease_s = float(sys.argv[1]) if len(sys.argv) > 1 else 15.0
    apart = can_be_apart()
    with (
        tempfile.TemporaryDirectory() as folder,
        ObjectServer() as objects,
        PostgresServer() as postgres,
    ):
        base = Path(folder)
        bucket, database = objects.new_bucket(), postgres.unused()
        one, two = (
            new_machine(base / name, database, bucket, lease_s=lease_s, apart=apart)
            for name in ("one", "two")
        )
        recording = base / "scene.flac"
        shutil.copy(ROOT / "src" / "earwitness" / "examples" / "tavern.flac", recording)
        script = slow_script(base / "script.json", wait_ms=1_000)
        found = take_over(recording, script, (one, two))
    seen = "only the lease tells" if apart else "its processes can be seen to be gone"
    print(f"{this_machine(gpu=False)}; lease {lease_s:.0f} s; of a machine that is gone, {seen}")
    print(f"killed -9 after {found.before} of {found.chunks} chunks")
    print(f"held by the other after {found.claimed_s:.1f} s")
    print(f"next chunk heard after {found.going_on_s:.1f} s (limit {LIMIT_S:.0f} s)")
    print(f"result after {found.ended_s:.1f} s; chunks computed twice: {found.twice}")
    return 0 if found.going_on_s < LIMIT_S else 1


if __name__ == "__main__":
    sys.exit(main())
