"""What the dispatcher does to many jobs at once: call them, take them up from silent workers, resolve doubts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Float, Integer, Text, and_, bindparam, exists, func, or_, select, update

from batches.models import LaneClass
from batches.policy import Policy
from batches.store.ledger import quarantine
from batches.store.ledger.conditions import in_state
from batches.store.ledger.schema import attempts, batches, charges, jobs, workers
from batches.store.ledger.standing import batch_of
from batches.store.ledger.states import NEVER, RESTLESS, State

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection

    from batches.store.ledger.records import Batch

RING_AGAIN_SECONDS = 10
"""A doorbell nobody answered for so long is taken for lost. Rung twice, it harms nothing."""


# Asked every second, and most of it whenever a job ends: written once.

_account, _batch = bindparam("of_account", type_=Text), bindparam("of_batch", type_=Text)
_lane, _moment = bindparam("of_lane", type_=Text), bindparam("moment", type_=Float)
_first, _room = bindparam("first", type_=Integer), bindparam("room", type_=Integer)

_IS_OPEN = and_(batches.c.account == _account, batches.c.ended_at.is_(None))
_IN_OPEN_BATCH = jobs.c.batch_id.in_(select(batches.c.id).where(_IS_OPEN))

OPEN = select(batches).where(_IS_OPEN, batches.c.whole_at.is_not(None)).order_by(batches.c.created_at, batches.c.id)

IN_WINDOW = (
    select(jobs.c.lane, func.count().label("jobs"))
    .where(jobs.c.batch_id == _batch, in_state((State.CALLED, State.SUBMITTING, State.RENDERING)))
    .group_by(jobs.c.lane)
)

_DUE = (jobs.c.batch_id == _batch, jobs.c.due_at <= _moment)
# Those of a canary are found by their number: the index by state would read through all the others.
_IS_DUE = {
    False: and_(*_DUE, jobs.c.state == State.QUEUED),
    True: and_(*_DUE, jobs.c.number <= _first, func.coalesce(jobs.c.state, "") == State.QUEUED),
}
"""By whether the batch still has to show that its canary is good: until then only its first jobs are ever due."""

# One look into the index per lane: DISTINCT would read every job that waits.
DUE_LANES = {
    canary: select(*(exists().where(is_due, jobs.c.lane == lane).label(lane) for lane in LaneClass))
    for canary, is_due in _IS_DUE.items()
}

CALL_DUE = {
    canary: update(jobs)
    .where(
        jobs.c.id.in_(
            select(jobs.c.id)
            .where(is_due, jobs.c.lane == _lane)
            .order_by(jobs.c.due_at, jobs.c.id)
            .limit(_room)
            .with_for_update(skip_locked=True)
        )
    )
    .returning(jobs.c.id)
    for canary, is_due in _IS_DUE.items()
}

RING_AGAIN = (
    update(jobs)
    .where(
        _IN_OPEN_BATCH,
        in_state((State.CALLED, State.RENDERING)),
        jobs.c.due_at <= _moment,
        jobs.c.owner.is_(None),
        or_(jobs.c.called_at.is_(None), jobs.c.called_at < _moment - RING_AGAIN_SECONDS),
    )
    .returning(jobs.c.id)
)

_GONE = or_(workers.c.heartbeat_at < bindparam("silent_since", type_=Float), workers.c.left_at.is_not(None))
_OTHERS = select(workers.c.id).where(workers.c.id != bindparam("asking", type_=Text))
ANY_LEFT_BEHIND = select(exists().where(jobs.c.owner.in_(_OTHERS.where(_GONE))))

UNSURE = (
    select(jobs.c.id, jobs.c.batch_id, jobs.c.estimate_micro_credits)
    .where(
        jobs.c.batch_id.in_(select(batches.c.id).where(batches.c.account == _account)),
        jobs.c.state == State.UNSURE,
        jobs.c.due_at <= _moment,
    )
    .order_by(jobs.c.id)
)

_UNREST = exists().where(jobs.c.batch_id == batches.c.id, in_state(RESTLESS), jobs.c.due_at < NEVER)
CLOSE_ENDED = (
    update(batches)
    .where(batches.c.ended_at.is_(None), batches.c.whole_at.is_not(None), ~_UNREST)
    .returning(batches.c.id)
)


def open_batches(tx: Connection, account: str) -> Sequence[Batch]:
    """The batches that are not at rest, the oldest first; of a new one all jobs are written."""
    return [batch_of(row) for row in tx.execute(OPEN, {"of_account": account}).mappings()]


def in_window(tx: Connection, batch_id: str) -> Mapping[str, int]:
    """How many jobs of each lane are called or hold a slot."""
    return {row.lane: row.jobs for row in tx.execute(IN_WINDOW, {"of_batch": batch_id})}


def due_lanes(tx: Connection, batch: Batch, now: float) -> Sequence[str]:
    """Lanes in which a job of this batch waits whose time has come."""
    there = tx.execute(DUE_LANES[batch.canary is not None], _due(batch, now)).one()
    return [lane for lane, is_there in zip(LaneClass, there, strict=True) if is_there]


def call_due(tx: Connection, batch: Batch, lane: str, *, room: int, now: float) -> Sequence[int]:
    """Call the oldest due jobs of a batch in this lane, as many as there is room for."""
    new = {"state": State.CALLED, "called_at": now, "changed_at": now}
    which = {**_due(batch, now), "of_lane": lane, "room": room}
    return sorted(tx.scalars(CALL_DUE[batch.canary is not None], {**which, **new}))


def ring_again(tx: Connection, account: str, now: float) -> Sequence[int]:
    """Jobs that should be in somebody's hands and are not: hand-overs, and calls whose doorbell got lost."""
    which = {"of_account": account, "moment": now}
    return sorted(tx.scalars(RING_AGAIN, {**which, "called_at": now, "changed_at": now}))


