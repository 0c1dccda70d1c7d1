"""Who is at work, and which accounts rest."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from batches.store.ledger import feeding, moves, presence
from batches.store.ledger.records import Stop
from batches.store.ledger.schema import workers
from batches.store.ledger.states import State

if TYPE_CHECKING:
    from tests.batches.store.ledger.world import World

STOP = Stop(account="main", reason="no credits", message="402: buy some", since=1000.0, until=1300.0)


def stop_of(world: World, now: float, account: str = "main") -> Stop | None:
    return world.ask(presence.stop_of, account, now)


def test_a_worker_arrives_beats_and_leaves(world: World) -> None:
    world.do(presence.arrive, "eve", host="there", pid=7, now=1.0)
    world.do(presence.beat, "eve", 2.0)
    world.do(presence.leave, "eve", 3.0)
    row = world.ask(lambda tx: tx.execute(select(workers).where(workers.c.id == "eve")).one())
    assert tuple(row) == ("eve", "there", 7, 1.0, 2.0, 3.0)


def test_a_stopped_account_rests_until_its_time_is_over(world: World) -> None:
    world.do(presence.stop, STOP)
    assert stop_of(world, 1299.0) == STOP
    assert stop_of(world, 1300.0) is None
    assert stop_of(world, 1299.0, account="hers") is None


def test_the_later_stop_is_the_one_that_counts(world: World) -> None:
    later = replace(STOP, reason="key refused", until=1600.0)
    world.do(presence.stop, STOP)
    world.do(presence.stop, later)
    assert stop_of(world, 1500.0) == later


def test_a_stop_can_be_lifted(world: World) -> None:
    world.do(presence.stop, STOP)
    world.do(presence.lift_stop, "main", 1001.0)
    assert stop_of(world, 1001.0) is None


def hand_over_for_an_hour(world: World) -> int:
    job = world.at(State.FETCHING)
    world.do(moves.hand_over, job, now=world.now, due_at=world.now + 3600, reason="the disk is full")
    return job.id


def test_what_waited_for_the_lift_need_not_wait_longer(world: World) -> None:
    world.do(presence.stop, STOP)
    job_id = hand_over_for_an_hour(world)
    world.do(presence.lift_stop, "main", 1001.0)
    assert world.do(feeding.ring_again, "main", 1001.0) == [job_id]


def test_where_nothing_was_stopped_nothing_is_hurried(world: World) -> None:
    hand_over_for_an_hour(world)
    before = world.everything()
    world.do(presence.lift_stop, "main", 1001.0)
    assert world.everything() == before
