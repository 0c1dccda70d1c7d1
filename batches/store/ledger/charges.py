"""Lines of money. Append-only: a line is written once and never changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from sqlalchemy import bindparam, insert, select

from batches.store.ledger import quarters, spending
from batches.store.ledger.costs import cost_of
from batches.store.ledger.quarters import Amounts, What
from batches.store.ledger.records import Reported
from batches.store.ledger.schema import attempts, charges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, RowMapping

    from batches.store.ledger.records import Attempt, ClaimedJob, KeptImage

Kind = Literal["reserved", "released", "reported", "settled"]
Source = Literal["price table", "submit answer", "result", "rule"]

WRITE = insert(charges)

IN_VAIN = (
    select(
        *(attempts.c[name] for name in ("number", "account", "outcome", "started_at", "ended_at")),
        attempts.c.ticket_id.label("ticket"),
        charges.c.id.is_not(None).label("settled"),
        cost_of(attempts.c.id).label("micro_credits"),
        charges.c.source,
    )
    .outerjoin(charges, (charges.c.attempt_id == attempts.c.id) & (charges.c.kind == "settled"))
    .where(attempts.c.job_id == bindparam("its_job"), attempts.c.outcome.in_(["failed", "moderated", "lost"]))
    .order_by(attempts.c.number)
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


def in_vain(tx: Connection, job: ClaimedJob) -> Sequence[RowMapping]:
    """The attempts of a job that brought no picture and may have been paid, the first first."""
    return tx.execute(IN_VAIN, {"its_job": job.id}).mappings().all()


def reserve(tx: Connection, job: ClaimedJob, attempt_id: int, now: float) -> None:
    """Set the estimate aside before the money can be spent."""
    estimate = Reported(micro_credits=job.estimate_micro_credits)
    book(tx, job, attempt_id, "reserved", estimate, source="price table", now=now)


def cost_of_result(attempt: Attempt, result: Reported) -> tuple[Reported, Literal["result", "submit answer"]]:
    """What a delivered picture cost, and who says so: the result, or else the answer to its submission."""
    if result.micro_credits is None and attempt.said.micro_credits is not None:
        return replace(result, micro_credits=attempt.said.micro_credits), "submit answer"
    return result, "result"


def settle_result(
    tx: Connection, job: ClaimedJob, attempt: Attempt, cost: Reported, *, image: KeptImage, now: float
) -> None:
    """Settle a delivered picture."""
    cost, source = cost_of_result(attempt, cost)
    settle(tx, job, attempt, What.DONE, cost, source=source, now=now, pixels=image.width * image.height)


def settle(
    tx: Connection,
    job: ClaimedJob,
    attempt: Attempt,
    what: What,
    cost: Reported,
    *,
    source: Source,
    now: float,
    pixels: int = 0,
) -> None:
    """End the reservation with what the attempt cost.

    A failed attempt whose answer names no amount is settled as unknown: whether BFL bills those is not published.
    """
    book(tx, job, attempt.id, "settled", cost, source=source, now=now)
    amounts = Amounts.of_attempt(
        cost.micro_credits,
        job.estimate_micro_credits,
        images=int(what is What.DONE),
        output_pixels=pixels,
        input_pixels=job.input_pixels,
        slot_seconds=max(0.0, now - attempt.started_at),
    )
    quarters.add(tx, quarters.key_of(job, what, now), amounts)
    spending.reconsider(tx, job.batch_id)


def release(tx: Connection, job: ClaimedJob, attempt: Attempt, now: float) -> None:
    """End the reservation where nothing was spent."""
    book(tx, job, attempt.id, "released", Reported(micro_credits=job.estimate_micro_credits), source="rule", now=now)
    spending.reconsider(tx, job.batch_id)
