"""What BFL said accounts have, and what the ledger says they spent and are going to spend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from sqlalchemy import and_, func, insert, or_, select

from batches.store.ledger.costs import cost_of
from batches.store.ledger.schema import attempts, charges, jobs
from batches.store.ledger.side_tables import balances
from batches.store.ledger.states import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection, FromClause, Row

DEBITED_WITHIN_SECONDS = 1800.0
"""BFL does not publish when it takes the money: with the submission, with the result, or in between. Nothing is known
to take longer than some minutes; its own client forgets a ticket after this time."""

ROWS_AT_ONCE = 10_000
"""Attempts held in memory at a time."""

Fate = Literal["settled", "under way", "unknown", "unsure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What BFL said an account has: true at some moment between the question and the answer."""

    account: str  #: whose
    asked_at: float  #: seconds since the epoch
    at: float  #: when the answer was in
    micro_credits: int  #: the balance


class Spending(NamedTuple):
    """One attempt, as far as its money goes; a million are compared with the readings, so it is no dataclass."""

    attempt_id: int  #: row in the ledger
    batch_id: str  #: its batch
    began_at: float  #: BFL took the money no sooner, if at all
    over_at: float  #: and no later
    fate: Fate  #: whether the amount is known, is to come, was never told, or nobody knows whether it was taken
    settled: int  #: micro-credits, where it is settled; nothing where BFL did not take the job
    reserved: int | None  #: micro-credits it was to cost; None: its price was not known


def keep(tx: Connection, reading: Reading) -> None:
    """Write a reading down."""
    fields = ("account", "at", "asked_at", "micro_credits")
    tx.execute(insert(balances).values({name: getattr(reading, name) for name in fields}))


def latest(tx: Connection, account: str) -> Reading | None:
    """The last reading of an account."""
    row = tx.execute(select(balances).where(balances.c.account == account).order_by(balances.c.at.desc()).limit(1))
    return next(map(_reading_of, row), None)


def accounts_read(tx: Connection) -> Sequence[str]:
    """The accounts that have readings."""
    return tx.scalars(select(balances.c.account).distinct().order_by(balances.c.account)).all()


def readings(tx: Connection, account: str, *, since: float, until: float) -> Sequence[Reading]:
    """Readings in their order. Of two that overlap, because two processes asked, the first stands for both."""
    kept: list[Reading] = []
    for row in tx.execute(
        select(balances)
        .where(balances.c.account == account, balances.c.at >= since, balances.c.at < until)
        .order_by(balances.c.at)
    ):
        if not kept or row.asked_at >= kept[-1].at:
            kept.append(_reading_of(row))
    return kept


def spendings(tx: Connection, account: str, *, since: float, until: float) -> Iterator[Spending]:
    """Every attempt that BFL may have taken money for in this time, and some of just before."""
    reserved, settled = _line("reserved"), _line("settled")
    query = (
        select(
            attempts.c.id, attempts.c.started_at, attempts.c.ended_at, attempts.c.outcome,
            reserved.c.batch_id, reserved.c.micro_credits.label("reserved"),
            settled.c.id.label("settlement"), cost_of(attempts.c.id).label("settled"), jobs.c.state,
        )
        .join(reserved, reserved.c.attempt_id == attempts.c.id)
        .outerjoin(settled, settled.c.attempt_id == attempts.c.id)
        .outerjoin(jobs, and_(jobs.c.id == attempts.c.job_id, attempts.c.ended_at.is_(None)))
        .where(
            attempts.c.account == account,
            attempts.c.started_at < until,
            or_(attempts.c.ended_at.is_(None), attempts.c.ended_at > since - DEBITED_WITHIN_SECONDS),
        )
    )  # fmt: skip
    return map(_spending_of, tx.execute(query.execution_options(yield_per=ROWS_AT_ONCE)))


def settled_since(tx: Connection, account: str, moment: float) -> int:
    """Micro-credits of attempts that ended after this moment."""
    total = select(func.sum(cost_of(attempts.c.id)))
    return int(tx.scalar(total.where(attempts.c.account == account, attempts.c.ended_at > moment)) or 0)


def _line(kind: str) -> FromClause:
    return select(charges).where(charges.c.kind == kind).subquery(kind)


def _reading_of(row: Row[*tuple[Any, ...]]) -> Reading:
    return Reading(**row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for it


def _spending_of(row: Row[*tuple[Any, ...]]) -> Spending:
    latest_moment = row.started_at + DEBITED_WITHIN_SECONDS
    fate = _fate(row)
    ends_it = row.ended_at is not None and row.outcome != "lost"  # one that was given up may be debited after that
    over_at = min(row.ended_at, latest_moment) if ends_it else latest_moment
    return Spending(row.id, row.batch_id, row.started_at, over_at, fate, row.settled or 0, row.reserved)


def _fate(row: Row[*tuple[Any, ...]]) -> Fate:
    if row.settlement is not None:  # also of one that was given up, where the answer came late
        return "unknown" if row.settled is None else "settled"
    if row.outcome == "lost" or row.state == State.UNSURE:
        return "unsure"
    return "under way" if row.ended_at is None else "settled"
