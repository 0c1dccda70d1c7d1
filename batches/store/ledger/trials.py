"""What came of the first jobs of a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, func, select

from batches.policy import Trial
from batches.store.ledger.costs import cost_of
from batches.store.ledger.schema import charges, jobs
from batches.store.ledger.states import NEVER, RESTING, State

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection


def trial_of(tx: Connection, batch_id: str, first: int) -> Trial:
    """Of the first so many; what is unknown of one is unknown of all. A copy that waits tells nothing of its own."""
    theirs = (jobs.c.batch_id == batch_id, jobs.c.number <= first, jobs.c.due_at < NEVER)
    paid = jobs.c.copy_of.is_(None)

    def number(of: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count(case((of, 1)))

    row = tx.execute(
        select(
            func.count().label("jobs"),
            number(jobs.c.state.in_(RESTING)).label("ended"),
            number(jobs.c.state == State.MODERATED).label("moderated"),
            number(jobs.c.state == State.FAILED).label("failed"),
            number(paid & jobs.c.estimate_micro_credits.is_(None)).label("unpriced"),
            func.coalesce(func.sum(case((paid, jobs.c.estimate_micro_credits))), 0).label("estimated"),
        ).where(*theirs)
    ).one()
    cost = cost_of(charges.c.attempt_id)
    unsettled, spent = tx.execute(
        select(number(cost.is_(None)), func.coalesce(func.sum(cost), 0))
        .join(jobs, jobs.c.id == charges.c.job_id)
        .where(*theirs, charges.c.kind == "settled")
    ).one()
    return Trial(
        jobs=row.jobs,
        ended=row.ended,
        moderated=row.moderated,
        failed=row.failed,
        estimated=None if row.unpriced else int(row.estimated),
        spent=None if unsettled else int(spent),
    )
