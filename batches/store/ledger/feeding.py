"""What the dispatcher does to many jobs at once: call them, take them up from silent workers, resolve doubts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, func, or_, select, update

from batches.models import LaneClass
from batches.policy import Policy
from batches.store.ledger import quarantine
from batches.store.ledger.schema import attempts, batches, charges, jobs, workers
from batches.store.ledger.standing import batch_of
from batches.store.ledger.states import NEVER, RESTLESS, State

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection

    from batches.store.ledger.records import Batch

RING_AGAIN_SECONDS = 10
"""A doorbell nobody answered for so long is taken for lost. Rung twice, it harms nothing."""


def open_batches(tx: Connection, account: str) -> Sequence[Batch]:
    """The batches that are not at rest, the oldest first; of a new one all jobs are written."""
    query = select(batches).where(_is_open(account), batches.c.whole_at.is_not(None))
    return [batch_of(row) for row in tx.execute(query.order_by(batches.c.created_at, batches.c.id)).mappings()]


def in_window(tx: Connection, batch_id: str) -> Mapping[str, int]:
    """How many jobs of each lane are called or hold a slot."""
    busy = (State.CALLED, State.SUBMITTING, State.RENDERING)
    rows = tx.execute(
        select(jobs.c.lane, func.count().label("jobs"))
        .where(jobs.c.batch_id == batch_id, jobs.c.state.in_(busy))
        .group_by(jobs.c.lane)
    )
    return {row.lane: row.jobs for row in rows}


def due_lanes(tx: Connection, batch: Batch, now: float) -> Sequence[str]:
    """Lanes in which a job of this batch waits whose time has come."""
    due = exists().where(*_is_due(batch, now))
    # One look into the index per lane: DISTINCT would read every job that waits.
    return [lane for lane in LaneClass if tx.scalar(select(due.where(jobs.c.lane == lane)))]


def call_due(tx: Connection, batch: Batch, lane: str, *, room: int, now: float) -> Sequence[int]:
    """Call the oldest due jobs of a batch in this lane, as many as there is room for."""
    due = (
        select(jobs.c.id)
        .where(*_is_due(batch, now), jobs.c.lane == lane)
        .order_by(jobs.c.due_at, jobs.c.id)
        .limit(room)
        .with_for_update(skip_locked=True)
    )
    return _call(tx, jobs.c.id.in_(due), now, state=State.CALLED)


def ring_again(tx: Connection, account: str, now: float) -> Sequence[int]:
    """Jobs that should be in somebody's hands and are not: hand-overs, and calls whose doorbell got lost."""
    unheard = or_(jobs.c.called_at.is_(None), jobs.c.called_at < now - RING_AGAIN_SECONDS)
    waiting = and_(
        _in_open_batch(account),
        jobs.c.state.in_((State.CALLED, State.RENDERING)),
        jobs.c.due_at <= now,
        jobs.c.owner.is_(None),
        unheard,
    )
    return _call(tx, waiting, now)


def with_batches(tx: Connection, job_ids: Collection[int]) -> Sequence[tuple[int, str]]:
    """Each of these jobs with the id of its batch, the oldest first."""
    rows = tx.execute(select(jobs.c.id, jobs.c.batch_id).where(jobs.c.id.in_(job_ids)).order_by(jobs.c.id))
    return [(row.id, row.batch_id) for row in rows]


def ring_anew(tx: Connection, account: str) -> None:
    """A worker comes or goes: doorbells may have gone with it, or with its broker, so all are rung again at once."""
    nobodys = (_in_open_batch(account), jobs.c.state.in_((State.CALLED, State.RENDERING)), jobs.c.owner.is_(None))
    tx.execute(update(jobs).where(*nobodys).values(called_at=None))


def take_from_silent(tx: Connection, worker: str, *, now: float, silent_seconds: float) -> int:
    """Free the jobs of workers that were not heard of for a while. Returns how many jobs.

    What was submitting may have been paid and becomes unsure; the rest goes on where it stood. The worker that asks
    is alive, even if it has just woken from a sleep in which its heart stood still.
    """
    silent = workers.c.heartbeat_at < now - silent_seconds
    left = workers.c.left_at.is_not(None)
    quarantine.count_deaths(tx, _owned_by_others(worker, silent & ~left), now)
    theirs = _owned_by_others(worker, silent | left)
    reason = "its worker fell silent"
    freed = 0
    for state, onward, columns in (
        (State.SUBMITTING, State.UNSURE, {}),
        (State.CALLED, State.QUEUED, {}),
        (State.RENDERING, State.RENDERING, {"called_at": None}),
        (State.FETCHING, State.RENDERING, {"called_at": None}),
    ):
        freed += tx.execute(
            update(jobs)
            .where(theirs, jobs.c.state == state)
            .values(state=onward, owner=None, due_at=now, reason=reason, changed_at=now, **columns)
        ).rowcount
    return freed


