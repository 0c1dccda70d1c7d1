"""A person says what an attempt really cost: one more line, and every sum goes by it from then on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from batches.policy import Budget, Per, Policy, WideBudget
from batches.store.ledger import balances, correcting, learnt, moves, purses, receipts, standing, trials
from batches.store.ledger.corrections import Correction, corrections
from batches.store.ledger.records import Reported
from batches.store.ledger.schema import batches, charges
from batches.store.ledger.states import State
from batches.store.ledger.totals import Scope
from batches.store.ledger.waste import wasted
from tests.batches.store.ledger.world import CREDIT, UNKNOWN, World

if TYPE_CHECKING:
    from batches.store.ledger.correcting import Settlement

DAY = 86_400


def correct(world: World, cost: int, *, because: str = "invoice") -> list[Settlement]:
    """The newest settled attempt cost so many credits."""
    newest = select(charges.c.attempt_id).where(charges.c.kind == "settled").order_by(charges.c.id.desc()).limit(1)
    attempt_id = world.ask(lambda tx: tx.scalar(newest))
    return world.do(correcting.correct, {attempt_id: cost * CREDIT}, because=because, now=world.now)


def made(world: World, cost: Reported, **batch: object) -> str:
    """A batch whose one job is done and cost so much; its id."""
    job = world.at(State.FETCHING, **batch)
    world.finish(job, cost)
    return job.batch_id


def test_a_correction_is_the_difference_and_the_first_of_an_unknown_cost_is_all_of_it(world: World) -> None:
    batch_id = made(world, UNKNOWN)
    correct(world, 5)
    correct(world, 4, because="a refund")
    assert world.charges(1)[-3:] == [
        ("settled", None, "result"), ("corrected", 5 * CREDIT, "person"), ("corrected", -CREDIT, "person")
    ]  # fmt: skip
    money = world.standing(batch_id).money
    assert (money.settled, money.unknown) == (4 * CREDIT, 0)


def test_what_cost_that_already_is_not_corrected(world: World) -> None:
    made(world, Reported(micro_credits=CREDIT))
    before = world.everything()
    assert correct(world, 1) == []
    assert world.everything() == before


def test_unknown_can_turn_out_to_be_nothing(world: World) -> None:
    batch_id = made(world, UNKNOWN)
    [was] = correct(world, 0)
    assert (was.cost, world.charges(1)[-1]) == (None, ("corrected", 0, "person"))
    assert world.standing(batch_id).money.unknown == 0


def test_whoever_asks_for_a_cost_hears_the_corrected_one(world: World) -> None:
    batch_id = made(world, UNKNOWN)
    correct(world, 5)
    [listed] = world.ask(standing.list_jobs, batch_id)
    [line] = receipts.job_lines(world.ledger, batch_id)
    [spent] = world.ask(lambda tx: list(balances.spendings(tx, "main", since=0, until=world.now + 1)))
    trial = world.ask(trials.trial_of, batch_id, 1)
    known = world.ask(learnt.experience, ("main",)).models["flux-dev"].charged
    assert listed["settled_micro_credits"] == line.settled == spent.settled == trial.spent == known.low == 5 * CREDIT
    assert (line.unknown, spent.fate) == (0, "settled")
    assert world.ask(balances.settled_since, "main", world.now - 1) == 5 * CREDIT


def test_money_without_a_picture_is_corrected_like_any_other(world: World) -> None:
    job = world.at(State.RENDERING)
    world.do(moves.end, job, State.FAILED, reason="no", cost=UNKNOWN, source="result", now=world.now)
    correct(world, 2)
    [waste] = world.ask(wasted, Scope())
    assert (waste.settled, waste.unknown) == (2 * CREDIT, 0)


def test_a_report_can_say_why(world: World) -> None:
    made(world, UNKNOWN, name="one")
    correct(world, 5)
    world.now += DAY
    made(world, Reported(micro_credits=CREDIT), name="two")
    correct(world, 3)
    correct(world, 2, because="a refund")
    assert world.ask(corrections, Scope()) == [
        Correction(reason="a refund", attempts=1, micro_credits=-CREDIT),
        Correction(reason="invoice", attempts=2, micro_credits=7 * CREDIT),
    ]
    assert len(world.ask(corrections, Scope(end=int(world.now // 900) - 4))) == 1, "of a time, by the settlement"


def test_a_batch_that_rests_for_its_budget_goes_on_when_less_was_spent(world: World) -> None:
    cap = Policy(budget=Budget(micro_credits=6 * CREDIT))
    batch_id = world.submit(2, policy=cap)
    world.finish(world.carry(world.take_up(1, "ann"), State.FETCHING), Reported(micro_credits=6 * CREDIT))
    with world.ledger.write() as tx:
        tx.execute(batches.update().values(paused="budget", paused_for=3 * CREDIT))
    correct(world, 3)
    assert world.standing(batch_id).batch.paused is None


def test_a_wide_budget_counts_what_was_corrected_of_quarters_that_are_over(world: World) -> None:
    day = WideBudget(name="day", budget=Budget(micro_credits=100 * CREDIT), per=Per.DAY)
    made(world, Reported(micro_credits=CREDIT), name="one")
    world.now += 7200
    job = world.at(State.CALLED, name="two")
    assert world.do(purses.refusal, job, [day], world.now) is None
    correct(world, 50)
    assert world.ask(purses.purse_of, day, world.now).spent == 50 * CREDIT
    assert world.do(purses.refusal, job, [day], world.now) is None
    assert world.ask(purses.purse_of, day, world.now).spent == 50 * CREDIT


def test_the_receipt_is_to_be_written_anew(world: World) -> None:
    batch_id = made(world, UNKNOWN)
    with world.ledger.write() as tx:
        tx.execute(batches.update().values(ended_at=world.now, receipt_of=world.now))
    correct(world, 5)
    assert world.ask(receipts.wanting, "main") == [batch_id]
