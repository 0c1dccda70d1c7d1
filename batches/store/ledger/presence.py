"""Who is at work, and which accounts rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from batches.store.ledger.records import Stop
from batches.store.ledger.schema import jobs, stops, workers
from batches.store.ledger.states import State

if TYPE_CHECKING:
    from sqlalchemy import Connection


def arrive(tx: Connection, worker: str, *, host: str, pid: int, now: float) -> None:
    """A worker begins."""
    tx.execute(insert(workers).values(id=worker, host=host, pid=pid, started_at=now, heartbeat_at=now))


def beat(tx: Connection, worker: str, now: float) -> None:
    """A worker is alive. Its jobs are taken from it when this stays out."""
    tx.execute(update(workers).where(workers.c.id == worker).values(heartbeat_at=now))


def leave(tx: Connection, worker: str, now: float) -> None:
    """A worker ends; whatever it still holds is free at once."""
    tx.execute(update(workers).where(workers.c.id == worker).values(left_at=now))


def stop(tx: Connection, found: Stop) -> None:
    """Use an account no more until somebody mended something, or until the workers look again."""
    tx.execute(delete(stops).where(stops.c.account == found.account))
    tx.execute(
        insert(stops).values(
            account=found.account,
            reason=found.reason,
            message=found.message,
            since=found.since,
            until=found.until,
        )
    )


def lift_stop(tx: Connection, account: str, now: float) -> None:
    """The account may be used again: what was waiting for that need not wait longer."""
    if tx.execute(delete(stops).where(stops.c.account == account)).rowcount:
        waiting = (jobs.c.account == account, jobs.c.owner.is_(None), jobs.c.state == State.RENDERING)
        tx.execute(update(jobs).where(*waiting).values(due_at=now, called_at=None))


def stop_of(tx: Connection, account: str, now: float) -> Stop | None:
    """Why an account rests now, or None."""
    row = tx.execute(select(stops).where(stops.c.account == account, stops.c.until > now)).one_or_none()
    return None if row is None else Stop(**row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for it
