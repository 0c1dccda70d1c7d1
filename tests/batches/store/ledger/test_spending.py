"""A cap on the cost of a batch holds, and money that comes free is spent."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import event

from batches.policy import Budget, BudgetMode, Policy, Unsure
from batches.store.ledger import feeding, pausing, spending, submitting
from batches.store.ledger.records import BatchTerms, ClaimedJob, Reported
from batches.store.ledger.states import State
from tests.batches.store.ledger.world import CREDIT, UNKNOWN, World, plan_of

PRICE = 3 * CREDIT


def capped(credits_: int, mode: BudgetMode = BudgetMode.HARD) -> Policy:
    return Policy(budget=Budget(micro_credits=credits_ * CREDIT, mode=mode), unsure=Unsure())


def claimed(world: World, count: int, policy: Policy) -> list[ClaimedJob]:
    """So many jobs of a new batch, in the hands of a worker."""
    world.submit(count, policy=policy)
    jobs = [world.claim(job_id) for job_id in world.call()]
    return [job for job in jobs if job is not None]


def refused(world: World, job: ClaimedJob) -> str | None:
    """Why it may not begin; the batch rests then, as a worker has it."""
    refusal: str | None = world.do(spending.refusal, job)
    if refusal:
        world.do(pausing.pause, job.batch_id, "budget", refusal, now=world.now, needs=job.estimate_micro_credits)
    return refusal


def is_paused(world: World, job: ClaimedJob) -> bool:
    return world.standing(job.batch_id).batch.paused == "budget"


def test_without_a_budget_everything_has_room(world: World) -> None:
    [job] = claimed(world, 1, Policy())
    assert refused(world, job) is None


def test_what_is_reserved_counts(world: World) -> None:
    one, two, three = claimed(world, 3, capped(7))
    for job in (one, two):
        assert refused(world, job) is None
        world.begin(job)
    assert refused(world, three) == (
        "a job of 3 credits does not fit under the cap of 7 credits: 6 credits reserved. "
        "Raise policy.budget and run the manifest again."
    )


def test_what_is_spent_counts_as_bfl_said_it(world: World) -> None:
    one, two = claimed(world, 2, capped(7))
    world.finish(world.carry(one, State.FETCHING), Reported(micro_credits=5 * CREDIT))
    assert "5 credits spent" in str(refused(world, two))


@pytest.mark.parametrize(
    ("mode", "fits"), [(BudgetMode.HARD, False), (BudgetMode.CAUTIOUS, True), (BudgetMode.SOFT, True)]
)
def test_money_at_risk_counts_against_a_hard_cap(mode: BudgetMode, fits: bool, world: World) -> None:  # noqa: FBT001  # a table's column
    one, two = claimed(world, 2, capped(5, mode))
    world.doubt(world.carry(one, State.SUBMITTING))
    assert (refused(world, two) is None) == fits


def test_an_answer_that_comes_too_late_and_names_no_amount_leaves_its_money_at_risk(world: World) -> None:
    """As those of the oldest models do: what nobody knows to be spent must not count as nothing."""
    job = world.at(State.SUBMITTING, policy=replace(capped(3), unsure=Unsure(micro_credits=3 * CREDIT)))
    world.doubt(job)
    assert world.do(feeding.resubmit_unsure, "main", world.now) == 1
    world.accept(job, UNKNOWN)
    assert "3 credits at risk" in str(refused(world, job))


def test_a_soft_cap_counts_what_is_spent_and_nothing_else(world: World) -> None:
    one, two, three = claimed(world, 3, capped(3, BudgetMode.SOFT))
    rendering = [world.carry(job, State.FETCHING) for job in (one, two)]
    assert refused(world, three) is None, "nothing is spent yet"
    world.finish(rendering[0], Reported(micro_credits=PRICE))
    assert refused(world, three) is not None


def test_money_that_is_released_lets_the_batch_go_on(world: World) -> None:
    one, two = claimed(world, 2, capped(5))
    sent = world.begin(one)
    assert sent is not None
    assert refused(world, two)
    assert is_paused(world, two)
    world.put_back(sent, counts="wait")
    assert not is_paused(world, two)


def test_money_that_was_not_spent_after_all_lets_the_batch_go_on(world: World) -> None:
    one, two = claimed(world, 2, capped(5))
    fetching = world.carry(one, State.FETCHING)
    assert refused(world, two)
    world.finish(fetching, Reported(micro_credits=CREDIT))
    assert not is_paused(world, two)


def test_money_that_is_at_risk_is_no_longer_reserved_under_a_cautious_cap(world: World) -> None:
    one, two = claimed(world, 2, capped(5, BudgetMode.CAUTIOUS))
    sent = world.carry(one, State.SUBMITTING)
    assert refused(world, two)
    world.doubt(sent)
    assert not is_paused(world, two)


def test_a_batch_stays_at_rest_while_there_is_no_room(world: World) -> None:
    one, two = claimed(world, 2, capped(5))
    fetching = world.carry(one, State.FETCHING)
    assert refused(world, two)
    world.finish(fetching, Reported(micro_credits=PRICE))
    assert is_paused(world, two)


@pytest.mark.parametrize(("cap", "goes_on"), [(6, True), (5, False), (None, True)])
def test_submitting_again_with_another_cap_is_what_raises_it(
    cap: int | None,
    goes_on: bool,  # noqa: FBT001  # a table's column
    world: World,
) -> None:
    one, two = claimed(world, 2, capped(5))
    world.finish(world.carry(one, State.FETCHING), Reported(micro_credits=PRICE))
    assert refused(world, two)
    policy = Policy() if cap is None else capped(cap)
    terms = BatchTerms(accounts=("main",), policy=policy)
    world.do(submitting.complete, two.batch_id, plan_of(2), terms, world.now)
    assert is_paused(world, two) != goes_on


def test_another_pause_is_not_lifted_by_money(world: World) -> None:
    one, two = claimed(world, 2, capped(5))
    fetching = world.carry(one, State.FETCHING)
    world.do(pausing.pause, two.batch_id, "person", "a word", now=world.now)
    world.finish(fetching, UNKNOWN)
    assert world.standing(two.batch_id).batch.paused == "person"


@pytest.mark.parametrize(("mode", "fits"), [(BudgetMode.HARD, False), (BudgetMode.SOFT, True)])
def test_a_job_of_unknown_price_fits_only_under_a_soft_cap(
    mode: BudgetMode,
    fits: bool,  # noqa: FBT001  # a table's column
    world: World,
) -> None:
    [job] = claimed(world, 1, capped(100, mode))
    refusal = refused(world, replace(job, estimate_micro_credits=None))
    assert (refusal is None) == fits
    assert fits or "a job whose price is not known" in str(refusal)


def test_money_that_is_set_aside_is_found_without_reading_the_batch(world: World) -> None:
    """A batch of a million jobs has some dozens under way."""
    asked: list[tuple[str, tuple[object, ...]]] = []
    with world.ledger.read() as tx:
        event.listen(tx.engine, "before_cursor_execute", lambda *args: asked.append((args[2], args[3])))
        spending.outstanding(tx, "a-batch")
        [(statement, values)] = asked
        steps = [row.detail for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
    assert [step for step in steps if " attempts " in step] == [
        "SCAN attempts USING INDEX uq_attempts_under_way",
        "SEARCH attempts USING INDEX ix_attempts_in_vain (outcome=?)",
    ]
    assert [step.split(" USING ")[0] for step in steps[-2:]] == ["SEARCH jobs", "SEARCH charges"]
