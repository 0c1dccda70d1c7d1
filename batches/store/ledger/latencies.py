"""How long pictures took, as an even sample of them shows."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from batches.store.ledger.schema import attempts, jobs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from batches.store.ledger.totals import Scope


def latencies(tx: Connection, scope: Scope, *, every: int) -> Mapping[str, Sequence[float]]:
    """By model, the seconds from submission to stored picture of every so manieth job, the shortest first."""
    seconds = attempts.c.ended_at - attempts.c.started_at
    query = (
        select(jobs.c.model, func.coalesce(seconds, 0.0))
        .join_from(jobs, attempts, attempts.c.job_id == jobs.c.id)
        .where(
            jobs.c.id % every == 0,
            attempts.c.outcome == "done",
            *scope.by_seconds(jobs.c.batch_id, attempts.c.ended_at),
        )
    )
    found: defaultdict[str, list[float]] = defaultdict(list)
    for model, took in tx.execute(query):
        found[model].append(max(0.0, took))
    return {model: sorted(found[model]) for model in sorted(found)}
