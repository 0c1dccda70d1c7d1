"""Limits that a person sets, and the jobs that count against them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, exists, insert, select, update

from batches.store.ledger.conditions import in_state
from batches.store.ledger.looks import CALLED_FOR_ACCOUNT
from batches.store.ledger.schema import batches, jobs, limits
from batches.store.ledger.states import State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from batches.policy import Policy

ACTIVE = (State.SUBMITTING, State.RENDERING)
"""States in which BFL may be working on a job, so that it has a slot."""


# Asked every second: written once.

CEILINGS = select(limits.c.lane, limits.c.ceiling).where(limits.c.account == bindparam("of_account"))
ORPHANS = select(jobs.c.lane, jobs.c.id).where(
    CALLED_FOR_ACCOUNT, jobs.c.state == State.RENDERING, jobs.c.owner.is_(None)
)


def ceilings(tx: Connection, account: str) -> Mapping[str, int]:
    """The most slots that each lane may have, where a person has said so."""
    return {row.lane: row.ceiling for row in tx.execute(CEILINGS, {"of_account": account})}


def set_ceiling(tx: Connection, account: str, lane: str, ceiling: int | None) -> None:
    """Give a lane at most so many slots from now on; None: as many as usual."""
    tx.execute(delete(limits).where(limits.c.account == account, limits.c.lane == lane))
    if ceiling is not None:
        tx.execute(insert(limits).values(account=account, lane=lane, ceiling=ceiling))


def set_policy(tx: Connection, batch_id: str, policy: Policy) -> None:
    """Carry a batch out by other rules from now on."""
    tx.execute(update(batches).where(batches.c.id == batch_id).values(policy=policy.as_json()))


def active(tx: Connection, account: str, lane: str) -> Sequence[int]:
    """The jobs that BFL works on, or is about to."""
    theirs = select(jobs.c.id).where(CALLED_FOR_ACCOUNT, jobs.c.lane == lane, in_state(ACTIVE))
    return tx.scalars(theirs, {"of_account": account}).all()


def orphans(tx: Connection, account: str) -> Mapping[str, Sequence[int]]:
    """By lane, the jobs that BFL works on while no worker has them in its hands."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for row in tx.execute(ORPHANS, {"of_account": account}):
        found[row.lane].append(row.id)
    return found


def has_claimed(tx: Connection, account: str, lane: str) -> bool:
    """Whether a worker has a job in its hands that is not submitted yet."""
    claimed = (jobs.c.lane == lane, jobs.c.state == State.CALLED, jobs.c.owner.is_not(None))
    return bool(tx.scalar(select(exists().where(CALLED_FOR_ACCOUNT, *claimed)), {"of_account": account}))
