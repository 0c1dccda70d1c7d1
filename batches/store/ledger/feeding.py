"""What the dispatcher does to many jobs at once: call them, take them up from silent workers, resolve doubts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from batches.models import LaneClass
from batches.policy import Policy
from batches.store.ledger import looks, quarantine
from batches.store.ledger.schema import attempts, batches, jobs, workers
from batches.store.ledger.standing import batch_of
from batches.store.ledger.states import State

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection

    from batches.store.ledger.records import Batch


def open_batches(tx: Connection, account: str) -> Sequence[Batch]:
    """The batches it pays that are not at rest, the oldest first; of a new one all jobs are written."""
    return [batch_of(row) for row in tx.execute(looks.OPEN, {"of_account": account}).mappings()]


def in_window(tx: Connection, batch_id: str, account: str) -> Mapping[str, int]:
    """How many jobs of each lane of the account are called or hold a slot; those of other accounts are ELSEWHERE."""
    rows = tx.execute(looks.IN_WINDOW, {"of_batch": batch_id, "of_account": account})
    return {row.place: row.jobs for row in rows}


def due_lanes(tx: Connection, batch: Batch, now: float) -> Sequence[str]:
    """Lanes in which a job of this batch waits whose time has come."""
    there = tx.execute(looks.DUE_LANES[batch.canary is not None], _due(batch, now)).one()
    return [lane for lane, is_there in zip(LaneClass, there, strict=True) if is_there]


def has_at_most(tx: Connection, batch_id: str, few: int) -> bool:
    """Whether no more jobs of this batch than so many still need a worker. Copies that wait do not."""
    return (tx.scalar(looks.COUNT_A_FEW, {"of_batch": batch_id, "room": few + 1}) or 0) <= few


def call_due(
    tx: Connection, batch: Batch, account: str, lane: str, *, room: int, now: float, urgent: bool = False
) -> Sequence[int]:
    """Call the oldest due jobs of a batch for this lane of an account, as many as there is room for."""
    which = {**_due(batch, now), "of_lane": lane, "room": _places(tx, batch, account, room)}
    new = {"state": State.CALLED, "account": account, "urgent": urgent, "called_at": now, "changed_at": now}
    return sorted(tx.scalars(looks.CALL_DUE[batch.canary is not None], {**which, **new}))


def ring_again(tx: Connection, account: str, now: float) -> Sequence[int]:
    """Jobs that should be in somebody's hands and are not: hand-overs, and calls whose doorbell got lost."""
    which = {"of_account": account, "moment": now}
    return sorted(tx.scalars(looks.RING_AGAIN, {**which, "called_at": now, "changed_at": now}))


def with_batches(tx: Connection, job_ids: Collection[int]) -> Sequence[tuple[int, str]]:
    """Each of these jobs with the id of its batch, the oldest first."""
    if not job_ids:
        return []
    rows = tx.execute(select(jobs.c.id, jobs.c.batch_id).where(jobs.c.id.in_(job_ids)).order_by(jobs.c.id))
    return [(row.id, row.batch_id) for row in rows]


def ring_anew(tx: Connection, account: str) -> None:
    """A worker comes or goes: doorbells may have gone with it, or with its broker, so all are rung again at once."""
    tx.execute(looks.RING_ANEW, {"of_account": account, "called_at": None})


def take_back_calls(tx: Connection, now: float) -> int:
    """Put back what was called for an account without workers, so that another may have it. Returns how many jobs."""
    back = {"state": State.QUEUED, "reason": "its account has no worker", "changed_at": now}
    return tx.execute(looks.TAKE_BACK_CALLS, {"moment": now, **back}).rowcount


def take_from_silent(tx: Connection, worker: str, *, now: float, silent_seconds: float) -> int:
    """Free the jobs of workers that were not heard of for a while. Returns how many jobs.

    What was submitting may have been paid and becomes unsure; the rest goes on where it stood. The worker that asks
    is alive, even if it has just woken from a sleep in which its heart stood still.
    """
    if not tx.scalar(looks.ANY_LEFT_BEHIND, {"asking": worker, "silent_since": now - silent_seconds}):
        return 0
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
    """Put unsure jobs of its batches back, batch by batch, while the money at risk stays within the batch's bound.

    An estimate that is unknown cannot be bounded, so such a job is held. Returns how many jobs.
    """
    rows = tx.execute(looks.UNSURE, {"of_account": account, "moment": now}).all()
    doubtful = sorted({row.batch_id for row in rows})
    bounds = {batch_id: _locked_unsure_bound(tx, batch_id) for batch_id in doubtful}
    risked = {batch_id: lost_money(tx, batch_id) for batch_id in doubtful}
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
    return tx.scalar(looks.LOST_MONEY, {"of_batch": batch_id}) or 0


def reopen(tx: Connection, batch_ids: Collection[str]) -> None:
    """There may be something left to do in these; `close_ended_batches` finds out."""
    if batch_ids:
        tx.execute(update(batches).where(batches.c.id.in_(batch_ids)).values(ended_at=None))


def close_ended_batches(tx: Connection, now: float) -> Sequence[str]:
    """Mark the batches that came to rest: no job left for a worker to do.

    A copy waits for its job: if that goes on it keeps the batch from resting, and if it is held the copy rests with it.
    """
    return tx.scalars(looks.CLOSE_ENDED, {"ended_at": now}).all()


def _owned_by_others(worker: str, gone: ColumnElement[bool]) -> ColumnElement[bool]:
    return jobs.c.owner.in_(select(workers.c.id).where(workers.c.id != worker, gone))


def _due(batch: Batch, now: float) -> dict[str, object]:
    first = {} if batch.canary is None else {"first": batch.canary.first}
    return {"of_batch": batch.id, "moment": now, **first}


def _locked_unsure_bound(tx: Connection, batch_id: str) -> int:
    """The leader of another account that would risk money of the same batch waits until this transaction ends."""
    columns = (batches.c.policy, batches.c.planned_micro_credits)
    row = tx.execute(select(*columns).where(batches.c.id == batch_id).with_for_update()).one()
    return Policy.from_json(row.policy).unsure.bound(row.planned_micro_credits)


def _places(tx: Connection, batch: Batch, account: str, room: int) -> int:
    """As many as the most in flight leaves: the leader of another account may be calling at the same time."""
    most = batch.policy.in_flight
    if most is None or len(batch.accounts) == 1:
        return room
    tx.execute(select(batches.c.id).where(batches.c.id == batch.id).with_for_update())
    return min(room, max(0, most - sum(in_window(tx, batch.id, account).values())))


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
