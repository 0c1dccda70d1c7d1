"""The cap on the cost of a batch. It is looked at in the transaction that sets the money aside, so it always holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, and_, bindparam, case, cast, exists, func, or_, select, text, union_all

from batches.money import show_credits
from batches.policy import Policy
from batches.store.ledger import pausing
from batches.store.ledger.schema import attempts, batches, charges, jobs, quarters
from batches.store.ledger.states import State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Select

    from batches.policy import Budget
    from batches.store.ledger.records import ClaimedJob

RAISE_IT = "Raise policy.budget and run the manifest again."

PAUSED = select(batches.c.paused_for).where(
    batches.c.id == bindparam("its_id"), batches.c.paused == "budget", batches.c.paused_by.is_(None)
)
"""Asked whenever money comes free: what a batch that rests for its own budget waits for."""

SPENT = select(cast(func.coalesce(func.sum(quarters.c.settled), 0), BigInteger)).where(
    quarters.c.batch_id == bindparam("its_id")
)
"""What the attempts of a batch cost, as far as it is known."""

_ends = charges.alias()
_its = select(
    attempts.c.id,
    attempts.c.job_id,
    attempts.c.account,
    attempts.c.outcome,
    attempts.c.ticket_id,
    attempts.c.started_at,
)

# SQLite takes the index of lost ones only if they are spelt as it is.
PENDING = (
    union_all(
        _its.where(attempts.c.ended_at.is_(None)),
        _its.where(
            text("attempts.outcome = 'lost'"),
            ~exists().where(_ends.c.attempt_id == attempts.c.id, _ends.c.kind == "settled"),
        ),
    )
    .cte("pending")
    .prefix_with("MATERIALIZED")
)
"""Attempts whose reservation has not ended: those under way and those lost are few, and have an index each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outstanding:
    """Reservations that have not ended, in micro-credits."""

    reserved: int  #: for attempts under way
    at_risk: int  #: of attempts whose answer or result was lost: perhaps paid, perhaps not
    expired: int  #: of those at risk: BFL took them, and their result cannot be had any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """What counts against a cap, in micro-credits."""

    budget: Budget
    spent: int  #: what is settled
    reserved: int  #: set aside for attempts under way
    at_risk: int  #: attempts whose answer was lost: perhaps paid, perhaps not

    def has_room(self, estimate: int | None) -> bool:
        """Whether a job of this estimate may begin."""
        return self.budget.has_room(estimate, spent=self.spent, reserved=self.reserved, at_risk=self.at_risk)

    def refusal(self, estimate: int | None, *, cap: str = "", cure: str = RAISE_IT) -> str:
        """Why it may not, with the cure. A cap that is not the batch's own is told in words."""
        asked = "a job whose price is not known" if estimate is None else f"a job of {show_credits(estimate)}"
        sums = (("spent", self.spent), ("reserved", self.reserved), ("at risk", self.at_risk))
        told = ", ".join(f"{show_credits(amount)} {what}" for what, amount in sums if amount) or "nothing spent"
        cap = cap or show_credits(self.budget.micro_credits)
        return f"{asked} does not fit under the cap of {cap}: {told}. {cure}"


def purse_of(tx: Connection, batch_id: str) -> Purse | None:
    """The purse of a batch that has a budget. Others who would spend from it wait until this transaction ends."""
    row = tx.execute(select(batches.c.policy).where(batches.c.id == batch_id).with_for_update()).one()
    budget = Policy.from_json(row.policy).budget
    if budget is None:
        return None
    left = outstanding(tx, batch_id)
    return Purse(budget=budget, spent=spent_of(tx, batch_id), reserved=left.reserved, at_risk=left.at_risk)


def spent_of(tx: Connection, batch_id: str) -> int:
    """What the attempts of a batch cost, in micro-credits, as far as it is known."""
    spent: int = tx.execute(SPENT, {"its_id": batch_id}).scalar_one()
    return spent


def refusal(tx: Connection, job: ClaimedJob) -> str | None:
    """Why this job may not begin now; None where the budget has room for it."""
    if job.policy.budget is None:
        return None
    purse = purse_of(tx, job.batch_id)
    if purse is None or purse.has_room(job.estimate_micro_credits):
        return None
    return purse.refusal(job.estimate_micro_credits)


def reconsider(tx: Connection, batch_id: str) -> None:
    """Money came free, or the cap was raised: a batch that rests for its budget goes on if there is room now."""
    row = tx.execute(PAUSED, {"its_id": batch_id}).one_or_none()
    if row is not None and ((purse := purse_of(tx, batch_id)) is None or purse.has_room(row.paused_for)):
        pausing.lift(tx, batch_id, "budget")


def outstanding(tx: Connection, *batch_ids: str) -> Outstanding:
    """What is reserved and at risk now in these batches, or in all where none is named."""
    rows = tx.execute(LEFT_OF, {"its_batches": batch_ids}) if batch_ids else tx.execute(LEFT)
    return Outstanding(**rows.mappings().one())


def outstanding_by_batch(tx: Connection, batch_ids: Sequence[str]) -> Mapping[str, Outstanding]:
    """The same of each of these batches that has any."""
    rows = tx.execute(LEFT_BY_BATCH, {"its_batches": batch_ids}).mappings()
    return {row["batch_id"]: Outstanding(**{name: row[name] for name in row if name != "batch_id"}) for row in rows}


def outstanding_by_account(tx: Connection) -> Mapping[str, Outstanding]:
    """The same of each account that has any."""
    rows = tx.execute(LEFT_BY_ACCOUNT).mappings()
    return {row["account"]: Outstanding(**{name: row[name] for name in row if name != "account"}) for row in rows}


def outstanding_of(tx: Connection, *of: ColumnElement[bool], risked_since: float) -> Outstanding:
    """The same of the pending attempts and their jobs that fit. Money at risk counts if it was submitted since then."""
    return Outstanding(**tx.execute(_left(risked_since).where(*of)).mappings().one())


def _left(risked_since: float = 0.0) -> Select[int, int, int]:
    is_lost = func.coalesce(PENDING.c.outcome == "lost", False)  # SQL's FALSE
    in_doubt = or_(jobs.c.state == State.UNSURE, is_lost)
    at_risk = and_(in_doubt, PENDING.c.started_at >= risked_since)

    def total(of: ColumnElement[bool]) -> ColumnElement[int]:
        return cast(func.coalesce(func.sum(case((of, charges.c.micro_credits), else_=0)), 0), BigInteger)

    return (
        select(
            total(~in_doubt).label("reserved"),
            total(at_risk).label("at_risk"),
            total(and_(at_risk, PENDING.c.ticket_id.is_not(None))).label("expired"),
        )
        .select_from(PENDING)
        .join(jobs, jobs.c.id == PENDING.c.job_id)
        .join(charges, and_(charges.c.attempt_id == PENDING.c.id, charges.c.kind == "reserved"))
    )


LEFT = _left()
LEFT_OF = LEFT.where(jobs.c.batch_id.in_(bindparam("its_batches", expanding=True)))
LEFT_BY_BATCH = LEFT_OF.add_columns(jobs.c.batch_id).group_by(jobs.c.batch_id)
LEFT_BY_ACCOUNT = LEFT.add_columns(PENDING.c.account).group_by(PENDING.c.account)
