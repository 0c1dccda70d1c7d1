"""Rows written again from what sidecars say: batches at rest, their finished jobs, and what those cost.

A job without a picture has no sidecar, so those that failed or were moderated are not known again, nor what they cost.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from pydantic_core import to_json
from sqlalchemy import func, insert, select, update

from batches.policy import Policy
from batches.store.images.keys import batch_of
from batches.store.ledger import quarters
from batches.store.ledger.bulk import insert_rows
from batches.store.ledger.names import BETWEEN
from batches.store.ledger.quarters import Amounts, Key, What
from batches.store.ledger.records import Reported
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One attempt of a job, with its charges."""

    number: int
    account: str  #: who paid
    ticket: str | None
    started_at: float  #: seconds since the epoch, as the others
    accepted_at: float | None
    ended_at: float
    what: What  #: how it ended
    settled: bool  #: whether its reservation is over
    estimate: int | None  #: micro-credits that were reserved
    cost: Reported
    source: str  #: who said so

    @property
    def row(self) -> tuple[object, ...]:
        """The values of ATTEMPT behind the job."""
        times = (self.started_at, self.ticket, self.accepted_at, self.ended_at)
        return (self.number, self.account, *times, self.what.value)

    @property
    def reserved(self) -> tuple[object, ...]:
        """The values of CHARGE behind the ids, for what was set aside."""
        return ("reserved", self.estimate, None, None, "price table", self.started_at)

    @property
    def charged(self) -> tuple[object, ...]:
        """The same for what it cost."""
        cost = self.cost
        amounts = (cost.micro_credits, cost.input_micro_mp, cost.output_micro_mp)
        return ("settled", *amounts, self.source, self.ended_at)


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
    tried = {(job_id, one.number): one for job_id, found_one in by_job.items() for one in _tries(found_one)}
    insert_rows(tx, attempts, ATTEMPT, [(job_id, *one.row) for (job_id, _), one in tried.items()])
    query = select(attempts.c.id, attempts.c.job_id, attempts.c.number).where(attempts.c.job_id.in_(by_job))
    charged = [(batch_id, row.job_id, row.id, tried[row.job_id, row.number]) for row in tx.execute(query).all()]
    insert_rows(tx, charges, CHARGE, [(*ids, *one.reserved) for *ids, one in charged])
    insert_rows(tx, charges, CHARGE, [(*ids, *one.charged) for *ids, one in charged if one.settled])
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


def _tries(one: Found) -> Iterator[Try]:
    """Every attempt of a job that is told, the one that brought the picture last."""
    facts, job, made = one.facts, one.facts.job, one.facts.attempt
    for vain in facts.earlier:
        yield Try(
            number=vain.number, account=vain.account, ticket=vain.ticket, started_at=vain.started_at, accepted_at=None,
            ended_at=vain.ended_at, what=What(vain.outcome), settled=vain.settled, source=vain.source or "rule",
            estimate=job.estimate_micro_credits, cost=Reported(micro_credits=vain.micro_credits),
        )  # fmt: skip
    cost = Reported(
        micro_credits=facts.micro_credits,
        input_micro_mp=made.input_micro_mp,
        output_micro_mp=made.output_micro_mp,
    )
    yield Try(
        number=made.number, account=job.account, ticket=made.ticket, started_at=made.started_at,
        accepted_at=made.accepted_at, ended_at=facts.stored_at, what=What.DONE, settled=True, source=made.source,
        estimate=job.estimate_micro_credits, cost=cost,
    )  # fmt: skip


def _made(one: Found) -> Iterator[tuple[Key, Amounts]]:
    """What is summed up of a job that was paid: that it was planned, and what came of each attempt."""
    yield _planned(one, What.PLANNED)
    image = one.facts.image
    for tried in _tries(one):
        if tried.settled:
            brought = tried.what is What.DONE
            amounts = Amounts.of_attempt(
                tried.cost.micro_credits,
                tried.estimate,
                images=int(brought),
                output_pixels=image.width * image.height * brought,
                input_pixels=one.facts.job.input_pixels,
                slot_seconds=max(0.0, tried.ended_at - tried.started_at),
            )
            yield _key(one, tried.what, tried.ended_at, tried.account), amounts


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
