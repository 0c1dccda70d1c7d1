"""Who is at work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, insert, select, update

from batches.store.ledger.schema import jobs, workers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

FRESH_SECONDS = 10.0
"""What a worker said longer ago than this, with five heartbeats in between, is not true any more."""

MISSED_SECONDS = 3600.0
"""A worker that never said it leaves is missed for so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """One that has not left."""

    id: str
    host: str  #: the machine it is on
    pid: int  #: its process there
    started_at: float  #: seconds since the epoch
    heartbeat_at: float  #: when it was last heard of
    at_risk: int  #: results it has not fetched, with little life left in their links
    jobs: int  #: that it has in its hands

    def is_silent(self, now: float) -> bool:
        """Whether it should have been heard of since."""
        return self.heartbeat_at < now - FRESH_SECONDS


BEAT = update(workers).where(workers.c.id == bindparam("its_id"))


def arrive(tx: Connection, worker: str, *, host: str, pid: int, now: float) -> None:
    """A worker begins."""
    tx.execute(insert(workers).values(id=worker, host=host, pid=pid, started_at=now, heartbeat_at=now))


def beat(tx: Connection, worker: str, now: float, *, at_risk: int = 0) -> None:
    """A worker is alive, and so many results may die before it has them. When this stays out, it loses its jobs."""
    tx.execute(BEAT, {"its_id": worker, "heartbeat_at": now, "at_risk": at_risk})


def results_at_risk(tx: Connection, now: float) -> int:
    """Results that are ready and not fetched, with little life left in their links, at all workers that live."""
    living = (workers.c.left_at.is_(None), workers.c.heartbeat_at >= now - FRESH_SECONDS)
    return tx.scalar(select(func.coalesce(func.sum(workers.c.at_risk), 0)).where(*living)) or 0


def at_work(tx: Connection, now: float) -> Sequence[Worker]:
    """The workers that have not left, the longest at work first; those that are silent for an hour are forgotten."""
    held = select(func.count()).where(jobs.c.owner == workers.c.id).scalar_subquery()
    told = [workers.c[name] for name in Worker.__dataclass_fields__ if name != "jobs"]
    recent = (workers.c.left_at.is_(None), workers.c.heartbeat_at >= now - MISSED_SECONDS)
    rows = tx.execute(select(*told, held.label("jobs")).where(*recent).order_by(workers.c.started_at, workers.c.id))
    return [Worker(**row) for row in rows.mappings()]


def leave(tx: Connection, worker: str, now: float) -> None:
    """A worker ends; whatever it still holds is free at once."""
    tx.execute(update(workers).where(workers.c.id == worker).values(left_at=now))
