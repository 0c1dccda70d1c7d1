"""What came to its end of late, to the second. Sums of a quarter of an hour tell of what is longer ago."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, bindparam, func, select

from batches.store.ledger.schema import attempts, charges, jobs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection


class Ended(NamedTuple):
    """An attempt that came to its end."""

    at: float  #: seconds since the epoch
    brought: bool  #: a picture
    settled: int  #: micro-credits; 0 where nobody said it


_since = attempts.c.ended_at >= bindparam("since")

LATELY = (
    select(jobs.c.batch_id, func.count().label("images"))
    .join_from(attempts, jobs, jobs.c.id == attempts.c.job_id)
    .where(_since, attempts.c.outcome == "done")
    .group_by(jobs.c.batch_id)
)

ENDED = (
    select(attempts.c.ended_at, attempts.c.outcome, func.coalesce(charges.c.micro_credits, 0))
    .join_from(attempts, jobs, jobs.c.id == attempts.c.job_id)
    .outerjoin(charges, and_(charges.c.attempt_id == attempts.c.id, charges.c.kind == "settled"))
    .where(_since, jobs.c.batch_id == bindparam("of_batch"))
    .order_by(attempts.c.ended_at)
)


def images_since(tx: Connection, since: float) -> Mapping[str, int]:
    """How many attempts brought a picture from then on, by batch."""
    return {row.batch_id: row.images for row in tx.execute(LATELY, {"since": since})}


def ended_since(tx: Connection, batch_id: str, since: float) -> Sequence[Ended]:
    """What came to its end in a batch from then on, in the order of time."""
    rows = tx.execute(ENDED, {"since": since, "of_batch": batch_id})
    return [Ended(at, outcome == "done", settled) for at, outcome, settled in rows]
