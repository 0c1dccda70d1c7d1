"""A person has jobs tried again that rest without a picture.

A job and its copies go together: there is no picture to copy before the one that is made has ended well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, case, cast, func, or_, select, update

from batches.store.ledger import feeding, steering
from batches.store.ledger.names import has
from batches.store.ledger.schema import batches, jobs
from batches.store.ledger.states import NEVER, RETRIABLE, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, Select

    from batches.store.ledger.records import Batch

TRIED_AGAIN = "tried again, as a person asked"

originals = jobs.alias("originals")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which jobs to try again: those that one of its states, words or numbers fits; without any, all."""

    states: frozenset[State] = frozenset()  #: of those that a person may have tried again
    words: tuple[str, ...] = ()  #: to be found in the reason, in capitals or not
    numbers: frozenset[int] = frozenset()  #: places in the plan

    def fits(self) -> ColumnElement[bool]:
        """The condition on a job."""
        states = self.states if self.states or self.words or self.numbers else RETRIABLE
        named = (jobs.c.reason.icontains(word, autoescape=True) for word in self.words)
        return or_(jobs.c.state.in_(states), jobs.c.number.in_(self.numbers), *named)


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What trying the jobs of one state again comes to."""

    state: State  #: in which they rest
    jobs: int  #: to be made and paid
    copies: int  #: that get a copy of another one's picture, which costs nothing
    micro_credits: int  #: what those to be made will cost, as far as prices are known
    unknown_prices: int  #: of them, those that this leaves out


def bill(tx: Connection, batch_id: str, choice: Choice) -> Sequence[Again]:
    """What trying these jobs again comes to, by state."""
    made = jobs.c.copy_of.is_(None)
    price = jobs.c.estimate_micro_credits
    rows = tx.execute(
        select(
            jobs.c.state,
            func.count(case((made, 1))).label("jobs"),
            func.count(jobs.c.copy_of).label("copies"),
            cast(func.coalesce(func.sum(case((made, price))), 0), BigInteger).label("micro_credits"),
            func.count(case((made & price.is_(None), 1))).label("unknown_prices"),
        )
        .where(*_resting(batch_id), _origin.in_(_origins(batch_id, choice)))
        .group_by(jobs.c.state)
    )
    lines = {State(row["state"]): Again(**{**row, "state": State(row["state"])}) for row in rows.mappings()}
    return [lines[state] for state in State if state in lines]


def put_back_some(tx: Connection, batch_id: str, choice: Choice, *, now: float, limit: int) -> int:
    """Put back to the queue some of those that rested before now: so many with their copies. Returns how many jobs.

    They have all their attempts again. An attempt in doubt is given up and stays at risk: it may be paid twice.
    """
    some = _origins(batch_id, choice).where(jobs.c.changed_at <= now).limit(limit)
    origins = set(tx.scalars(some))
    if not origins:
        return 0
    tx.execute(select(jobs.c.id).where(jobs.c.id.in_(origins)).with_for_update())  # none gets its picture meanwhile
    put_back = tx.execute(
        update(jobs)
        .where(*_resting(batch_id), or_(jobs.c.id.in_(origins), jobs.c.copy_of.in_(origins)))
        .values(
            state=State.QUEUED, due_at=_due_at(now), reason=TRIED_AGAIN, failures=0, waits=0, deaths=0, changed_at=now
        )
    )
    steering.give_up_attempts(tx, batch_id, State.QUEUED, "submitted again", now)
    steering.take_back_cancelling(tx, batch_id)
    feeding.reopen(tx, {batch_id})
    return put_back.rowcount


def open_twin(tx: Connection, batch: Batch) -> str | None:
    """Another batch of the same plan that is not at rest: two of them may not be open, or they would be paid twice."""
    return tx.scalar(
        select(batches.c.id).where(
            batches.c.fingerprint == batch.fingerprint,
            or_(*(has(batches.c.accounts, account) for account in batch.accounts)),
            batches.c.ended_at.is_(None),
            batches.c.id != batch.id,
        )
    )


_origin = func.coalesce(jobs.c.copy_of, jobs.c.id)
"""The job whose picture it is."""


def _origins(batch_id: str, choice: Choice) -> Select[int]:
    return select(_origin).where(*_resting(batch_id), choice.fits())


def _resting(batch_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return jobs.c.batch_id == batch_id, jobs.c.state.in_(RETRIABLE)


def _due_at(now: float) -> ColumnElement[float]:
    """At once, but for copies whose picture is not there: they wait for it."""
    source = select(originals.c.state).where(originals.c.id == jobs.c.copy_of).scalar_subquery()
    return case((jobs.c.copy_of.is_(None) | (source == State.DONE), now), else_=NEVER)
