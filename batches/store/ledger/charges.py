"""Lines of money. Append-only: a line is written once and never changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from sqlalchemy import BigInteger, bindparam, insert, select, update

from batches.store.ledger import spending
from batches.store.ledger.records import Reported
from batches.store.ledger.schema import batches, charges

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from batches.store.ledger.records import ClaimedJob

Kind = Literal["reserved", "released", "reported", "settled"]
Source = Literal["price table", "submit answer", "result", "rule"]

WRITE = insert(charges)

SPEND = (
    update(batches)
    .where(batches.c.id == bindparam("its_id"))
    .values(spent_micro_credits=batches.c.spent_micro_credits + bindparam("more", type_=BigInteger))
)

SAID = select(charges.c.micro_credits).where(
    charges.c.attempt_id == bindparam("its_attempt"), charges.c.kind == "reported"
)


def book(
    tx: Connection,
    job: ClaimedJob,
    attempt_id: int,
    kind: Kind,
    amount: Reported,
    *,
    source: Source,
    now: float,
) -> None:
    """Write one line for one attempt."""
    line = {
        "batch_id": job.batch_id,
        "job_id": job.id,
        "attempt_id": attempt_id,
        "kind": kind,
        "micro_credits": amount.micro_credits,
        "input_micro_mp": amount.input_micro_mp,
        "output_micro_mp": amount.output_micro_mp,
        "source": source,
        "at": now,
    }
    tx.execute(WRITE, line)
    if kind == "settled" and amount.micro_credits:
        tx.execute(SPEND, {"its_id": job.batch_id, "more": amount.micro_credits})


def reserve(tx: Connection, job: ClaimedJob, attempt_id: int, now: float) -> None:
    """Set the estimate aside before the money can be spent."""
    estimate = Reported(micro_credits=job.estimate_micro_credits)
    book(tx, job, attempt_id, "reserved", estimate, source="price table", now=now)


def settle_result(tx: Connection, job: ClaimedJob, attempt_id: int, cost: Reported, now: float) -> None:
    """Settle a delivered picture. Where the result names no amount, what the submit answer named stands."""
    source: Source = "result"
    if cost.micro_credits is None and (said := _reported(tx, attempt_id)) is not None:
        cost, source = replace(cost, micro_credits=said), "submit answer"
    close(tx, job, attempt_id, cost, source=source, now=now)


def close(
    tx: Connection,
    job: ClaimedJob,
    attempt_id: int,
    cost: Reported | None,
    *,
    source: Source = "result",
    now: float,
) -> None:
    """End the reservation: settle what the attempt cost, or release it where nothing was spent (a cost of None).

    A failed attempt whose answer names no amount is settled as unknown: whether BFL bills those is not published.
    """
    if cost is None:
        estimate = Reported(micro_credits=job.estimate_micro_credits)
        book(tx, job, attempt_id, "released", estimate, source="rule", now=now)
    else:
        book(tx, job, attempt_id, "settled", cost, source=source, now=now)
    spending.reconsider(tx, job.batch_id)


def _reported(tx: Connection, attempt_id: int) -> int | None:
    """Micro-credits that the submit answer named for this attempt."""
    return tx.scalar(SAID, {"its_attempt": attempt_id})
