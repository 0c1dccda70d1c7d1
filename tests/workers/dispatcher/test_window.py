"""One leader keeps a small window of jobs called, lane by lane."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from batches.policy import Policy
from batches.store.ledger import limits, moves, stops
from batches.store.ledger.records import EVERY_LANE, Stop
from batches.store.ledger.schema import batches, jobs
from batches.store.ledger.states import State
from workers import dispatcher as dispatcher_module
from workers.dispatcher import window
from workers.slots import RedisSlots

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.workers.dispatcher.conftest import Feeding


@pytest.mark.parametrize(
    ("slots", "jobs", "reason"),
    [(24, 30, "a quarter more"), (6, 8, "at least two more"), (5, 7, "at least two more"), (1, 3, "even for one")],
)
def test_a_lane_has_a_few_jobs_more_called_than_it_has_slots(slots: int, jobs: int, reason: str) -> None:
    assert window(slots) == jobs, reason


def test_every_lane_is_filled_to_its_own_window(fed: Feeding, submit: Callable[..., str]) -> None:
    submit(*(f"fox {number}" for number in range(40)))
    submit(*(f"fox {number}" for number in range(10)), model="flux-kontext-max")
    rung = fed.dispatcher().tick()
    assert sorted(rung) == [*range(1, 31), *range(41, 49)], "30 of the standard lane, 8 of kontext-max, oldest first"
    assert fed.rung == list(rung), "a doorbell for every called job"
    assert fed.states() == {"called": 38, "queued": 12}


def test_an_account_may_have_other_slots(fed: Feeding, submit: Callable[..., str]) -> None:
    submit(*(f"fox {number}" for number in range(20)))
    assert len(fed.dispatcher(slots={"standard": 8, "kontext-max": 1, "video": 1}).tick()) == window(8)


def test_the_window_is_not_filled_beyond_its_size(fed: Feeding, submit: Callable[..., str]) -> None:
    submit(*(f"fox {number}" for number in range(40)))
    dispatcher = fed.dispatcher()
    dispatcher.tick()
    fed.claim(1)
    assert dispatcher.tick() == [], "a job that is carried still fills its place"
    with fed.ledger.write() as tx:
        tx.execute(update(jobs).where(jobs.c.id == 1).values(state=State.CANCELLED, owner=None))
    assert dispatcher.tick() == [31]


def test_the_window_follows_the_limit_in_force(fed: Feeding, submit: Callable[..., str]) -> None:
    submit(*(f"fox {number}" for number in range(60)))
    with fed.ledger.write() as tx:
        limits.set_ceiling(tx, "ours", "standard", 4)
    dispatcher = fed.dispatcher()
    assert len(dispatcher.tick()) == 6, "a person gave the lane 4 slots"
    with fed.ledger.write() as tx:
        limits.set_ceiling(tx, "ours", "standard", 40)
    assert dispatcher.tick() == [], "it is looked at every second"
    fed.ahead += 1
    assert len(dispatcher.tick()) == 44
    RedisSlots(fed.redis).refused("ours:standard", 0, "429", 0)
    fed.ahead += 1
    assert dispatcher.tick() == [], "30 slots are left, and 50 jobs are called already"


def test_a_batch_may_be_held_to_fewer_jobs_while_it_runs(fed: Feeding, submit: Callable[..., str]) -> None:
    batch_id = submit(*(f"fox {number}" for number in range(60)))
    dispatcher = fed.dispatcher()
    with fed.ledger.write() as tx:
        limits.set_policy(tx, batch_id, Policy(in_flight=2))
    assert len(dispatcher.tick()) == 2
    with fed.ledger.write() as tx:
        limits.set_policy(tx, batch_id, Policy())
    assert len(dispatcher.tick()) == 28


def test_a_job_that_is_not_due_is_not_called(fed: Feeding, submit: Callable[..., str]) -> None:
    submit("fox")
    fed.ahead -= 3600
    dispatcher = fed.dispatcher()
    assert dispatcher.tick() == []
    fed.ahead += 3601
    assert dispatcher.tick() == [1]


def rest(fed: Feeding, lane: str = EVERY_LANE) -> None:
    """Let the account, or one lane of it, rest from now on for 300 seconds."""
    stop = Stop(
        account="ours", lane=lane, reason="no credits", message="402", since=fed.now, until=fed.now + 300, rest=300
    )
    with fed.ledger.write() as tx:
        stops.stop(tx, stop)


def test_an_account_rests_and_then_one_job_of_all_its_lanes_tries_whether_that_is_over(
    fed: Feeding, submit: Callable[..., str]
) -> None:
    submit("fox", "hare")
    submit("owl", model="flux-kontext-max")
    rest(fed)
    dispatcher = fed.dispatcher()
    assert dispatcher.tick() == []
    fed.ahead += 301
    assert dispatcher.tick() == [1]
    assert dispatcher.tick() == [], "while it tries"
    fed.claim(1)
    fed.ahead += 301
    fed.beat("one")
    assert dispatcher.tick() == [2], "it never came to it, so the next one tries"
    with fed.ledger.write() as tx:
        stops.lift(tx, "ours", fed.now)
    assert dispatcher.tick() == [3]


def test_a_lane_rests_and_the_others_go_on(fed: Feeding, submit: Callable[..., str]) -> None:
    submit("fox", "hare")
    submit("owl", "crow", model="flux-kontext-max")
    rest(fed, "standard")
    dispatcher = fed.dispatcher()
    assert dispatcher.tick() == [3, 4]
    for job_id in (3, 4):
        fed.claim(job_id)
    fed.ahead += 301
    fed.beat("one")
    assert dispatcher.tick() == [1]
    assert dispatcher.tick() == []


def test_what_was_put_back_stands_behind_what_was_never_tried(fed: Feeding, submit: Callable[..., str]) -> None:
    submit(*(f"fox {number}" for number in range(6)))
    dispatcher = fed.dispatcher(slots={"standard": 1, "kontext-max": 1, "video": 1})
    order = []
    for _ in range(4):
        for job_id in dispatcher.tick():
            with fed.ledger.write() as tx:
                job = moves.claim(tx, job_id, "one", "ours", fed.now)
                assert job
                moves.put_back(tx, job, now=fed.now, due_at=fed.now, reason="busy", counts="wait", cost=None)
            order.append(job_id)
    assert order[:9] == [1, 2, 3, 4, 5, 6, 1, 2, 3], "a fresh job never waits for another's retries"


def test_jobs_of_another_account_are_not_called(fed: Feeding, submit: Callable[..., str]) -> None:
    submit("fox")
    with fed.ledger.write() as tx:
        tx.execute(update(batches).values(accounts=("theirs",)))
    assert fed.dispatcher().tick() == []


def test_only_one_dispatcher_leads(fed: Feeding, submit: Callable[..., str]) -> None:
    submit("fox")
    leader, other = fed.dispatcher("one"), fed.dispatcher("two")
    leader.tick()
    assert other.tick() == []
    submit("hare")
    assert other.tick() == [], "though there is something to call"
    assert leader.tick() == [2]


def test_when_the_leader_leaves_another_leads_at_once(fed: Feeding, submit: Callable[..., str]) -> None:
    leader, other = fed.dispatcher("one"), fed.dispatcher("two")
    leader.tick()
    submit("fox")
    other.stop()
    assert other.tick() == [], "one that does not lead takes nobody's lead away"
    leader.stop()
    assert other.tick() == [1]


def test_when_the_leader_is_killed_another_leads_after_its_lease(
    fed: Feeding, submit: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher_module, "LEASE_MS", 300)
    leader, other = fed.dispatcher("one"), fed.dispatcher("two")
    leader.tick()
    other.tick()
    submit("fox")
    time.sleep(0.4)
    assert other.tick() == [1]
