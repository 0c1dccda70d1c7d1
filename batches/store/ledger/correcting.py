"""A person corrects what an attempt cost. One more line says the difference, and all sums follow in its transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, func, insert, select, update

from batches.store.ledger import quarters, receipts, spending
from batches.store.ledger.costs import cost_of
from batches.store.ledger.quarters import QUARTER_SECONDS, Amounts, Key, What, spelling
from batches.store.ledger.schema import attempts, batches, charges, jobs
from batches.store.ledger.side_tables import purses

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, RowMapping, Select
    from sqlalchemy.sql.selectable import NamedFromClause

BY = "person"
"""The source of a correction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """An attempt that is settled, and what it has cost so far."""

    attempt_id: int  #: row in the ledger
    job_id: int  #: row in the ledger
    job: int  #: place in the plan
    attempt: int  #: 1 for the job's first
    ticket_id: str  #: BFL's task id
    key: Key  #: where its cost is summed up
    cost: int | None  #: micro-credits, corrections among them; None: nobody said it
    estimate: int | None  #: micro-credits that were reserved for it; None: its price was not known
    corrections: int  #: how often it was corrected


def of_job(tx: Connection, batch_id: str, number: int) -> Sequence[Settlement]:
    """The settled attempts of a job, the first one first."""
    return _read(tx, OF_JOB, {"of_batch": batch_id, "its_number": number})


def of_ticket(tx: Connection, ticket_id: str) -> Sequence[Settlement]:
    """The attempt with this ticket, if it is settled."""
    return _read(tx, OF_TICKET, {"its_ticket": ticket_id})


def correct(tx: Connection, costs: Mapping[int, int], *, because: str, now: float) -> Sequence[Settlement]:
    """Let these settled attempts have cost so many micro-credits. Returns those that had not, as they were.

    Their batches are locked meanwhile, so that two who correct the same attempt follow each other. Purses are counted
    anew, and receipts written anew, by whoever needs them next.
    """
    tx.execute(LOCK, {"some": list(costs)})
    wrong = [one for one in _read(tx, SOME, {"some": list(costs)}) if one.cost != costs[one.attempt_id]]
    for one in wrong:
        _write(tx, one, costs[one.attempt_id], because, now)
    if wrong:
        _count_anew(tx, min(one.key.at for one in wrong))
    for batch_id in sorted({one.key.batch_id for one in wrong}):
        receipts.is_outdated(tx, batch_id)
        spending.reconsider(tx, batch_id)
    return wrong


def _write(tx: Connection, one: Settlement, cost: int, because: str, now: float) -> None:
    line = {
        "batch_id": one.key.batch_id,
        "job_id": one.job_id,
        "attempt_id": one.attempt_id,
        "kind": "corrected",
        "correction": one.corrections + 1,
        "micro_credits": cost - (one.cost or 0),
        "source": BY,
        "reason": because,
        "at": now,
    }
    tx.execute(insert(charges), line)
    before, after = (Amounts.of_attempt(amount, one.estimate) for amount in (one.cost, cost))
    quarters.add(tx, one.key, after.beyond(before))


def _count_anew(tx: Connection, moment: float) -> None:
    """What was spent from wide budgets before now is summed up again where it may reach back to this moment."""
    reaches_back = purses.c.counted_before > int(moment // QUARTER_SECONDS)
    tx.execute(update(purses).where(reaches_back).values(spent=0, counted_before=purses.c.since))


def _settled(*of: ColumnElement[bool]) -> Select[tuple[object, ...]]:
    settled, reserved, corrected = (charges.alias(kind) for kind in ("settled", "reserved", "corrected"))

    def line(of_kind: NamedFromClause) -> ColumnElement[bool]:
        return and_(of_kind.c.attempt_id == attempts.c.id, of_kind.c.kind == of_kind.name)

    return (
        select(
            attempts.c.id.label("attempt_id"), attempts.c.number.label("attempt"), attempts.c.account,
            attempts.c.ticket_id, attempts.c.outcome, jobs.c.id.label("job_id"), jobs.c.number.label("job"),
            jobs.c.batch_id, jobs.c.lane, jobs.c.model, jobs.c.labels, settled.c.at,
            reserved.c.micro_credits.label("estimate"), cost_of(attempts.c.id).label("cost"),
            select(func.count()).where(line(corrected)).scalar_subquery().label("corrections"),
        )
        .join(jobs, jobs.c.id == attempts.c.job_id)
        .join(settled, line(settled))
        .join(reserved, line(reserved))
        .where(*of)
        .order_by(attempts.c.id)
    )  # fmt: skip


OF_JOB = _settled(jobs.c.batch_id == bindparam("of_batch"), jobs.c.number == bindparam("its_number"))
OF_TICKET = _settled(attempts.c.ticket_id == bindparam("its_ticket"))
SOME = _settled(attempts.c.id.in_(bindparam("some", expanding=True)))

LOCK = (
    select(batches.c.id)
    .where(
        batches.c.id.in_(
            select(jobs.c.batch_id)
            .join(attempts, attempts.c.job_id == jobs.c.id)
            .where(attempts.c.id.in_(bindparam("some", expanding=True)))
        )
    )
    .order_by(batches.c.id)
    .with_for_update()
)


def _read(tx: Connection, query: Select[tuple[object, ...]], which: Mapping[str, object]) -> Sequence[Settlement]:
    return [_settlement(row) for row in tx.execute(query, which).mappings()]


def _settlement(row: RowMapping) -> Settlement:
    key = Key(
        at=row["at"],
        labels=spelling(row["labels"]),
        what=What(row["outcome"]),
        **{name: row[name] for name in ("batch_id", "account", "lane", "model")},
    )
    names = Settlement.__dataclass_fields__.keys() - {"key"}
    return Settlement(key=key, **{name: row[name] for name in names})
