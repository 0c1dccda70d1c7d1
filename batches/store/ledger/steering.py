"""What a person does to a whole batch while it runs: pause it, let it go on, cancel it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, exists, null, select, update

from batches.errors import FluxbatchError
from batches.store.ledger import pausing, purses, spending
from batches.store.ledger.schema import attempts, batches, jobs
from batches.store.ledger.states import CANCELLABLE, ENDED, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection

    from batches.policy import WideBudget
    from batches.store.ledger.records import Batch

CANCELLED = "cancelled, as a person asked"

GIVEN_UP = "cancelled, though its answer was lost: perhaps paid"


class OverBudget(FluxbatchError):
    """A batch cannot go on, because its budget has no room for its next job."""


def pause(tx: Connection, batch_id: str, message: str, now: float) -> bool:
    """Let workers begin none of its jobs, until a person lets it go on. This goes before any pause by its policy.

    Jobs that wait for a slot go back to the queue. False: there is nothing to pause, for it is over or cancelled.
    """
    paused = tx.execute(
        update(batches)
        .where(
            batches.c.id == batch_id,
            batches.c.ended_at.is_(None),
            batches.c.paused.is_distinct_from("cancelled"),
            _goes_on(),
        )
        .values(paused="person", paused_message=message, paused_for=None, paused_by=None, paused_at=now)
    )
    if paused.rowcount == 0:
        return False
    tx.execute(
        update(jobs)
        .where(jobs.c.batch_id == batch_id, jobs.c.state == State.CALLED)
        .values(state=State.QUEUED, owner=None, reason="paused", changed_at=now)
    )
    return True


def resume(tx: Connection, batch: Batch, now: float, budgets: Sequence[WideBudget] = ()) -> None:
    """Let workers begin its jobs again, as far as its policy lets them.

    A canary is approved by this, and a deadline that has passed holds no more. A budget is not raised by it: where it
    still has no room, OverBudget is raised and the batch stays paused.
    """
    if batch.paused == "budget":
        _check_budget(tx, batch, budgets, now)
    tx.execute(
        update(batches)
        .where(batches.c.id == batch.id)
        .values(
            **pausing.GOING_ON,
            approved_at=case((batches.c.paused == "canary", now), else_=batches.c.approved_at),
            deadline_at=case((batches.c.paused == "deadline", null()), else_=batches.c.deadline_at),
        )
    )


def begin_cancelling(tx: Connection, batch_id: str) -> bool:
    """Let workers begin none of its jobs any more; `cancel_some` ends them. False: the batch is over."""
    begun = tx.execute(
        update(batches)
        .where(batches.c.id == batch_id, _goes_on())
        .values(paused="cancelled", paused_message="a person has cancelled it", paused_for=None, paused_by=None)
    )
    return begun.rowcount == 1


def cancel_some(tx: Connection, batch_id: str, *, now: float, limit: int) -> int:
    """Cancel jobs that BFL does not work on, no more than so many; returns how many. Their copies are among them.

    The others go on to their end, for they are paid. Jobs in doubt are given up, so that no policy submits them again;
    what they may have cost stays at risk on the bill.
    """
    some = (
        select(jobs.c.id)
        .where(jobs.c.batch_id == batch_id, jobs.c.state.in_(CANCELLABLE))
        .limit(limit)
        .with_for_update()
    )
    reason = case((jobs.c.state == State.UNSURE, GIVEN_UP), else_=CANCELLED)
    cancelled = tx.execute(
        update(jobs).where(jobs.c.id.in_(some)).values(state=State.CANCELLED, owner=None, reason=reason, changed_at=now)
    )
    give_up_attempts(tx, batch_id, State.CANCELLED, "cancelled", now)
    return cancelled.rowcount


def take_back_cancelling(tx: Connection, batch_id: str) -> None:
    """Somebody asks for more of it, so that it is not cancelled any more. What was cancelled stays so."""
    tx.execute(
        update(batches).where(batches.c.id == batch_id, batches.c.paused == "cancelled").values(**pausing.GOING_ON)
    )


def give_up_attempts(tx: Connection, batch_id: str, state: State, message: str, now: float) -> None:
    """End the attempts in doubt of its jobs that are in this state now: their money stays at risk."""
    its_job = exists().where(jobs.c.id == attempts.c.job_id, jobs.c.batch_id == batch_id, jobs.c.state == state)
    tx.execute(
        update(attempts)
        .where(attempts.c.ended_at.is_(None), its_job)
        .values(outcome="lost", message=f"the answer was lost; {message}", ended_at=now)
    )


def _goes_on() -> ColumnElement[bool]:
    """Whether a job of the batch has not ended."""
    return exists().where(jobs.c.batch_id == batches.c.id, jobs.c.state.in_(set(State) - ENDED))


def _check_budget(tx: Connection, batch: Batch, budgets: Sequence[WideBudget], now: float) -> None:
    if refused := purses.still_refused(tx, batch.paused_by, batch.paused_for, budgets, now):
        raise OverBudget(f"{batch.id} stays paused: {refused}")
    purse = spending.purse_of(tx, batch.id)
    if purse is not None and not purse.has_room(batch.paused_for):
        raise OverBudget(f"{batch.id} stays paused: {purse.refusal(batch.paused_for)}")
