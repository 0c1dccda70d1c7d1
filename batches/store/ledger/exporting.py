"""What is told of each job to those who make a dataset of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, case, func, select

from batches.store.ledger.costs import IS_COST
from batches.store.ledger.schema import attempts, charges, jobs

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Row

    from batches.store.ledger.ledger import Ledger
    from batches.store.ledger.states import State

PAGE = 2_000
"""Jobs that are read at once: a million take no more memory than one of these."""

TOLD = (
    *(jobs.c.id, jobs.c.batch_id, jobs.c.number, jobs.c.row_id, jobs.c.state, jobs.c.reason, jobs.c.model),
    *(jobs.c.params, jobs.c.labels, jobs.c.image_key, jobs.c.image_sha256, jobs.c.image_bytes),
    *(jobs.c.image_width, jobs.c.image_height),
)


class Cost(NamedTuple):
    """What the attempts of a job came to."""

    attempts: int = 0  #: submissions
    settled: int | None = None  #: micro-credits they cost, as far as BFL said it; None: it said nothing
    unknown: int = 0  #: of those attempts, the ones nobody said the cost of


NOTHING = Cost()


class ExportLine(NamedTuple):
    """One job as a dataset has it; there are a million, so it is no dataclass."""

    id: int  #: row in the ledger
    batch_id: str  #: its batch
    number: int  #: place in the plan
    row_id: str  #: the prompt's id
    state: str
    reason: str  #: why it has no picture
    model: str
    params: Mapping[str, object]  #: the body that was sent
    labels: Mapping[str, str]  #: for reports
    image_key: str | None  #: where its picture is
    sha256: str | None  #: of the picture
    bytes: int | None  #: of the picture
    width: int | None  #: pixels
    height: int | None  #: pixels
    cost: Cost  #: of its attempts, where that was asked for


def export_lines(
    ledger: Ledger, batch_id: str, states: Collection[State], *, after: int = 0, with_cost: bool = True
) -> Iterator[ExportLine]:
    """The jobs in these states after this number, in the order of the plan.

    No transaction lasts longer than a page, so that nobody waits for it.
    """
    while True:
        with ledger.read() as tx:
            page = _page(tx, batch_id, states, after)
            costs = _costs(tx, [row.id for row in page]) if with_cost else {}
        for row in page:
            yield ExportLine._make((*row, costs.get(row.id, NOTHING)))
        if len(page) < PAGE:
            return
        after = page[-1].number


def _page(tx: Connection, batch_id: str, states: Collection[State], after: int) -> Sequence[Row[*tuple[Any, ...]]]:
    query = select(*TOLD).where(jobs.c.batch_id == batch_id, jobs.c.number > after, jobs.c.state.in_(states))
    return tx.execute(query.order_by(jobs.c.number).limit(PAGE)).all()


def _costs(tx: Connection, job_ids: Sequence[int]) -> Mapping[int, Cost]:
    """Of the jobs that were submitted."""
    told = case((charges.c.micro_credits.is_not(None), attempts.c.id))
    query = (
        select(
            attempts.c.job_id,
            func.count(attempts.c.id.distinct()),
            func.sum(charges.c.micro_credits),
            func.count(charges.c.attempt_id.distinct()) - func.count(told.distinct()),
        )
        .outerjoin_from(attempts, charges, and_(charges.c.attempt_id == attempts.c.id, IS_COST))
        .where(attempts.c.job_id.in_(job_ids))
        .group_by(attempts.c.job_id)
    )
    found = tx.execute(query) if job_ids else ()
    return {
        job_id: Cost(count, None if settled is None else int(settled), unknown)
        for job_id, count, settled, unknown in found
    }
