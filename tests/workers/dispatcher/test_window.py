"""One leader keeps a small window of jobs called, lane by lane."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from batches.store.ledger import presence
from batches.store.ledger.records import Stop
from batches.store.ledger.schema import batches, jobs
from batches.store.ledger.states import State
from workers import dispatcher as dispatcher_module
from workers.dispatcher import window

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


def test_a_job_that_is_not_due_is_not_called(fed: Feeding, submit: Callable[..., str]) -> None:
    submit("fox")
    fed.ahead -= 3600
    dispatcher = fed.dispatcher()
    assert dispatcher.tick() == []
    fed.ahead += 3601
    assert dispatcher.tick() == [1]


def test_nothing_is_called_for_a_stopped_account(fed: Feeding, submit: Callable[..., str]) -> None:
    submit("fox")
    with fed.ledger.write() as tx:
        presence.stop(tx, Stop(account="ours", reason="no credits", message="402", since=fed.now, until=fed.now + 300))
    dispatcher = fed.dispatcher()
    assert dispatcher.tick() == []
    fed.ahead += 301
    assert dispatcher.tick() == [1], "the workers look again by themselves"


def test_jobs_of_another_account_are_not_called(fed: Feeding, submit: Callable[..., str]) -> None:
    submit("fox")
    with fed.ledger.write() as tx:
        tx.execute(update(batches).values(account="theirs"))
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
