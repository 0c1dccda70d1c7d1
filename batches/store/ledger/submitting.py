"""A plan becomes a batch: all of its jobs are written in one transaction, or none."""

from __future__ import annotations

import secrets
import time
from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from batches.store.ledger.schema import batches, jobs
from batches.store.ledger.standing import batch_of
from batches.store.ledger.states import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from batches.planning import Plan
    from batches.store.ledger.records import Batch, BatchTerms

ROWS_PER_INSERT = 1000


def newest_batch_of(tx: Connection, plan: Plan, account: str) -> Batch | None:
    """The batch that this very plan became before, if it did."""
    row = tx.execute(
        select(batches)
        .where(batches.c.fingerprint == plan.fingerprint, batches.c.account == account)
        .order_by(batches.c.created_at.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else batch_of(row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for it


def close(tx: Connection, batch_id: str, now: float) -> None:
    """Mark a batch as ended, if it is not yet."""
    tx.execute(update(batches).where(batches.c.id == batch_id, batches.c.ended_at.is_(None)).values(ended_at=now))


def add_batch(tx: Connection, plan: Plan, terms: BatchTerms, now: float) -> str:
    """Write the batch and its jobs, all queued. Returns the batch's id."""
    batch_id = f"{plan.name}-{time.strftime('%Y%m%d', time.gmtime(now))}-{secrets.token_hex(3)}"
    tx.execute(
        insert(batches).values(
            id=batch_id,
            name=plan.name,
            fingerprint=plan.fingerprint,
            manifest_sha256=plan.manifest_sha256,
            account=terms.account,
            prices_as_of=terms.prices_as_of,
            max_attempts=terms.max_attempts,
            unsure_bound=terms.unsure_bound,
            created_at=now,
        )
    )
    rows = _rows(plan, batch_id, terms.account, now)
    while chunk := list(islice(rows, ROWS_PER_INSERT)):
        tx.execute(insert(jobs), chunk)
    return batch_id


def _rows(plan: Plan, batch_id: str, account: str, now: float) -> Iterator[dict[str, object]]:
    for job in plan.jobs():
        if job.occurrence > 1:
            continue
        yield {
            "batch_id": batch_id,
            "number": job.number,
            "row_id": job.row_id,
            "fingerprint": job.fingerprint,
            "account": account,
            "lane": job.lane,
            "model": job.model,
            "path": job.path,
            "params": dict(job.params),
            "labels": dict(job.labels),
            "output_name": job.output_name,
            "estimate_micro_credits": job.estimate.micro_credits,
            "estimate_pixels": job.estimate.output_pixels,
            "state": State.QUEUED,
            "due_at": now,
            "changed_at": now,
        }
