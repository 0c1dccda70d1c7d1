"""One worker process of a crowd: 16 threads that answer every doorbell and carry what they get to its end.

Prints as JSON how often each job was claimed, and what went wrong.

    python carrier.py LEDGER_URL WORKER JOBS
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from batches.errors import FluxbatchError
from batches.store.ledger import Ledger
from batches.store.ledger.states import State
from tests.batches.store.ledger.world import World

THREADS = 16


def answer_every_doorbell(world: World, worker: str, count: int, seed: int) -> list[int]:
    """The ids of the jobs that this thread claimed and carried to their end."""
    job_ids = list(range(1, count + 1))
    random.Random(seed).shuffle(job_ids)
    carried = []
    for job_id in job_ids:
        if job := world.claim(job_id, worker):
            assert world.finish(world.carry(job, State.FETCHING))
            carried.append(job_id)
    return carried


def main(url: str, worker: str, count: str) -> None:
    print("ready", flush=True)  # noqa: T201  # to the test
    sys.stdin.readline()
    claimed: Counter[int] = Counter()
    troubles = []
    with Ledger(url) as ledger, ThreadPoolExecutor(THREADS) as threads:
        world = World(ledger, hire=False)
        tasks = [threads.submit(answer_every_doorbell, world, worker, int(count), seed) for seed in range(THREADS)]
        for task in tasks:
            try:
                claimed.update(task.result())
            except (FluxbatchError, AssertionError) as error:
                troubles.append(repr(error))
    print(json.dumps({"claimed": claimed, "troubles": troubles}))  # noqa: T201  # to the test


if __name__ == "__main__":
    main(*sys.argv[1:])
