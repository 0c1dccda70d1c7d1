"""What the dispatcher asks at each look and each sweep: written once, for to put it together takes longer than to run.

`feeding` runs these statements and says what they are for.
"""

from __future__ import annotations

from sqlalchemy import Float, Integer, Text, and_, bindparam, case, exists, func, or_, select, text, update

from batches.models import LaneClass
from batches.store.ledger.conditions import in_state
from batches.store.ledger.names import has
from batches.store.ledger.schema import attempts, batches, charges, jobs, workers
from batches.store.ledger.states import NEVER, RESTLESS, State

RING_AGAIN_SECONDS = 10
"""A doorbell nobody answered for so long is taken for lost. Rung twice, it harms nothing."""

DEAF_SECONDS = 30
"""A call that nobody rang for again in so long has no leader any more: the workers of its account are gone."""

ELSEWHERE = "elsewhere"
"""In the place of a lane: with another account of the batch."""

_account, _batch = bindparam("of_account", type_=Text), bindparam("of_batch", type_=Text)
_lane, _moment = bindparam("of_lane", type_=Text), bindparam("moment", type_=Float)
_first, _room = bindparam("first", type_=Integer), bindparam("room", type_=Integer)

IN_OPEN_BATCH = jobs.c.batch_id.in_(select(batches.c.id).where(batches.c.ended_at.is_(None)))
CALLED_FOR_ACCOUNT = and_(IN_OPEN_BATCH, jobs.c.account == _account)
"""Jobs that it was called for. A batch at rest has none under way."""
_NOBODYS = and_(in_state((State.CALLED, State.RENDERING)), jobs.c.owner.is_(None))
_IS_RESTLESS = and_(in_state(RESTLESS), jobs.c.due_at < NEVER)
_PAYS = has(batches.c.accounts, _account)

OPEN = (
    select(batches)
    .where(batches.c.ended_at.is_(None), batches.c.whole_at.is_not(None), _PAYS)
    .order_by(batches.c.created_at, batches.c.id)
)

_PLACE = case((jobs.c.account == _account, jobs.c.lane), else_=ELSEWHERE).label("place")
IN_WINDOW = (
    select(_PLACE, func.count().label("jobs"))
    .where(jobs.c.batch_id == _batch, in_state((State.CALLED, State.SUBMITTING, State.RENDERING)))
    .group_by("place")
)

_FEW = select(jobs.c.id).where(jobs.c.batch_id == _batch, _IS_RESTLESS).limit(_room).subquery()
COUNT_A_FEW = select(func.count()).select_from(_FEW)

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

_UNHEARD = or_(jobs.c.called_at.is_(None), jobs.c.called_at < _moment - RING_AGAIN_SECONDS)
RING_AGAIN = update(jobs).where(CALLED_FOR_ACCOUNT, _NOBODYS, jobs.c.due_at <= _moment, _UNHEARD).returning(jobs.c.id)

RING_ANEW = update(jobs).where(CALLED_FOR_ACCOUNT, _NOBODYS)

TAKE_BACK_CALLS = update(jobs).where(
    IN_OPEN_BATCH,
    jobs.c.state == State.CALLED,
    jobs.c.owner.is_(None),
    jobs.c.changed_at < _moment - DEAF_SECONDS,
)

_GONE = or_(workers.c.heartbeat_at < bindparam("silent_since", type_=Float), workers.c.left_at.is_not(None))
_OTHERS = select(workers.c.id).where(workers.c.id != bindparam("asking", type_=Text))
ANY_LEFT_BEHIND = select(exists().where(jobs.c.owner.in_(_OTHERS.where(_GONE))))

UNSURE = (
    select(jobs.c.id, jobs.c.batch_id, jobs.c.estimate_micro_credits)
    .where(
        jobs.c.batch_id.in_(select(batches.c.id).where(_PAYS)),
        jobs.c.state == State.UNSURE,
        jobs.c.due_at <= _moment,
    )
    .order_by(jobs.c.id)
    .with_for_update(skip_locked=True)
)

# Lost attempts are few, and SQLite takes their index only if they are spelt as it is.
_LOST = select(attempts.c.id).where(text("attempts.outcome = 'lost'")).cte("lost").prefix_with("MATERIALIZED")
LOST_MONEY = (
    select(func.sum(charges.c.micro_credits))
    .join_from(_LOST, charges, and_(charges.c.attempt_id == _LOST.c.id, charges.c.kind == "reserved"))
    .where(charges.c.batch_id == _batch)
)

CLOSE_ENDED = (
    update(batches)
    .where(
        batches.c.ended_at.is_(None),
        batches.c.whole_at.is_not(None),
        ~exists().where(jobs.c.batch_id == batches.c.id, _IS_RESTLESS),
    )
    .returning(batches.c.id)
)
