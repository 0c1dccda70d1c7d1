"""An API in trouble is left alone for a while, before every job in the queue becomes a doubt about money."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batches.store.ledger import stops
from batches.store.ledger.states import State
from workers.circuit import FAILURES

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.store.ledger.records import Stop
    from tests.workers.conftest import Company
    from tests.workers.journey.conftest import World

JOBS = FAILURES + 3


@pytest.mark.parametrize(
    ("status", "left"),
    [(500, State.UNSURE), (503, State.QUEUED)],
    ids=["the answer says nothing", "the answer says later"],
)
def test_a_lane_in_trouble_rests_until_one_job_is_accepted(
    *, world: World, submit: Callable[..., str], company: Company, status: int, left: State
) -> None:
    submit(*(f"fox {number}" for number in range(JOBS)))
    company.spoil("submit", "status", status=status)
    for job_id in range(1, FAILURES + 1):
        assert world.carry(job_id)["state"] == left
    stop = lane(world)
    assert stop is not None
    assert (stop.reason, stop.until - stop.since) == ("API in trouble", 30)
    company.mend()
    held = world.carry(FAILURES + 1)
    assert (held["state"], held["reason"]) == (State.QUEUED, "waits while its lane rests: API in trouble")
    assert company["accepted"] == 0, "it was not even sent"
    assert world.held() == (FAILURES if left is State.UNSURE else 0), "and has no slot"
    with world.ledger.write() as tx:
        stops.one_tries(tx, "ours", "standard", FAILURES + 2, stop.until)
    assert world.carry(FAILURES + 2)["state"] == State.DONE
    assert lane(world) is None
    assert world.carry(FAILURES + 3)["state"] == State.DONE


def test_too_many_active_tasks_are_no_trouble(world: World, submit: Callable[..., str], company: Company) -> None:
    submit(*(f"fox {number}" for number in range(JOBS)))
    company.spoil("submit", "status", status=429)
    for job_id in range(1, JOBS + 1):
        world.carry(job_id)
    assert lane(world) is None


def lane(world: World) -> Stop | None:
    with world.ledger.read() as tx:
        return stops.stop_of_lane(tx, "ours", "standard")
