"""Accounts of a pool that pay no more for a batch, because a budget of their own has no room for its next job.

The others go on without them. Where none is left the batch itself rests, as it does for any other budget.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, select

from batches.store.ledger import pausing, purses
from batches.store.ledger.schema import batches
from batches.store.ledger.side_tables import exhausted as table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from batches.policy import WideBudget
    from batches.store.ledger.records import Batch, ClaimedJob


OF_ACCOUNT = select(table).where(table.c.account == bindparam("of_account"))
"""Asked with every look of a dispatcher: written once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhausted:
    """One account that pays no more for one batch."""

    batch_id: str
    account: str
    budget: str  #: the wide one that has no room
    needs: int | None  #: micro-credits that have to fit under its cap; None: a price that is not known
    message: str  #: the same in a sentence, with the cure


def refuse(tx: Connection, job: ClaimedJob, budget: str, message: str, now: float) -> None:
    """A budget of its account has no room for this job: the others of the pool go on, or else the batch rests.

    The refusals of several accounts follow each other, so that the last one is seen to be the last.
    """
    pool = tx.execute(select(batches.c.accounts).where(batches.c.id == job.batch_id).with_for_update()).scalar_one()
    resting = {one.account for one in of_batch(tx, job.batch_id)}
    needs = job.estimate_micro_credits
    if set(pool) <= {job.account, *resting}:
        pausing.pause(tx, job.batch_id, "budget", message, now=now, needs=needs, by=budget)
    elif job.account not in resting:
        row = {"batch_id": job.batch_id, "account": job.account, "budget": budget, "needs": needs, "message": message}
        tx.execute(insert(table).values(row))


def of_batch(tx: Connection, batch_id: str) -> Sequence[Exhausted]:
    """The accounts that pay no more for it."""
    rows = tx.execute(select(table).where(table.c.batch_id == batch_id).order_by(table.c.account)).mappings()
    return [Exhausted(**row) for row in rows]


def of_account(tx: Connection, account: str) -> Mapping[str, Exhausted]:
    """The batches for which it pays no more, by id."""
    rows = tx.execute(OF_ACCOUNT, {"of_account": account}).mappings()
    return {row["batch_id"]: Exhausted(**row) for row in rows}


def reconsider(tx: Connection, batch: Batch, account: str, budgets: Sequence[WideBudget], now: float) -> None:
    """Let an account pay again whose budget has room, or is no more; a batch that nobody could pay goes on with it."""
    one = of_account(tx, account).get(batch.id)
    if one is not None:
        if purses.still_refused(tx, one.budget, one.needs, budgets, now):
            return
        tx.execute(delete(table).where(table.c.batch_id == batch.id, table.c.account == account))
    if any(budget.name == batch.paused_by and budget.account not in {None, account} for budget in budgets):
        pausing.lift(tx, batch.id, "budget")
