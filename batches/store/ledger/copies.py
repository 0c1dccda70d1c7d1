"""What happens to the copies of a job when it comes to its end: they wait for its picture, or share its fate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, update

from batches.store.ledger.schema import jobs
from batches.store.ledger.states import State

if TYPE_CHECKING:
    from sqlalchemy import Connection

WAITING = update(jobs).where(jobs.c.copy_of == bindparam("original"), jobs.c.state == bindparam("its_state"))
"""The copies that wait for a picture."""


def let_go_on(tx: Connection, job_id: int, now: float) -> None:
    """The picture is there: its copies are due."""
    tx.execute(WAITING, {**_of(job_id), "due_at": now, "changed_at": now})


def end_alike(tx: Connection, job_id: int, to: State, reason: str, now: float) -> None:
    """There will be no picture: its copies end for the same reason."""
    tx.execute(WAITING, {**_of(job_id), "state": to, "reason": reason, "changed_at": now})


def _of(job_id: int) -> dict[str, object]:
    return {"original": job_id, "its_state": State.QUEUED}
