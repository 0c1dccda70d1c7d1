"""Rows written again from what sidecars say: batches at rest, their finished jobs, and what those cost.

What came to nothing has no sidecar, so failed and moderated jobs are not known again, nor what they cost.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import astuple
from typing import TYPE_CHECKING

from pydantic_core import to_json
from sqlalchemy import func, insert, select, update

from batches.policy import Policy
from batches.store.images.keys import batch_of
from batches.store.ledger import quarters
from batches.store.ledger.bulk import insert_rows
from batches.store.ledger.names import BETWEEN
from batches.store.ledger.quarters import Amounts, Key, What
from batches.store.ledger.schema import attempts, batches, charges, jobs
from batches.store.ledger.states import State

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from batches.store.rebuild.finding import Found
    from batches.store.sidecar import Origin

JOB = (
    *("batch_id", "number", "row_id", "fingerprint", "occurrence", "copy_of", "account", "lane", "model", "path"),
    *("params", "labels", "output_name", "estimate_micro_credits", "estimate_pixels", "input_pixels", "state"),
    *("due_at", "changed_at", "image_key", "image_sha256", "image_format", "image_width", "image_height"),
    *("image_bytes", "image_dhash", "flags"),
)
ATTEMPT = ("job_id", "number", "account", "started_at", "ticket_id", "accepted_at", "ended_at", "outcome")
CHARGE = (
    *("batch_id", "job_id", "attempt_id", "kind", "micro_credits", "input_micro_mp", "output_micro_mp"),
    *("source", "at"),
)


def begin(tx: Connection, origin: Origin) -> bool:
    """Have a batch to write jobs into. False: the ledger has it already, whole.

    Its fingerprint is of no plan, so whoever submits its manifest again looks at every job.
    """
    row = tx.execute(select(batches.c.whole_at).where(batches.c.id == origin.id)).one_or_none()
    if row is not None:
        return row.whole_at is None  # a rebuilding that was cut off is gone on with
    tx.execute(
        insert(batches).values(
            id=origin.id,
            name=origin.name,
            fingerprint=f"rebuilt {origin.id}",
            manifest_sha256=origin.manifest_sha256,
            accounts=origin.accounts,
            prices_as_of=origin.prices_as_of,
            prices_sha256=origin.prices_sha256,
            policy=Policy().as_json(),
            planned_micro_credits=0,
            created_at=origin.created_at,
        )
    )
    return True


def end(tx: Connection, batch_id: str) -> None:
    """All its jobs are written: it rests. Its receipt lies beside the pictures, and tells more than we know."""
    of_batch = jobs.c.batch_id == batch_id
    last = tx.scalar(select(func.max(jobs.c.changed_at)).where(of_batch)) or 0.0
    estimates = func.coalesce(func.sum(jobs.c.estimate_micro_credits), 0)
    planned = select(estimates).where(of_batch, jobs.c.copy_of.is_(None))
    tx.execute(
        update(batches)
        .where(batches.c.id == batch_id)
        .values(whole_at=last, ended_at=last, receipt_of=last, planned_micro_credits=planned.scalar_subquery())
    )


def known(tx: Connection, batch_id: str, numbers: Collection[int]) -> Mapping[int, str]:
    """Those of these jobs that are in the ledger, with the names of their files."""
    query = select(jobs.c.number, jobs.c.output_name)
    rows = tx.execute(query.where(jobs.c.batch_id == batch_id, jobs.c.number.in_(numbers)))
    return {row.number: row.output_name for row in rows}


def add_made(tx: Connection, batch_id: str, found: Sequence[Found]) -> None:
    """Jobs of one batch that were made and paid, with their attempts and charges. None is in the ledger."""
    by_number = {one.facts.job.number: one for one in found}
    insert_rows(tx, jobs, JOB, [_job(one, one.facts.job.occurrence, None) for one in found])
    query = select(jobs.c.id, jobs.c.number).where(jobs.c.batch_id == batch_id, jobs.c.number.in_(by_number))
    by_job = {row.id: by_number[row.number] for row in tx.execute(query)}
    insert_rows(tx, attempts, ATTEMPT, [_attempt(job_id, one) for job_id, one in by_job.items()])
    tried = select(attempts.c.id, attempts.c.job_id).where(attempts.c.job_id.in_(by_job))
    charged = [(row.id, row.job_id, by_job[row.job_id]) for row in tx.execute(tried)]
    insert_rows(tx, charges, CHARGE, [_reserved(*one) for one in charged])
    insert_rows(tx, charges, CHARGE, [_settled(*one) for one in charged])
    _sum_up(tx, (amounts for one in found for amounts in _made(one)))


def add_copies(tx: Connection, found: Sequence[Found]) -> None:
    """Jobs that got the picture of another one. One whose original is gone stands in for it, and costs nothing."""
    for one in found:
        job = one.facts.job
        original = _original(tx, one)
        stands_in = original is None and job.occurrence > 1
        insert_rows(tx, jobs, JOB, [_job(one, 1 if stands_in else job.occurrence, original)])
    _sum_up(tx, (amounts for one in found for amounts in _copied(one)))


def _original(tx: Connection, one: Found) -> int | None:
    """The row of the job whose picture it got, which asked for the very same."""
    job = one.facts.job
    return tx.scalar(
        select(jobs.c.id).where(
            jobs.c.fingerprint == bytes.fromhex(job.fingerprint),
            jobs.c.batch_id == batch_of(job.copy_of or ""),
            jobs.c.occurrence == 1,
        )
    )


def _job(one: Found, occurrence: int, copy_of: int | None) -> tuple[object, ...]:
    """The values of JOB."""
    facts, job, image = one.facts, one.facts.job, one.facts.image
    return (
        facts.batch.id, job.number, job.id, bytes.fromhex(job.fingerprint), occurrence, copy_of, job.account, job.lane,
        job.model, job.path, to_json(job.params).decode(), to_json(job.labels).decode(), job.output_name,
        job.estimate_micro_credits, job.estimate_pixels, job.input_pixels, State.DONE.value, facts.stored_at,
        facts.stored_at, one.key, image.sha256, image.format, image.width, image.height, image.bytes, image.dhash,
        BETWEEN.join(sorted(image.flags)),
    )  # fmt: skip


def _attempt(job_id: int, one: Found) -> tuple[object, ...]:
    """The values of ATTEMPT."""
    made = one.facts.attempt
    times = (made.started_at, made.ticket, made.accepted_at, one.facts.stored_at)
    return (job_id, made.number, one.facts.job.account, *times, "done")


def _reserved(attempt_id: int, job_id: int, one: Found) -> tuple[object, ...]:
    """The values of CHARGE."""
    estimate, at = one.facts.job.estimate_micro_credits, one.facts.attempt.started_at
    return (one.facts.batch.id, job_id, attempt_id, "reserved", estimate, None, None, "price table", at)


def _settled(attempt_id: int, job_id: int, one: Found) -> tuple[object, ...]:
    """The same."""
    facts, made = one.facts, one.facts.attempt
    amounts = (facts.micro_credits, made.input_micro_mp, made.output_micro_mp)
    return (facts.batch.id, job_id, attempt_id, "settled", *amounts, made.source, facts.stored_at)


def _made(one: Found) -> Iterator[tuple[Key, Amounts]]:
    """What is summed up of a job that was paid: that it was planned, and what came of it."""
    facts, job = one.facts, one.facts.job
    yield _planned(one, What.PLANNED)
    amounts = Amounts.of_attempt(
        facts.micro_credits,
        job.estimate_micro_credits,
        images=1,
        output_pixels=facts.image.width * facts.image.height,
        input_pixels=job.input_pixels,
        slot_seconds=max(0.0, facts.stored_at - facts.attempt.started_at),
    )
    yield _key(one, What.DONE, facts.stored_at, job.account), amounts


def _copied(one: Found) -> Iterator[tuple[Key, Amounts]]:
    """The same of a copy."""
    facts, job = one.facts, one.facts.job
    yield _planned(one, What.SPARED)
    what = What.COPIED if job.occurrence > 1 else What.REUSED
    pixels = facts.image.width * facts.image.height
    saved = Amounts(images=1, output_pixels=pixels, saved=job.estimate_micro_credits or 0)
    yield _key(one, what, facts.stored_at, job.account), saved


def _planned(one: Found, what: What) -> tuple[Key, Amounts]:
    price, origin = one.facts.job.estimate_micro_credits, one.facts.batch
    amounts = Amounts(unknown=int(price is None), estimated=price or 0)
    return _key(one, what, origin.created_at, BETWEEN.join(origin.accounts)), amounts


def _key(one: Found, what: What, at: float, account: str) -> Key:
    job = one.facts.job
    quarter = at // quarters.QUARTER_SECONDS * quarters.QUARTER_SECONDS  # so that alike are one
    return Key(quarter, one.facts.batch.id, account, job.lane, job.model, quarters.spelling(job.labels), what)


def _sum_up(tx: Connection, amounts: Iterator[tuple[Key, Amounts]]) -> None:
    """Add to the sums, alike at once."""
    sums: dict[Key, tuple[float, ...]] = defaultdict(lambda: astuple(Amounts(number=0)))
    for key, more in amounts:
        sums[key] = tuple(map(sum, zip(sums[key], astuple(more), strict=True)))
    for key, total in sums.items():
        quarters.add(tx, key, Amounts(**dict(zip(quarters.SUMS, total, strict=True))))  # type: ignore[arg-type]  # whole numbers stay whole
