"""What a receipt is made of, and which batches are still to get theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, select, text, update

from batches.store.ledger.costs import cost_of
from batches.store.ledger.names import has
from batches.store.ledger.schema import attempts, batches, charges, jobs, manifests

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Row

    from batches.planning import Plan
    from batches.store.ledger.ledger import Ledger

PAGE = 2_000
"""Jobs that are read at once: a receipt of a million takes no more memory than one of these."""

MOST_BYTES = 1_000_000
"""Of a manifest that is kept. A longer one is known by its hash alone."""

KEEP = text("INSERT INTO manifests (sha256, text) VALUES (:sha256, :text) ON CONFLICT DO NOTHING")
"""SQLite and PostgreSQL spell this alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLine:
    """One job as a receipt has it."""

    number: int  #: place in the plan
    row_id: str  #: the prompt's id
    state: str
    reason: str  #: why it has no picture
    model: str
    params: Mapping[str, object]  #: the body that was sent
    image_key: str | None  #: where its picture is
    sha256: str | None  #: of the picture
    width: int | None  #: pixels
    height: int | None  #: pixels
    attempts: int  #: submissions
    settled: int | None  #: micro-credits they cost, as far as BFL said it; None: it said nothing
    unknown: int  #: of those attempts, the ones nobody said the cost of
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
    last = 0
    while True:
        with ledger.read() as tx:
            page = _page(tx, batch_id, last)
        yield from page
        if len(page) < PAGE:
            return
        last = page[-1].number


def _page(tx: Connection, batch_id: str, after: int) -> Sequence[JobLine]:
    rows = tx.execute(
        select(jobs).where(jobs.c.batch_id == batch_id, jobs.c.number > after).order_by(jobs.c.number).limit(PAGE)
    ).all()
    tried = _tried(tx, [row.id for row in rows])
    return [_line(row, tried.get(row.id)) for row in rows]


def _tried(tx: Connection, job_ids: Sequence[int]) -> Mapping[int, Row[int, int, int | None, int, float, float]]:
    """By job, how often it was submitted, at what cost, and when."""
    settled = and_(charges.c.attempt_id == attempts.c.id, charges.c.kind == "settled")
    cost = cost_of(attempts.c.id)
    query = (
        select(
            attempts.c.job_id,
            func.count().label("attempts"),
            func.sum(cost).label("settled"),
            (func.count(charges.c.id) - func.count(cost)).label("unknown"),
            func.min(attempts.c.started_at).label("started_at"),
            func.max(attempts.c.ended_at).label("ended_at"),
        )
        .outerjoin_from(attempts, charges, settled)
        .where(attempts.c.job_id.in_(job_ids))
        .group_by(attempts.c.job_id)
    )
    return {row.job_id: row for row in tx.execute(query)} if job_ids else {}


def _line(row: Row[object], tried: Row[int, int, int | None, int, float, float] | None) -> JobLine:
    return JobLine(
        number=row.number, row_id=row.row_id, state=row.state, reason=row.reason, model=row.model, params=row.params,
        image_key=row.image_key, sha256=row.image_sha256, width=row.image_width, height=row.image_height,
        attempts=tried.attempts if tried else 0,
        settled=int(tried.settled) if tried and tried.settled is not None else None,
        unknown=tried.unknown if tried else 0,
        started_at=tried.started_at if tried else None,
        ended_at=tried.ended_at if tried else None,
    )  # fmt: skip
