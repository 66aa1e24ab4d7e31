"""Two machines with one database and one bucket: one dies transcribing, the other ends the run.

`benchmarks/takeover.py` measures the same with the usual lease.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.machines import can_be_apart, looking_at, new_machine, slow_script, take_over
from tests.objects import ObjectServer
from tests.postgres import PostgresServer

from earwitness.store.objects import Objects

LEASE_S = 3.0


@pytest.mark.parametrize("apart", [False, True])
def test_another_machine_goes_on_where_the_dead_one_stopped(
    tavern: Path,
    tmp_path: Path,
    object_server: ObjectServer,
    postgres_server: PostgresServer,
    *,
    apart: bool,
) -> None:
    if apart and not can_be_apart():
        pytest.skip("processes cannot be hidden from each other here")
    bucket, database = object_server.new_bucket(), postgres_server.unused()
    one, two = (
        new_machine(tmp_path / name, database, bucket, lease_s=LEASE_S, apart=apart)
        for name in ("one", "two")
    )
    recording = tmp_path / "scene.flac"
    shutil.copy(tavern, recording)
    script = slow_script(tmp_path / "script.json", wait_ms=150)
    found = take_over(recording, script, (one, two))
    assert found.before < found.chunks == 18
    assert found.twice <= 1, "more was done again than what was in flight"
    assert found.going_on_s < LEASE_S + 12
    with looking_at(two) as library:
        assert library.waiting() == 0
        assert library.delete_session(found.session).complete
        # The dead one may have sent a result and not lived to name it: found a day later, or now.
        library.sweep(grace_seconds=0)
    assert list(Objects(bucket).listed("")) == []