def with_batches(tx: Connection, job_ids: Collection[int]) -> Sequence[tuple[int, str]]:
    """Each of these jobs with the id of its batch, the oldest first."""
    if not job_ids:
        return []
    rows = tx.execute(select(jobs.c.id, jobs.c.batch_id).where(jobs.c.id.in_(job_ids)).order_by(jobs.c.id))
    return [(row.id, row.batch_id) for row in rows]


def ring_anew(tx: Connection, account: str) -> None:
    """A worker comes or goes: doorbells may have gone with it, or with its broker, so all are rung again at once."""
    nobodys = (_IN_OPEN_BATCH, in_state((State.CALLED, State.RENDERING)), jobs.c.owner.is_(None))
    tx.execute(update(jobs).where(*nobodys), {"of_account": account, "called_at": None})


def take_from_silent(tx: Connection, worker: str, *, now: float, silent_seconds: float) -> int:
    """Free the jobs of workers that were not heard of for a while. Returns how many jobs.

    What was submitting may have been paid and becomes unsure; the rest goes on where it stood. The worker that asks
    is alive, even if it has just woken from a sleep in which its heart stood still.
    """
    if not tx.scalar(ANY_LEFT_BEHIND, {"asking": worker, "silent_since": now - silent_seconds}):
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
    """Put unsure jobs back, batch by batch, while the money at risk stays within the batch's bound.

    An estimate that is unknown cannot be bounded, so such a job is held. Returns how many jobs.
    """
    rows = tx.execute(UNSURE, {"of_account": account, "moment": now}).all()
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
    return tx.scalars(CLOSE_ENDED, {"ended_at": now}).all()


def _owned_by_others(worker: str, gone: ColumnElement[bool]) -> ColumnElement[bool]:
    return jobs.c.owner.in_(select(workers.c.id).where(workers.c.id != worker, gone))


def _due(batch: Batch, now: float) -> dict[str, object]:
    first = {} if batch.canary is None else {"first": batch.canary.first}
    return {"of_batch": batch.id, "moment": now, **first}


def _unsure_bound(tx: Connection, batch_id: str) -> int:
    row = tx.execute(select(batches.c.policy, batches.c.planned_micro_credits).where(batches.c.id == batch_id)).one()
    return Policy.from_json(row.policy).unsure.bound(row.planned_micro_credits)


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
