"""Jobs that a worker died with are handled one at a time, so that the next death tells which of them it was."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from batches.store.ledger.schema import jobs
from batches.store.ledger.states import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.workers.conftest import Company
    from tests.workers.journey.conftest import World


@pytest.mark.parametrize(("deaths", "together"), [(1, 1), (0, 3)])
def test_suspects_are_fetched_one_at_a_time_and_others_side_by_side(
    *, deaths: int, together: int, world: World, submit: Callable[..., str], company: Company
) -> None:
    submit("fox", "hare", "owl")
    with world.ledger.write() as tx:
        tx.execute(update(jobs).values(deaths=deaths))
    company.spoil("download", "slow", seconds=0.25)
    world.call()
    workers = [threading.Thread(target=world.carry, args=(job_id,)) for job_id in (1, 2, 3)]
    for worker in workers:
        worker.start()
    most = 0
    while any(worker.is_alive() for worker in workers):
        most = max(most, sum(world.job(job_id)["state"] == State.FETCHING for job_id in (1, 2, 3)))
        time.sleep(0.01)
    assert most == together
    assert all(world.job(job_id)["state"] == State.DONE for job_id in (1, 2, 3))
