"""What came of the latest attempts: what a person sees who looks on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, select

from batches.store.ledger.schema import attempts, jobs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

LATEST_ATTEMPTS = 300
"""That are looked through, of all batches: a look stays quick, however many there are."""

OUTCOMES = ("done", "failed", "moderated", "lost")
"""A refusal is none: the job goes on waiting."""


class Ended(NamedTuple):
    """How one attempt ended."""

    batch_id: str
    outcome: str  #: one of OUTCOMES
    message: str  #: why there is no picture
    image_key: str | None  #: where the picture is
    at: float  #: seconds since the epoch


_late = (
    select(attempts.c.id, attempts.c.job_id, attempts.c.outcome, attempts.c.message, attempts.c.ended_at)
    .order_by(attempts.c.id.desc())
    .limit(LATEST_ATTEMPTS)
    .subquery()
)

LATEST = (
    select(jobs.c.batch_id, _late.c.outcome, _late.c.message, jobs.c.image_key, _late.c.ended_at)
    .join(jobs, jobs.c.id == _late.c.job_id)
    .where(
        _late.c.outcome.in_(OUTCOMES),
        _late.c.ended_at >= bindparam("since"),
        jobs.c.batch_id.in_(bindparam("of_batches", expanding=True)),
    )
    .order_by(_late.c.ended_at.desc(), _late.c.id.desc())
)
"""Attempts are numbered as they begin, so the latest are at the end and no other is looked at."""


def lately(tx: Connection, batch_ids: Sequence[str], *, since: float) -> Sequence[Ended]:
    """The latest attempts of these batches that ended from then on, the newest first."""
    return [Ended(*row) for row in tx.execute(LATEST, {"since": since, "of_batches": list(batch_ids)})]
