"""Sets jobs aside that take their workers down with them, and nobody else's.

A worker that dies has dozens of jobs in hand. Under suspicion is what it was *submitting* or *fetching*: the moments in
which bytes are packed, unpacked and decoded. A worker is at suspects one at a time, so that its next death tells which
of them it was. The third death of a job sets it aside. A worker that a person kills takes an innocent job down only if
it falls upon that second of its life, three times in a row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from batches.store.ledger.schema import jobs
from batches.store.ledger.states import NEVER, State

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

MOST_DEATHS = 3
"""Once may be chance, and twice bad luck."""

AT_IT = (State.SUBMITTING, State.FETCHING)
"""States in which a job can be what kills a worker: in the others it waits."""


def count_deaths(tx: Connection, theirs: ColumnElement[bool], now: float) -> None:
    """The owners of these jobs died. Those that did so too often become unsure, which no policy resolves.

    An attempt is under way and may have been paid, so it is kept: a person may have the picture fetched after all.
    """
    at_it = (theirs, jobs.c.state.in_(AT_IT))
    tx.execute(update(jobs).where(*at_it).values(deaths=jobs.c.deaths + 1))
    tx.execute(
        update(jobs)
        .where(*at_it, jobs.c.deaths >= MOST_DEATHS)
        .values(
            state=State.UNSURE,
            owner=None,
            due_at=NEVER,
            reason=f"its worker died with it {MOST_DEATHS} times; it is set aside for a person to look at",
            changed_at=now,
        )
    )
