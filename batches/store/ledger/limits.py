"""Limits that a person sets, and the jobs that count against them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, exists, insert, select, update

from batches.store.ledger.schema import batches, jobs, limits
from batches.store.ledger.states import State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection

    from batches.policy import Policy

ACTIVE = (State.SUBMITTING, State.RENDERING)
"""States in which BFL may be working on a job, so that it has a slot."""


def ceilings(tx: Connection, account: str) -> Mapping[str, int]:
    """The most slots that each lane may have, where a person has said so."""
    rows = tx.execute(select(limits.c.lane, limits.c.ceiling).where(limits.c.account == account))
    return {row.lane: row.ceiling for row in rows}


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
    return tx.scalars(select(jobs.c.id).where(_of(account), jobs.c.lane == lane, jobs.c.state.in_(ACTIVE))).all()


def orphans(tx: Connection, account: str) -> Mapping[str, Sequence[int]]:
    """By lane, the jobs that BFL works on while no worker has them in its hands."""
    nobodys = (jobs.c.state == State.RENDERING, jobs.c.owner.is_(None))
    found: defaultdict[str, list[int]] = defaultdict(list)
    for row in tx.execute(select(jobs.c.lane, jobs.c.id).where(_of(account), *nobodys)):
        found[row.lane].append(row.id)
    return found


def has_claimed(tx: Connection, account: str, lane: str) -> bool:
    """Whether a worker has a job in its hands that is not submitted yet."""
    claimed = (jobs.c.lane == lane, jobs.c.state == State.CALLED, jobs.c.owner.is_not(None))
    return bool(tx.scalar(select(exists().where(_of(account), *claimed))))


def _of(account: str) -> ColumnElement[bool]:
    """Jobs that it was called for. A batch at rest has none under way."""
    going_on = select(batches.c.id).where(batches.c.ended_at.is_(None))
    return and_(jobs.c.batch_id.in_(going_on), jobs.c.account == account)
