"""How long jobs have waited whose time has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from batches.models import LaneClass
from batches.store.ledger.schema import batches, jobs
from batches.store.ledger.states import NEVER, State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

# One look into the index per batch and lane: a minimum by groups would read every job that waits.
_OLDEST = [
    select(func.min(jobs.c.due_at))
    .where(jobs.c.batch_id == batches.c.id, jobs.c.state == State.QUEUED, jobs.c.lane == lane)
    .correlate(batches)
    .scalar_subquery()
    .label(lane)
    for lane in LaneClass
]

OLDEST_DUE = select(*_OLDEST).where(
    batches.c.ended_at.is_(None), batches.c.whole_at.is_not(None), batches.c.paused.is_(None)
)


def oldest_due(tx: Connection) -> Mapping[LaneClass, float]:
    """By lane, when the first of the jobs that wait in batches that go on is due; no lane in which none does."""
    rows = tx.execute(OLDEST_DUE).mappings().all()
    told = {lane: min((row[lane] for row in rows if row[lane] is not None), default=NEVER) for lane in LaneClass}
    return {lane: due for lane, due in told.items() if due < NEVER}
