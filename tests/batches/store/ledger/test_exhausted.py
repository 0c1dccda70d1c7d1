"""A budget of one account keeps that account from a batch, and rests the batch only where nobody else pays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.policy import Budget, Per, WideBudget
from batches.store.ledger import exhausted, purses, standing
from tests.batches.store.ledger.world import CREDIT, World

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batches.store.ledger.standing import Standing

POOL = ("lab", "studio")


def budget(account: str, cap: int = 0) -> WideBudget:
    """By its own name; a job costs 3 credits."""
    return WideBudget(name=f"{account}-cap", budget=Budget(micro_credits=cap * CREDIT), account=account, per=Per.EVER)


def refused(world: World, account: str, *budgets: WideBudget) -> None:
    """A worker of this account takes a job, finds no room for it, and puts it back."""
    [job_id] = world.call(1, account=account)
    job = world.claim(job_id, account=account)
    assert job is not None
    found = world.do(purses.refusal, job, budgets, world.now)
    assert found.account == account
    world.do(exhausted.refuse, job, found.budget, found.message, world.now)
    world.put_back(job)


def look(world: World, batch_id: str, account: str, *budgets: WideBudget) -> None:
    """The leader of this account looks at the batch."""
    batch = world.ask(standing.find_batch, batch_id)
    world.do(exhausted.reconsider, batch, account, budgets, world.now)


def who(world: World, batch_id: str) -> tuple[Sequence[str], str | None]:
    """Who pays no more, and for which budget the batch rests."""
    now: Standing = world.standing(batch_id)
    return [one.account for one in world.ask(exhausted.of_batch, batch_id)], now.batch.paused_by


def test_one_of_a_pool_pays_no_more_and_the_batch_goes_on(world: World) -> None:
    batch_id = world.submit(2, accounts=POOL)
    refused(world, "lab", budget("lab"))
    refused(world, "lab", budget("lab"))  # another of its workers had claimed a job before
    assert who(world, batch_id) == (["lab"], None)
    assert world.ask(exhausted.of_account, "lab")[batch_id].needs == 3 * CREDIT
    assert world.ask(exhausted.of_account, "studio") == {}


def test_the_batch_rests_when_the_last_one_pays_no_more(world: World) -> None:
    batch_id = world.submit(2, accounts=POOL)
    for account in POOL:
        refused(world, account, budget(account))
    assert who(world, batch_id) == (["lab"], "studio-cap")


def test_it_goes_on_with_whoever_may_pay_again_first(world: World) -> None:
    batch_id = world.submit(2, accounts=POOL)
    for account in POOL:
        refused(world, account, budget(account))
    look(world, batch_id, "lab", budget("lab"), budget("studio"))
    assert who(world, batch_id) == (["lab"], "studio-cap")
    look(world, batch_id, "lab", budget("lab", cap=3), budget("studio"))
    assert who(world, batch_id) == ([], None)
    refused(world, "studio", budget("lab", cap=3), budget("studio"))
    assert who(world, batch_id) == (["studio"], None)


def test_an_account_whose_budget_is_taken_away_pays_again(world: World) -> None:
    batch_id = world.submit(accounts=POOL)
    refused(world, "lab", budget("lab"))
    look(world, batch_id, "studio", budget("lab"))
    assert who(world, batch_id) == (["lab"], None), "not for the other one to judge"
    look(world, batch_id, "lab")
    assert who(world, batch_id) == ([], None)


def test_an_account_that_joins_lets_a_batch_go_on_that_nobody_could_pay(world: World) -> None:
    batch_id = world.submit(accounts=("lab",))
    refused(world, "lab", budget("lab"))
    assert who(world, batch_id) == ([], "lab-cap"), "alone, it is the batch that rests"
    look(world, batch_id, "lab", budget("lab"))
    assert who(world, batch_id) == ([], "lab-cap")
    look(world, batch_id, "studio", budget("lab"))
    assert who(world, batch_id) == ([], None)
