"""Who is at work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, insert, select, update

from batches.store.ledger.schema import workers

if TYPE_CHECKING:
    from sqlalchemy import Connection

FRESH_SECONDS = 10.0
"""What a worker said longer ago than this, with five heartbeats in between, is not true any more."""

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


def leave(tx: Connection, worker: str, now: float) -> None:
    """A worker ends; whatever it still holds is free at once."""
    tx.execute(update(workers).where(workers.c.id == worker).values(left_at=now))
