"""What people should know is written down once, with the figures."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from batches.policy import Budget, Per, Policy, Unsure, WideBudget
from batches.store.ledger import Ledger, feeding, notices, pausing, steering
from batches.store.ledger.notices import Event, Notice
from batches.store.ledger.records import Reported
from batches.store.ledger.side_tables import notices as table
from batches.store.ledger.states import State
from tests.batches.store.ledger.world import CREDIT, World
from workers.notices import Herald, Hook

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

DAY = 86_400
COST = Reported(micro_credits=3 * CREDIT)
STUDIO = WideBudget(name="studio", budget=Budget(micro_credits=10 * CREDIT), per=Per.DAY)


class Heard:
    """A ledger with a herald of the account `main`."""

    def __init__(self, ledger: Ledger, budgets: Sequence[WideBudget], hook: Hook | None) -> None:
        self.world = World(ledger)
        self._herald = Herald("main", lambda: budgets, hook)

    def new(self) -> list[Notice]:
        """What the herald writes down now."""
        world = self.world
        before = {notice.key for notice in self.all()}
        world.do(feeding.close_ended_batches, world.now)
        world.do(self._herald.look, world.now)
        return [notice for notice in self.all() if notice.key not in before]

    def texts(self) -> list[str]:
        return [notice.text for notice in self.new()]

    def all(self) -> Sequence[Notice]:
        return self.world.ask(notices.latest, since=0, limit=100)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Without the workers that the others of this room know."""
    with Ledger(f"sqlite:///{tmp_path}/ledger.db") as ledger:
        yield ledger


def heard(ledger: Ledger, *budgets: WideBudget, hook: Hook | None = None) -> Heard:
    return Heard(ledger, budgets, hook)


def capped(credits_: int) -> Policy:
    return Policy(budget=Budget(micro_credits=credits_ * CREDIT), unsure=Unsure())


def finish_one(world: World) -> None:
    """The next job is made and costs 3 credits."""
    [job_id] = world.call(1)
    world.finish(world.carry(world.claim(job_id), State.FETCHING), COST)


def test_a_batch_s_thresholds_are_told_once_each_and_the_highest_alone(ledger: Ledger) -> None:
    people = heard(ledger)
    batch_id = people.world.submit(5, policy=capped(10))
    told = []
    for _ in range(4):
        told.append(people.texts())
        finish_one(people.world)
    assert told == [
        [],
        [],
        [f"{batch_id}: its budget has reached 50 %: 6 credits of 10 credits spent"],
        [f"{batch_id}: its budget has reached 80 %: 9 credits of 10 credits spent"],
    ]
    [last] = people.new()
    assert last.figures == {
        "percent": 100,
        "spent": {"credits": 12, "usd": 0.12},
        "cap": {"credits": 10, "usd": 0.1},
    }
    assert people.texts() == []


def test_a_wide_budget_s_thresholds_begin_anew_with_its_day(ledger: Ledger) -> None:
    people = heard(ledger, STUDIO)
    people.world.submit(9)
    for _ in range(2):
        finish_one(people.world)
    assert people.texts() == ["the budget studio has reached 50 %: 6 credits of 10 credits a day spent"]
    people.world.now += DAY
    assert people.texts() == []
    for _ in range(2):
        finish_one(people.world)
    assert people.texts() == ["the budget studio has reached 50 %: 6 credits of 10 credits a day spent"]


def test_a_batch_that_came_to_rest_is_told_with_its_totals(ledger: Ledger) -> None:
    people = heard(ledger)
    batch_id = people.world.submit(2)
    finish_one(people.world)
    [job_id] = people.world.call()
    people.world.end(people.world.carry(people.world.claim(job_id), State.RENDERING), State.MODERATED)
    [notice] = people.new()
    assert notice.text == f"{batch_id} is finished: 1 of 2 images, 1 moderated, 3 credits ($0.03)"
    assert (notice.event, notice.figures["cost"], notice.figures["total"]) == (
        Event.FINISH,
        {"credits": 3, "usd": 0.03},
        2,
    )
    people.world.now += 5
    assert people.texts() == []


def test_every_pause_is_told_and_one_for_the_budget_once(ledger: Ledger) -> None:
    people = heard(ledger)
    world, batch_id = people.world, people.world.submit(2)
    told = []
    for _ in range(2):
        world.do(pausing.pause, batch_id, "budget", "no room.", now=world.now, needs=3)
        told += people.texts()
        world.do(pausing.lift, batch_id, "budget")
        world.do(steering.pause, batch_id, "later.", world.now)
        told += people.texts()
        world.do(pausing.lift, batch_id, "person")
        world.now += 60
    assert told == [
        f"{batch_id} is paused (budget): no room.",
        f"{batch_id} is paused (person): later.",
        f"{batch_id} is paused (person): later.",
    ]


@pytest.mark.parametrize(("failed", "told"), [(10, False), (11, True)], ids=["20 % of 50", "more than that"])
def test_many_failures_among_the_latest_are_told(failed: int, told: bool, ledger: Ledger) -> None:  # noqa: FBT001  # a table's column
    people = heard(ledger)
    batch_id = people.world.submit(60)
    for number, job_id in enumerate(people.world.call(55)):
        job = people.world.carry(people.world.claim(job_id), State.FETCHING)
        if number >= 55 - failed:
            people.world.end(job, State.FAILED)
        else:
            people.world.finish(job, COST)
    assert people.texts() == ([f"{batch_id}: {failed} of the last 50 attempts failed"] if told else [])
    people.world.now += 60
    assert people.texts() == []


def test_only_what_somebody_wants_to_hear_is_to_be_sent(ledger: Ledger) -> None:
    people = heard(ledger, hook=Hook(url="https://example.com", on=frozenset({Event.FINISH}), failures_percent=20))
    people.world.submit(1, policy=capped(3))
    finish_one(people.world)
    people.new()
    rows = people.world.ask(lambda tx: tx.execute(select(table).order_by(table.c.key)).all())
    assert [(row.event, row.due_at) for row in rows] == [("finish", people.world.now), ("threshold", None)]


def test_it_is_looked_from_time_to_time(ledger: Ledger) -> None:
    world, now = World(ledger), time.time()
    herald = Herald("main", tuple, None)
    world.do(herald.sweep, now)
    world.submit(1, policy=capped(3))
    finish_one(world)
    world.do(herald.sweep, now + 1)
    assert not world.ask(notices.latest, since=0, limit=9)
    world.do(herald.sweep, now + 6)
    assert world.ask(notices.latest, since=0, limit=9)
