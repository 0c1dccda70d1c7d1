"""How long jobs have waited whose time has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.store.ledger import pausing
from batches.store.ledger.backlog import oldest_due

if TYPE_CHECKING:
    from tests.batches.store.ledger.world import World


def test_nothing_waits_in_an_empty_ledger(world: World) -> None:
    assert world.ask(oldest_due) == {}


def test_each_lane_has_its_own_oldest_job(world: World) -> None:
    world.submit(2)
    world.now += 5
    world.submit(1, name="more")
    world.submit(1, name="film", lane="video")
    assert world.ask(oldest_due) == {"standard": world.now - 5, "video": world.now}


def test_what_was_called_or_is_paused_does_not_wait(world: World) -> None:
    first = world.submit(1)
    world.now += 5
    second = world.submit(1, name="more")
    world.call(1)
    assert world.ask(oldest_due) == {"standard": world.now}
    world.do(pausing.pause, second, "person", "a person has paused it", now=world.now)
    assert world.ask(oldest_due) == {}
    assert first != second


def test_a_job_that_was_put_back_waits_for_its_time(world: World) -> None:
    world.submit(1)
    job = world.claim(*world.call())
    world.now += 60
    world.put_back(job)
    assert world.ask(oldest_due) == {"standard": world.now}
