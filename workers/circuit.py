"""Rests a lane whose submissions keep failing, before each of them becomes a doubt about money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.store.ledger import stops
from batches.store.ledger.records import Stop

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from batches.store.ledger.records import ClaimedJob

FAILURES = 10
"""Submissions of the whole fleet that fail in a row, none of them accepted, before their lane rests."""

WITHIN_SECONDS = 60.0
"""Those that failed longer ago than this were another trouble."""

FIRST_REST = 30.0
"""Seconds until one job tries whether the API is well again."""

LONGEST_REST = 600.0
"""Each try that fails doubles the rest: 30, 60, 120, 240, 480, 600, 600 s."""


def count_failure(tx: Connection, job: ClaimedJob, message: str, now: float) -> Stop | None:
    """The submission of this job met a server in trouble, or nobody. The stop this leads to, if it does."""
    failures = stops.ran_into_trouble(tx, job, now, within=WITHIN_SECONDS)
    rest = next_rest(stops.stop_of_lane(tx, job.account, job.lane), job.id, failures)
    if rest is None:
        return None
    found = Stop(
        account=job.account, lane=job.lane, reason="API in trouble", message=message,
        since=now, until=now + rest, rest=rest,
    )  # fmt: skip
    stops.stop(tx, found)
    return found


def next_rest(resting: Stop | None, job_id: int, failures: int) -> float | None:
    """Seconds that the lane is to rest; None to leave it as it is, as for what was on its way when the rest began."""
    if resting is None:
        return FIRST_REST if failures >= FAILURES else None
    return min(2 * resting.rest, LONGEST_REST) if resting.probe == job_id else None
