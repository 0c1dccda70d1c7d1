"""A plan becomes a batch, or adds to the one that it became before.

The jobs are written a thousand at a time, so that workers are never kept from the ledger for long. What is there
already is known by fingerprint and occurrence: a submission that was cut off is gone on with, and one of an edited
manifest writes only what is new. Workers begin a new batch once all of it is written.
"""

from __future__ import annotations

import secrets
import time
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from pydantic_core import to_json
from sqlalchemy import func, insert, or_, select, update

from batches.store.ledger import quarters, receipts, spending
from batches.store.ledger.bulk import insert_rows
from batches.store.ledger.names import has
from batches.store.ledger.quarters import What
from batches.store.ledger.schema import batches, jobs
from batches.store.ledger.sorting import sorted_out
from batches.store.ledger.standing import batch_of
from batches.store.ledger.states import ENDED, NEVER, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Row

    from batches.planning import Plan, PlannedJob
    from batches.store.ledger.records import Batch, BatchTerms


class Beginning(NamedTuple):
    """How a job comes into the ledger."""

    due_at: float  #: from then on it may be called
    state: State = State.QUEUED
    reason: str = ""
    copy_of: int | None = None  #: the job whose picture it gets


COLUMNS = (
    *("batch_id", "number", "row_id", "fingerprint", "occurrence", "lane", "model", "path", "params", "labels"),
    *("output_name", "estimate_micro_credits", "estimate_pixels", "input_pixels", "changed_at", *Beginning._fields),
)


def newest_named(tx: Connection, name: str, accounts: tuple[str, ...]) -> Batch | None:
    """The newest batch of this name that one of these accounts pays."""
    row = tx.execute(
        select(batches)
        .where(batches.c.name == name, or_(*(has(batches.c.accounts, account) for account in accounts)))
        .order_by(batches.c.created_at.desc())
        .limit(1)
    ).mappings()
    return next(map(batch_of, row), None)


def close(tx: Connection, batch_id: str, now: float) -> None:
    """Mark a batch as ended, if it is not yet."""
    tx.execute(update(batches).where(batches.c.id == batch_id, batches.c.ended_at.is_(None)).values(ended_at=now))


def open_batch(tx: Connection, plan: Plan, terms: BatchTerms, now: float) -> Batch:
    """A new batch without jobs."""
    receipts.keep_manifest(tx, plan)
    made = tx.execute(
        insert(batches)
        .values(
            id=f"{plan.name}-{time.strftime('%Y%m%d', time.gmtime(now))}-{secrets.token_hex(3)}",
            name=plan.name,
            fingerprint=plan.fingerprint,
            manifest_sha256=plan.manifest_sha256,
            **_prices(plan),
            **_terms(plan, terms, now),
            created_at=now,
        )
        .returning(*batches.c)
    )
    return batch_of(made.mappings().one())


def add_jobs(tx: Connection, batch: Batch, planned: Sequence[PlannedJob], *, reuse: bool, now: float) -> None:
    """Write those of these jobs that the batch does not have. All jobs of the plan before them are in it."""
    last = _locked_last_number(tx, batch.id)
    has_no_others = planned[0].number == last + 1
    told = sorted_out(tx, planned, None if has_no_others else batch.id, batch.accounts, reuse=reuse)
    places = {job.number: place for job, place in _placed(tx, batch, told.added, last)}

    def insert_all(begun: Iterable[tuple[PlannedJob, Beginning]]) -> None:
        insert_rows(tx, jobs, COLUMNS, [_row(places[job.number], batch, now, begins) for job, begins in begun])

    insert_all((job, Beginning(now)) for job in told.new)
    insert_all((job, Beginning(now, copy_of=source)) for job, source in told.reused)
    originals = _originals(tx, batch.id, told.copies)
    insert_all((job, _as_copy(originals[job.fingerprint], now)) for job in told.copies)
    quarters.add_planned(tx, batch, What.PLANNED, told.new, now)
    quarters.add_planned(tx, batch, What.SPARED, [*told.copies, *(job for job, _ in told.reused)], now)
    if told.added:
        tx.execute(update(batches).where(batches.c.id == batch.id).values(ended_at=None))