def resubmit_unsure(tx: Connection, account: str, now: float) -> int:
    """Put unsure jobs back, batch by batch, while the money at risk stays within the batch's bound.

    An estimate that is unknown cannot be bounded, so such a job is held. Returns how many jobs.
    """
    rows = tx.execute(
        select(jobs.c.id, jobs.c.batch_id, jobs.c.estimate_micro_credits)
        .where(_of_account(account), jobs.c.state == State.UNSURE, jobs.c.due_at <= now)
        .order_by(jobs.c.id)
    ).all()
    doubtful = {row.batch_id for row in rows}
    risked = {batch_id: lost_money(tx, batch_id) for batch_id in doubtful}
    bounds = {batch_id: _unsure_bound(tx, batch_id) for batch_id in doubtful}
    resubmitted: list[str] = []
    for row in rows:
        if row.estimate_micro_credits is None:
            continue
        if risked[row.batch_id] + row.estimate_micro_credits <= bounds[row.batch_id]:
            risked[row.batch_id] += row.estimate_micro_credits
            if _requeue_and_give_up_attempt(tx, row.id, now):
                resubmitted.append(row.batch_id)
    reopen(tx, set(resubmitted))
    return len(resubmitted)


def lost_money(tx: Connection, batch_id: str) -> int:
    """Micro-credits of attempts whose answer was lost and that were submitted again: perhaps paid twice."""
    return (
        tx.scalar(
            select(func.sum(charges.c.micro_credits))
            .join(attempts, attempts.c.id == charges.c.attempt_id)
            .where(charges.c.batch_id == batch_id, charges.c.kind == "reserved", attempts.c.outcome == "lost")
        )
        or 0
    )


def reopen(tx: Connection, batch_ids: Collection[str]) -> None:
    """There may be something left to do in these; `close_ended_batches` finds out."""
    if batch_ids:
        tx.execute(update(batches).where(batches.c.id.in_(batch_ids)).values(ended_at=None))


def close_ended_batches(tx: Connection, now: float) -> Sequence[str]:
    """Mark the batches that came to rest: no job left for a worker to do.

    A copy waits for its job: if that goes on it keeps the batch from resting, and if it is held the copy rests with it.
    """
    unrest = exists().where(jobs.c.batch_id == batches.c.id, jobs.c.state.in_(RESTLESS), jobs.c.due_at < NEVER)
    return tx.scalars(
        update(batches)
        .where(batches.c.ended_at.is_(None), batches.c.whole_at.is_not(None), ~unrest)
        .values(ended_at=now)
        .returning(batches.c.id)
    ).all()


def _owned_by_others(worker: str, gone: ColumnElement[bool]) -> ColumnElement[bool]:
    return jobs.c.owner.in_(select(workers.c.id).where(workers.c.id != worker, gone))


def _is_due(batch: Batch, now: float) -> tuple[ColumnElement[bool], ...]:
    """Until its canary is found good, only the first jobs of a batch are ever due."""
    ours = (jobs.c.batch_id == batch.id, jobs.c.due_at <= now)
    if batch.canary is None:
        return (*ours, jobs.c.state == State.QUEUED)
    # They are found by their number: the index by state would read through all the others.
    return (*ours, jobs.c.number <= batch.canary.first, func.coalesce(jobs.c.state, "") == State.QUEUED)


def _unsure_bound(tx: Connection, batch_id: str) -> int:
    row = tx.execute(select(batches.c.policy, batches.c.planned_micro_credits).where(batches.c.id == batch_id)).one()
    return Policy.from_json(row.policy).unsure.bound(row.planned_micro_credits)


def _of_account(account: str) -> ColumnElement[bool]:
    return jobs.c.batch_id.in_(select(batches.c.id).where(batches.c.account == account))


def _is_open(account: str) -> ColumnElement[bool]:
    return and_(batches.c.account == account, batches.c.ended_at.is_(None))


def _in_open_batch(account: str) -> ColumnElement[bool]:
    return jobs.c.batch_id.in_(select(batches.c.id).where(_is_open(account)))


def _call(tx: Connection, which: ColumnElement[bool], now: float, **columns: object) -> Sequence[int]:
    called = tx.scalars(update(jobs).where(which).values(called_at=now, changed_at=now, **columns).returning(jobs.c.id))
    return sorted(called)


def _requeue_and_give_up_attempt(tx: Connection, job_id: int, now: float) -> bool:
    requeued = tx.execute(
        update(jobs)
        .where(jobs.c.id == job_id, jobs.c.state == State.UNSURE)
        .values(state=State.QUEUED, due_at=now, reason="submitted again: the answer was lost", changed_at=now)
    )
    if requeued.rowcount == 0:  # its answer came, or another dispatcher was quicker
        return False
    tx.execute(
        update(attempts)
        .where(attempts.c.job_id == job_id, attempts.c.ended_at.is_(None))
        .values(outcome="lost", message="the answer was lost; submitted again", ended_at=now)
    )
    return True
