"""What happens to the copies of a job when it comes to its end: they wait for its picture, or share its fate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from batches.store.ledger.schema import jobs
from batches.store.ledger.states import State

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection


def let_go_on(tx: Connection, job_id: int, now: float) -> None:
    """The picture is there: its copies are due."""
    tx.execute(update(jobs).where(*_waiting(job_id)).values(due_at=now, changed_at=now))


def end_alike(tx: Connection, job_id: int, to: State, reason: str, now: float) -> None:
    """There will be no picture: its copies end for the same reason."""
    tx.execute(update(jobs).where(*_waiting(job_id)).values(state=to, reason=reason, changed_at=now))


def _waiting(job_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return jobs.c.copy_of == job_id, jobs.c.state == State.QUEUED
