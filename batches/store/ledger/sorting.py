"""Planned jobs against what the ledger has already: which are known, which are copies, which are to be made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from batches.store.ledger.schema import jobs
from batches.store.ledger.states import State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from batches.planning import PlannedJob

JOBS_AT_ONCE = 1000
"""How many are looked up, or written, together."""


@dataclass(slots=True)
class Sorted:
    """Some jobs of a plan, by what a submission does about them."""

    known: list[PlannedJob] = field(default_factory=list)  #: in the batch already
    new: list[PlannedJob] = field(default_factory=list)  #: to be made and paid
    copies: list[PlannedJob] = field(default_factory=list)  #: the same is asked for before, in this batch
    reused: list[tuple[PlannedJob, int]] = field(default_factory=list)  #: each with the finished job of another batch

    @property
    def added(self) -> list[PlannedJob]:
        """What the batch does not have, in the order of the plan."""
        added = [*self.new, *self.copies, *(job for job, _ in self.reused)]
        return sorted(added, key=lambda job: job.number)


def sorted_out(
    tx: Connection, planned: Sequence[PlannedJob], batch_id: str | None, accounts: tuple[str, ...], *, reuse: bool
) -> Sorted:
    """These jobs against the batch that they would go into, and, to reuse, against all finished ones that they paid."""
    fingerprints = list({bytes.fromhex(job.fingerprint) for job in planned})
    known = _known(tx, batch_id, fingerprints) if batch_id else frozenset()
    finished = _finished(tx, accounts, fingerprints) if reuse else {}
    result = Sorted()
    for job in planned:
        fingerprint = bytes.fromhex(job.fingerprint)
        if (fingerprint, job.occurrence) in known:
            result.known.append(job)
        elif job.occurrence > 1:
            result.copies.append(job)
        elif fingerprint in finished:
            result.reused.append((job, finished[fingerprint]))
        else:
            result.new.append(job)
    return result


def _known(tx: Connection, batch_id: str, fingerprints: Sequence[bytes]) -> frozenset[tuple[bytes, int]]:
    rows = tx.execute(
        select(jobs.c.fingerprint, jobs.c.occurrence).where(
            jobs.c.batch_id == batch_id, jobs.c.fingerprint.in_(fingerprints)
        )
    )
    return frozenset((row.fingerprint, row.occurrence) for row in rows)


def _finished(tx: Connection, accounts: tuple[str, ...], fingerprints: Sequence[bytes]) -> Mapping[bytes, int]:
    """The newest job that made each of these and still has its picture."""
    rows = tx.execute(
        select(jobs.c.fingerprint, func.max(jobs.c.id).label("id"))
        .where(
            jobs.c.fingerprint.in_(fingerprints),
            jobs.c.account.in_(accounts),
            jobs.c.state == State.DONE,
            jobs.c.copy_of.is_(None),
            jobs.c.image_key.is_not(None),
        )
        .group_by(jobs.c.fingerprint)
    )
    return {row.fingerprint: row.id for row in rows}