def complete(tx: Connection, batch_id: str, plan: Plan, terms: BatchTerms, now: float) -> None:
    """All jobs of the plan are written: from now on workers may begin, and the batch is known by this plan.

    Its prices are pinned where it is another one; jobs that are there already keep their estimates.
    """
    receipts.keep_manifest(tx, plan)
    another = batches.c.fingerprint != plan.fingerprint
    tx.execute(update(batches).where(batches.c.id == batch_id, another).values(**_prices(plan)))
    tx.execute(
        update(batches)
        .where(batches.c.id == batch_id)
        .values(
            fingerprint=plan.fingerprint,
            manifest_sha256=plan.manifest_sha256,
            **_terms(plan, terms, now),
            whole_at=func.coalesce(batches.c.whole_at, now),
        )
    )
    spending.reconsider(tx, batch_id)


def _prices(plan: Plan) -> dict[str, object]:
    return {"prices_as_of": plan.prices.as_of, "prices_sha256": plan.prices.sha256}


def _terms(plan: Plan, terms: BatchTerms, now: float) -> dict[str, object]:
    deadline = terms.policy.deadline
    return {
        "accounts": terms.accounts,
        "policy": terms.policy.as_json(),
        "planned_micro_credits": plan.micro_credits,
        "deadline_at": deadline.at(now) if deadline else None,
    }


def _locked_last_number(tx: Connection, batch_id: str) -> int:
    """The greatest number in use. Whoever else submits to this batch waits until we are done."""
    tx.execute(select(batches.c.id).where(batches.c.id == batch_id).with_for_update())
    return tx.scalar(select(func.max(jobs.c.number)).where(jobs.c.batch_id == batch_id)) or 0


def _placed(
    tx: Connection, batch: Batch, added: Sequence[PlannedJob], last: int
) -> Iterator[tuple[PlannedJob, PlannedJob]]:
    """Each job with itself in a place of its own: the planned one, or behind all others where that is taken."""
    behind = bool(added) and added[0].number <= last
    places = [job.renumbered(number) for number, job in enumerate(added, last + 1)] if behind else added
    edited = behind or batch.whole_at is not None
    taken = _taken(tx, batch.id, [place.output_name for place in places]) if edited else frozenset()
    for job, place in zip(added, places, strict=True):
        yield job, _renamed(tx, batch.id, place) if place.output_name in taken else place


def _taken(tx: Connection, batch_id: str, names: Sequence[str]) -> frozenset[str]:
    query = select(jobs.c.output_name).where(jobs.c.batch_id == batch_id, jobs.c.output_name.in_(names))
    return frozenset(tx.scalars(query))


def _renamed(tx: Connection, batch_id: str, job: PlannedJob) -> PlannedJob:
    """`owl.png` as `owl-2.png`: the prompt was changed, and the picture of the old one stays."""
    stem, _, suffix = job.output_name.rpartition(".")
    names = (f"{stem}-{version}.{suffix}" for version in count(2))
    return job._replace(output_name=next(name for name in names if not _taken(tx, batch_id, [name])))


def _originals(
    tx: Connection, batch_id: str, copies: Sequence[PlannedJob]
) -> Mapping[str, Row[int, bytes, int | None, str, str]]:
    """By fingerprint, the job that makes it."""
    wanted = {bytes.fromhex(job.fingerprint) for job in copies}
    query = select(jobs.c.id, jobs.c.fingerprint, jobs.c.copy_of, jobs.c.state, jobs.c.reason).where(
        jobs.c.fingerprint.in_(wanted), jobs.c.batch_id == batch_id, jobs.c.occurrence == 1
    )
    return {row.fingerprint.hex(): row for row in tx.execute(query)} if wanted else {}


def _as_copy(original: Row[int, bytes, int | None, str, str], now: float) -> Beginning:
    """Due where the picture is there, else waiting for it, or ended as the original has."""
    if original.copy_of is not None:
        return Beginning(now, copy_of=original.copy_of)
    if original.state == State.DONE:
        return Beginning(now, copy_of=original.id)
    if original.state in ENDED:
        return Beginning(now, State(original.state), original.reason, original.id)
    return Beginning(NEVER, copy_of=original.id)


def _row(job: PlannedJob, batch: Batch, now: float, begins: Beginning) -> tuple[object, ...]:
    """The values of COLUMNS."""
    return (
        batch.id,
        job.number,
        job.row_id,
        bytes.fromhex(job.fingerprint),
        job.occurrence,
        job.lane,
        job.model,
        job.path,
        to_json(dict(job.params)).decode(),
        to_json(dict(job.labels)).decode(),
        job.output_name,
        job.estimate.micro_credits,
        job.estimate.output_pixels,
        job.estimate.input_pixels or 0,
        now,
        *begins,
    )
