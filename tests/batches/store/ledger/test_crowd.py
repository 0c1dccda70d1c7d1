"""Many threads of many processes move the same jobs, and each job is moved once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from batches.store.ledger.states import State
from tests.batches.store.ledger import carrier

if TYPE_CHECKING:
    from tests.batches.store.ledger.world import World

JOBS = 200


def test_each_job_is_claimed_once_by_a_crowd_and_nobody_is_locked_out(url: str, world: World) -> None:
    batch_id = world.submit(JOBS)
    assert len(world.call(JOBS)) == JOBS
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    crowd = [
        subprocess.Popen([sys.executable, str(Path(carrier.__file__)), url, worker, str(JOBS)], **pipes)
        for worker in ("ann", "bob")
    ]
    for one in crowd:
        assert one.stdout.readline() == "ready\n"
    for one in crowd:
        one.stdin.write("go\n")
        one.stdin.flush()
    told = [json.loads(one.communicate(timeout=100)[0]) for one in crowd]
    assert [one["troubles"] for one in told] == [[], []]
    assert Counter(told[0]["claimed"]) + Counter(told[1]["claimed"]) == Counter(map(str, range(1, JOBS + 1)))
    assert world.standing(batch_id).jobs == {State.DONE: JOBS}
    assert {tuple(world.attempts(job_id)) for job_id in range(1, JOBS + 1)} == {((1, "done"),)}
