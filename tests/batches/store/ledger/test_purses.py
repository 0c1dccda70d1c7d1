"""A budget wider than one batch holds over all of them, and money that comes free is spent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, select

from batches.policy import Budget, BudgetMode, Per, Policy, Unsure, WideBudget
from batches.store.ledger import pausing, purses, standing, steering
from batches.store.ledger.quarters import QUARTER_SECONDS
from batches.store.ledger.records import Reported
from batches.store.ledger.side_tables import purses as table
from batches.store.ledger.states import State
from tests.batches.store.ledger.world import CREDIT, World

if TYPE_CHECKING:
    from batches.store.ledger.records import Batch, ClaimedJob

DAY = 86_400
COST = Reported(micro_credits=3 * CREDIT)


def wide(cap: int = 7, per: Per = Per.EVER, mode: BudgetMode = BudgetMode.HARD, **more: object) -> WideBudget:
    return WideBudget(name="studio", budget=Budget(micro_credits=cap * CREDIT, mode=mode), per=per, **more)


def claimed(world: World, **batch: Any) -> ClaimedJob:
    """The one job of a new batch, in the hands of a worker. It costs 3 credits."""
    batch_id = world.submit(**{"name": f"batch at {len(world.ask(standing.list_batches))}", **batch})
    [account] = batch.get("accounts", ("main",))
    [job_id] = world.call(account=account)
    job = world.claim(job_id, account=account)
    assert job is not None
    assert job.batch_id == batch_id
    return job


def refused(world: World, job: ClaimedJob, *budgets: WideBudget) -> str | None:
    """Why it may not begin; its batch rests then, as a worker has it."""
    found = world.do(purses.refusal, job, budgets, world.now)
    if found is None:
        return None
    needs = job.estimate_micro_credits
    world.do(pausing.pause, job.batch_id, "budget", found.message, now=world.now, needs=needs, by=found.budget)
    return str(found.message)


def finished(world: World, count: int, **batch: Any) -> None:
    """So many batches of one job are made and cost 3 credits each."""
    for _ in range(count):
        world.finish(world.carry(claimed(world, **batch), State.FETCHING), COST)


def batch_of(world: World, job: ClaimedJob) -> Batch:
    batch = world.ask(standing.find_batch, job.batch_id)
    assert isinstance(batch, standing.Batch)
    return batch


def spent(world: World, budget: WideBudget) -> float:
    """In credits."""
    return world.ask(purses.purse_of, budget, world.now).spent / CREDIT


def test_what_other_batches_spent_and_reserved_counts(world: World) -> None:
    finished(world, 1)
    world.begin(claimed(world))
    assert refused(world, claimed(world), wide()) == (
        "a job of 3 credits does not fit under the cap of 7 credits of the budget studio: 3 credits spent, "
        "3 credits reserved. It goes on by itself once studio is raised in fluxbatch.toml."
    )


def test_a_refusal_says_when_the_next_day_begins(world: World) -> None:
    finished(world, 2)
    said = refused(world, claimed(world), wide(per=Per.DAY, zone="Europe/Berlin"))
    assert said is not None
    assert "the cap of 7 credits a day of the budget studio: 6 credits spent" in said
    assert said.endswith(
        "It goes on by itself at 1970-01-02 00:00 (Europe/Berlin), or once studio is raised in fluxbatch.toml."
    )


@pytest.mark.parametrize(
    "other",
    [{"account": "other"}, {"labels": {"series": "plants"}}],
    ids=["another account", "another label"],
)
def test_what_a_budget_does_not_cover_does_not_count(other: dict[str, object], world: World) -> None:
    budget = wide(account="other") if "account" in other else wide(labels={"series": "plants"})
    finished(world, 3)
    assert spent(world, budget) == 0
    assert refused(world, claimed(world), budget) is None


def test_a_label_is_told_by_its_whole_value_in_capitals_or_not(world: World) -> None:
    finished(world, 1)
    assert [spent(world, wide(labels={"series": one})) for one in ("animals", "Animals", "animal")] == [3, 0, 0]


def test_the_next_day_begins_with_nothing_spent(world: World) -> None:
    finished(world, 2)
    job, budget = claimed(world), wide(per=Per.DAY)
    assert refused(world, job, budget)
    world.now = DAY
    assert world.do(purses.reconsider, batch_of(world, job), [budget], world.now)
    assert refused(world, job, budget) is None


def test_what_is_under_way_at_midnight_counts_in_the_new_day(world: World) -> None:
    fetching = [world.carry(claimed(world), State.FETCHING) for _ in range(2)]
    budget, world.now = wide(per=Per.DAY), DAY
    assert refused(world, claimed(world), budget)
    for job in fetching:
        world.finish(job, COST)
    assert spent(world, budget) == 6


def test_what_was_lost_on_another_day_was_paid_on_that_day_if_at_all(world: World) -> None:
    world.doubt(world.carry(claimed(world), State.SUBMITTING))
    budget = wide(3, per=Per.DAY)
    assert "at risk" in str(refused(world, claimed(world), budget))
    world.now = DAY
    assert refused(world, claimed(world), budget) is None


def test_money_that_comes_free_lets_the_batch_go_on(world: World) -> None:
    sent, job = world.begin(claimed(world)), claimed(world)
    assert refused(world, job, wide(5))
    assert not world.do(purses.reconsider, batch_of(world, job), [wide(5)], world.now)
    assert sent is not None
    world.put_back(sent, counts="wait")
    assert batch_of(world, job).paused == "budget", "a worker that settles may know no wide budget"
    assert world.do(purses.reconsider, batch_of(world, job), [wide(5)], world.now)
    assert batch_of(world, job).paused is None


@pytest.mark.parametrize("now_says", [[wide(6)], []], ids=["is raised", "is gone"])
def test_a_batch_goes_on_when_the_budget(now_says: list[WideBudget], world: World) -> None:
    world.begin(claimed(world))
    job = claimed(world)
    assert refused(world, job, wide(5))
    assert world.do(purses.reconsider, batch_of(world, job), now_says, world.now)


def test_a_person_cannot_resume_what_has_no_room(world: World) -> None:
    world.begin(claimed(world))
    job = claimed(world)
    said = refused(world, job, wide(5))
    with pytest.raises(steering.OverBudget) as caught:
        world.do(steering.resume, batch_of(world, job), world.now, [wide(5)])
    assert caught.value.message == f"{job.batch_id} stays paused: {said}"
    world.do(steering.resume, batch_of(world, job), world.now, [wide(6)])
    assert batch_of(world, job).paused is None


def test_a_batch_that_rests_for_its_own_budget_is_not_let_go_on_by_a_wide_one(world: World) -> None:
    job = claimed(world, policy=Policy(budget=Budget(micro_credits=CREDIT), unsure=Unsure()))
    world.do(pausing.pause, job.batch_id, "budget", "a word", now=world.now, needs=3 * CREDIT)
    assert not world.do(purses.reconsider, batch_of(world, job), [wide(500)], world.now)


def test_a_purse_keeps_what_is_over_and_sums_up_only_the_newest(world: World) -> None:
    budget = wide(500)
    for _ in range(5):
        finished(world, 1)
        world.now += QUARTER_SECONDS
        assert refused(world, claimed(world), budget) is None
    [row] = world.ask(lambda tx: tx.execute(select(table)).all())
    assert row.spent == 4 * 3 * CREDIT, "the quarter before this one may still grow"
    assert spent(world, budget) == 5 * 3


def test_a_late_worker_s_money_is_not_forgotten(world: World) -> None:
    finished(world, 1)
    world.now += QUARTER_SECONDS
    late = world.carry(claimed(world), State.FETCHING)
    assert refused(world, claimed(world), wide(500)) is None
    world.now -= QUARTER_SECONDS  # the clock of its worker
    world.finish(late, COST)
    world.now += 3 * QUARTER_SECONDS
    assert refused(world, claimed(world), wide(500)) is None
    assert spent(world, wide()) == 6


def test_a_budget_that_is_changed_to_cover_something_else_counts_that(world: World) -> None:
    finished(world, 1)
    finished(world, 1, accounts=("other",))
    world.now += 5 * QUARTER_SECONDS
    for budget, micro_credits in ((wide(90), 6), (wide(90, account="other"), 3), (wide(90, per=Per.DAY), 6)):
        assert refused(world, claimed(world), budget) is None
        assert spent(world, budget) == micro_credits


def test_without_wide_budgets_nothing_is_asked(world: World) -> None:
    job, asked = claimed(world), []
    with world.ledger.write() as tx:
        event.listen(tx.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
        assert purses.refusal(tx, job, (), world.now) is None
    assert not [one for one in asked if one.startswith("SELECT")]
