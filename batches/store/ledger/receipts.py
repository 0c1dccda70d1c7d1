"""What a receipt is made of, and which batches are still to get theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import BigInteger, and_, bindparam, case, cast, func, select, text, update

from batches.store.ledger.costs import IS_COST
from batches.store.ledger.names import has
from batches.store.ledger.schema import attempts, batches, charges, jobs, manifests

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from batches.planning import Plan
    from batches.store.ledger.ledger import Ledger

PAGE = 2_000
"""Jobs that are read at once: a receipt of a million takes no more memory than one of these."""

MOST_BYTES = 1_000_000
"""Of a manifest that is kept. A longer one is known by its hash alone."""

KEEP = text("INSERT INTO manifests (sha256, text) VALUES (:sha256, :text) ON CONFLICT DO NOTHING")
"""SQLite and PostgreSQL spell this alike."""


class JobLine(NamedTuple):
    """One job as a receipt has it; there are a million, so it is no dataclass."""

    number: int  #: place in the plan
    row_id: str  #: the prompt's id
    state: str
    reason: str  #: why it has no picture
    model: str
    seed: str | None  #: that was sent
    image_key: str | None  #: where its picture is
    sha256: str | None  #: of the picture
    width: int | None  #: pixels
    height: int | None  #: pixels
    flags: tuple[str, ...]  #: what looks wrong with it
    settled: int | None  #: micro-credits its attempts cost, as far as BFL said it; None: it said nothing
    unknown: int  #: of its attempts, the ones nobody said the cost of
    attempts: int  #: submissions
    started_at: float | None  #: of its first attempt, in seconds since the epoch
    ended_at: float | None  #: of its last attempt


def keep_manifest(tx: Connection, plan: Plan) -> None:
    """Keep what a manifest says, once; its batches know it by its hash."""
    if len(plan.manifest_text.encode()) <= MOST_BYTES:
        tx.execute(KEEP, {"sha256": plan.manifest_sha256, "text": plan.manifest_text})


def manifest_of(tx: Connection, sha256: str) -> str | None:
    """What a manifest said; None where it was too long to keep."""
    return tx.scalar(select(manifests.c.text).where(manifests.c.sha256 == sha256))


def wanting(tx: Connection, account: str) -> Sequence[str]:
    """The batches of an account that came to rest and have no receipt of that, the oldest first."""
    told = batches.c.receipt_of.is_not_distinct_from(batches.c.ended_at)
    query = select(batches.c.id).where(batches.c.ended_at.is_not(None), ~told, has(batches.c.accounts, account))
    return tx.scalars(query.order_by(batches.c.ended_at)).all()


def is_written(tx: Connection, batch_id: str, ended_at: float | None) -> None:
    """The receipt tells how the batch stood when it came to rest at this moment."""
    tx.execute(update(batches).where(batches.c.id == batch_id).values(receipt_of=ended_at))


def is_outdated(tx: Connection, batch_id: str) -> None:
    """What the receipt tells is no longer so."""
    tx.execute(update(batches).where(batches.c.id == batch_id).values(receipt_of=None))


def job_lines(ledger: Ledger, batch_id: str) -> Iterator[JobLine]:
    """All jobs in the order of the plan. No transaction lasts longer than a page, so that nobody waits for it."""
    with ledger.read() as tx:
        last: int = tx.scalar(LAST, {"of_batch": batch_id}) or 0
    for after in range(0, last, PAGE):
        with ledger.read() as tx:
            page = tx.execute(LINES, {"of_batch": batch_id, "after": after, "until": after + PAGE}).all()
        yield from map(JobLine._make, page)


_its = (
    jobs.c.batch_id == bindparam("of_batch"),
    jobs.c.number > bindparam("after"),
    jobs.c.number <= bindparam("until"),
)
_told = case((charges.c.micro_credits.is_not(None), attempts.c.id))

LAST = select(func.max(jobs.c.number)).where(jobs.c.batch_id == bindparam("of_batch"))

LINES = (
    select(
        jobs.c.number, jobs.c.row_id, jobs.c.state, jobs.c.reason, jobs.c.model, jobs.c.params["seed"].as_string(),
        jobs.c.image_key, jobs.c.image_sha256, jobs.c.image_width, jobs.c.image_height, jobs.c.flags,
        cast(func.sum(charges.c.micro_credits), BigInteger),
        func.count(charges.c.attempt_id.distinct()) - func.count(_told.distinct()),
        func.count(attempts.c.id.distinct()),
        func.min(attempts.c.started_at), func.max(attempts.c.ended_at),
    )
    .outerjoin_from(jobs, attempts, attempts.c.job_id == jobs.c.id)
    .outerjoin(charges, and_(charges.c.attempt_id == attempts.c.id, IS_COST))
    .where(*_its)
    .group_by(jobs.c.number, jobs.c.id)
    .order_by(jobs.c.number, jobs.c.id)
)  # fmt: skip
"""By number and id, in which order an index has them: nothing is sorted."""
