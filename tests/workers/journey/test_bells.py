"""A journey that waits for its result asks as soon as it is told that it is there."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from batches.store.ledger.schema import attempts
from batches.store.ledger.states import State
from tests.workers.journey.conftest import QUICK
from workers.bells import Bells, ring_for
from workers.journey import Patience

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from redis import Redis

    from tests.workers.conftest import Company
    from tests.workers.journey.conftest import World

UNHURRIED = Patience(first_poll=25, shortest_gap=25, longest_gap=25, backoff_base=QUICK.backoff_base)
"""Without a bell, nobody would ask before the test is over."""


@pytest.fixture
def bells(redis: Redis, world: World) -> Iterator[Bells]:
    bells = Bells(redis, world.leaving)
    bells.start()
    yield bells
    bells.stop()


def ticket(world: World) -> str | None:
    with world.ledger.read() as tx:
        return tx.scalar(select(attempts.c.ticket_id))


def test_a_ring_finds_the_result_at_once(
    world: World, bells: Bells, redis: Redis, submit: Callable[..., str], company: Company
) -> None:
    submit("a fox")
    began = time.monotonic()
    worker = threading.Thread(target=world.carry, kwargs={"bells": bells, "patience": UNHURRIED})
    worker.start()
    while worker.is_alive() and time.monotonic() < began + 20:
        if told := ticket(world):
            time.sleep(0.1)
            ring_for(redis, told)
        worker.join(0.05)
    assert world.job()["state"] == State.DONE
    assert time.monotonic() - began < 20
    assert company["accepted"] == 1


def test_a_ring_before_its_time_costs_a_poll_and_no_more(
    world: World, bells: Bells, redis: Redis, submit: Callable[..., str], company: Company
) -> None:
    """Whoever has recorded a webhook cannot make a job fail with it, or be paid twice."""
    company.spoil("poll", "pending", times=3)
    submit("a fox")
    worker = threading.Thread(target=world.carry, kwargs={"bells": bells, "patience": UNHURRIED})
    worker.start()
    deadline = time.monotonic() + 20
    while worker.is_alive() and time.monotonic() < deadline:
        if told := ticket(world):
            ring_for(redis, told)
        worker.join(0.05)
    assert world.job()["state"] == State.DONE
    assert company["accepted"] == 1
