"""What the dispatcher does to many jobs at once: call them, take them up from silent workers, resolve doubts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, case, exists, func, or_, select, update

from batches.models import LaneClass
from batches.policy import Policy
from batches.store.ledger import quarantine
from batches.store.ledger.names import has
from batches.store.ledger.schema import attempts, batches, charges, jobs, workers
from batches.store.ledger.standing import batch_of
from batches.store.ledger.states import NEVER, RESTLESS, State

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection

    from batches.store.ledger.records import Batch

RING_AGAIN_SECONDS = 10
"""A doorbell nobody answered for so long is taken for lost. Rung twice, it harms nothing."""

ELSEWHERE = "elsewhere"
"""In the place of a lane: with another account of the batch."""

DEAF_SECONDS = 30
"""A call that nobody rang for again in so long has no leader any more: the workers of its account are gone."""


def open_batches(tx: Connection, account: str) -> Sequence[Batch]:
    """The batches it pays that are not at rest, the oldest first; of a new one all jobs are written."""
    is_open = (batches.c.ended_at.is_(None), batches.c.whole_at.is_not(None))
    query = select(batches).where(*is_open, has(batches.c.accounts, account))
    return [batch_of(row) for row in tx.execute(query.order_by(batches.c.created_at, batches.c.id)).mappings()]


def in_window(tx: Connection, batch_id: str, account: str) -> Mapping[str, int]:
    """How many jobs of each lane of the account are called or hold a slot; those of other accounts are ELSEWHERE."""
    busy = (State.CALLED, State.SUBMITTING, State.RENDERING)
    place = case((jobs.c.account == account, jobs.c.lane), else_=ELSEWHERE).label("place")
    rows = tx.execute(
        select(place, func.count().label("jobs"))
        .where(jobs.c.batch_id == batch_id, jobs.c.state.in_(busy))
        .group_by("place")
    )
    return {row.place: row.jobs for row in rows}


def due_lanes(tx: Connection, batch: Batch, now: float) -> Sequence[str]:
    """Lanes in which a job of this batch waits whose time has come."""
    due = exists().where(*_is_due(batch, now))
    # One look into the index per lane: DISTINCT would read every job that waits.
    return [lane for lane in LaneClass if tx.scalar(select(due.where(jobs.c.lane == lane)))]


def has_at_most(tx: Connection, batch_id: str, few: int) -> bool:
    """Whether no more jobs of this batch than so many still need a worker. Copies that wait do not."""
    restless = (jobs.c.batch_id == batch_id, jobs.c.state.in_(RESTLESS), jobs.c.due_at < NEVER)
    some = select(jobs.c.id).where(*restless).limit(few + 1).subquery()
    return (tx.scalar(select(func.count()).select_from(some)) or 0) <= few


def call_due(
    tx: Connection, batch: Batch, account: str, lane: str, *, room: int, now: float, urgent: bool = False
) -> Sequence[int]:
    """Call the oldest due jobs of a batch for this lane of an account, as many as there is room for."""
    due = (
        select(jobs.c.id)
        .where(*_is_due(batch, now), jobs.c.lane == lane)
        .order_by(jobs.c.due_at, jobs.c.id)
        .limit(_places(tx, batch, account, room))
        .with_for_update(skip_locked=True)
    )
    return _call(tx, jobs.c.id.in_(due), now, state=State.CALLED, account=account, urgent=urgent)


def ring_again(tx: Connection, account: str, now: float) -> Sequence[int]:
    """Jobs that should be in somebody's hands and are not: hand-overs, and calls whose doorbell got lost."""
    unheard = or_(jobs.c.called_at.is_(None), jobs.c.called_at < now - RING_AGAIN_SECONDS)
    waiting = and_(
        _in_open_batch(),
        jobs.c.account == account,
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
    nobodys = (
        _in_open_batch(),
        jobs.c.account == account,
        jobs.c.state.in_((State.CALLED, State.RENDERING)),
        jobs.c.owner.is_(None),
    )
    tx.execute(update(jobs).where(*nobodys).values(called_at=None))


def take_back_calls(tx: Connection, now: float) -> int:
    """Put back what was called for an account without workers, so that another may have it. Returns how many jobs."""
    deaf = (_in_open_batch(), jobs.c.state == State.CALLED, jobs.c.owner.is_(None))
    back = {"state": State.QUEUED, "reason": "its account has no worker", "changed_at": now}
    return tx.execute(update(jobs).where(*deaf, jobs.c.changed_at < now - DEAF_SECONDS).values(**back)).rowcount


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
    """Put unsure jobs of its batches back, batch by batch, while the money at risk stays within the batch's bound.

    An estimate that is unknown cannot be bounded, so such a job is held. Returns how many jobs.
    """
    its_batches = select(batches.c.id).where(has(batches.c.accounts, account))
    rows = tx.execute(
        select(jobs.c.id, jobs.c.batch_id, jobs.c.estimate_micro_credits)
        .where(jobs.c.batch_id.in_(its_batches), jobs.c.state == State.UNSURE, jobs.c.due_at <= now)
        .order_by(jobs.c.id)
        .with_for_update(skip_locked=True)
    ).all()
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


def _locked_unsure_bound(tx: Connection, batch_id: str) -> int:
    """The leader of another account that would risk money of the same batch waits until this transaction ends."""
    columns = (batches.c.policy, batches.c.planned_micro_credits)
    row = tx.execute(select(*columns).where(batches.c.id == batch_id).with_for_update()).one()
    return Policy.from_json(row.policy).unsure.bound(row.planned_micro_credits)


def _in_open_batch() -> ColumnElement[bool]:
    return jobs.c.batch_id.in_(select(batches.c.id).where(batches.c.ended_at.is_(None)))


def _places(tx: Connection, batch: Batch, account: str, room: int) -> int:
    """As many as the most in flight leaves: the leader of another account may be calling at the same time."""
    most = batch.policy.in_flight
    if most is None or len(batch.accounts) == 1:
        return room
    tx.execute(select(batches.c.id).where(batches.c.id == batch.id).with_for_update())
    return min(room, max(0, most - sum(in_window(tx, batch.id, account).values())))


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
