"""Which of its accounts a batch is with: what each has paid, and what it still has to fetch. Nothing here changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, and_, case, cast, exists, func, select

from batches.store.ledger.quarters import WRITTEN, What
from batches.store.ledger.schema import attempts, jobs, quarters
from batches.store.ledger.states import NEVER, RESTLESS, State

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import Connection

WITH_TICKETS = (State.SUBMITTING, State.RENDERING, State.FETCHING)
"""States that only a worker of the job's account leads out of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one account has to do with a batch."""

    account: str
    under_way: int  #: attempts that have not come to their end
    images: int  #: attempts that ended with a picture
    settled: int  #: micro-credits BFL said they cost


def shares_of(tx: Connection, batch_id: str) -> Sequence[Share]:
    """By account, those that have begun something. What two have paid for one job counts for each of them."""
    of_pictures = case((quarters.c.what == What.DONE, quarters.c.images), else_=0)
    bills = tx.execute(
        select(
            quarters.c.account,
            cast(func.sum(of_pictures), BigInteger).label("images"),
            cast(func.sum(quarters.c.settled), BigInteger).label("settled"),
        )
        .where(quarters.c.batch_id == batch_id, quarters.c.what.not_in(WRITTEN))
        .group_by(quarters.c.account)
    ).all()
    begun = tx.execute(
        select(attempts.c.account, func.count().label("attempts"))
        .join(jobs, jobs.c.id == attempts.c.job_id)
        .where(jobs.c.batch_id == batch_id, attempts.c.ended_at.is_(None))
        .group_by(attempts.c.account)
    )
    under_way = {row.account: row.attempts for row in begun}
    told = {row.account: (row.images, row.settled) for row in bills}
    shares = ((account, *told.get(account, (0, 0))) for account in sorted({*told, *under_way}))
    return [
        Share(account=account, under_way=under_way.get(account, 0), images=images, settled=settled)
        for account, images, settled in shares
    ]


def with_tickets(tx: Connection, batch_id: str) -> Sequence[str]:
    """The accounts whose key its jobs under way need, whoever pays for the others."""
    theirs = select(jobs.c.account).where(jobs.c.batch_id == batch_id, jobs.c.state.in_(WITH_TICKETS))
    return tx.scalars(theirs.distinct().order_by(jobs.c.account)).all()


def is_left_to(tx: Connection, batch_id: str, accounts: Collection[str]) -> bool:
    """Whether all it waits for are tickets of these accounts that nobody carries."""
    theirs = and_(jobs.c.state == State.RENDERING, jobs.c.owner.is_(None), jobs.c.account.in_(accounts))
    restless = (jobs.c.batch_id == batch_id, jobs.c.state.in_(RESTLESS), jobs.c.due_at < NEVER)
    return not tx.scalar(select(exists().where(*restless, ~theirs)))
