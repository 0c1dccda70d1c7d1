"""What the finished jobs of accounts teach the next plan. Nothing here changes anything."""

from __future__ import annotations

from collections import defaultdict
from statistics import median, median_low
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from batches.planning import Charged, Experience, Learnt
from batches.store.ledger.costs import cost_of
from batches.store.ledger.schema import attempts, jobs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, Row, Select

LATEST_PER_MODEL = 200
"""Finished jobs that a model's figures are taken from: enough for a median, few enough to follow a faster release."""

LATEST = 20_000
"""Finished jobs that are looked through; a model that none of them used has to be learnt anew."""


def experience(tx: Connection, accounts: tuple[str, ...]) -> Experience:
    """What the latest finished jobs of these accounts came to, by model."""
    of_model: defaultdict[str, list[Row[tuple[object, ...]]]] = defaultdict(list)
    for row in tx.execute(_latest(accounts)):
        of_model[row.model].append(row)
    return Experience({model: _learnt(rows) for model, rows in of_model.items()})


def _latest(accounts: tuple[str, ...]) -> Select[tuple[object, ...]]:
    """Attempts are numbered as they begin, so the latest are at the end and no other is looked at."""
    done = (
        select(attempts.c.id, attempts.c.job_id, (attempts.c.ended_at - attempts.c.accepted_at).label("seconds"))
        .where(attempts.c.account.in_(accounts), attempts.c.outcome == "done", attempts.c.accepted_at.is_not(None))
        .order_by(attempts.c.id.desc())
        .limit(LATEST)
        .subquery()
    )
    place = func.row_number().over(partition_by=jobs.c.model, order_by=done.c.id.desc())
    ranked = select(
        done, jobs.c.model, jobs.c.image_format, jobs.c.image_bytes,
        (jobs.c.image_width * jobs.c.image_height).label("pixels"), place.label("place"),
    ).join(jobs, jobs.c.id == done.c.job_id).subquery()  # fmt: skip
    return select(ranked, cost_of(ranked.c.id).label("micro_credits")).where(ranked.c.place <= LATEST_PER_MODEL)


def _learnt(rows: Sequence[Row[tuple[object, ...]]]) -> Learnt:
    return Learnt(
        jobs=len(rows),
        # What the download takes stands in for what the submission took: both are short beside the drawing.
        seconds=median(row.seconds for row in rows),
        charged=_charged([row.micro_credits for row in rows if row.micro_credits is not None]),
        bytes_per_pixel=_bytes_per_pixel(rows),
    )


def _charged(amounts: Sequence[int]) -> Charged | None:
    return Charged(min(amounts), median_low(amounts), max(amounts)) if amounts else None


def _bytes_per_pixel(rows: Iterable[Row[tuple[object, ...]]]) -> Mapping[str, float]:
    sizes: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        sizes[row.image_format][0] += row.image_bytes
        sizes[row.image_format][1] += row.pixels
    return {kind: size / pixels for kind, (size, pixels) in sizes.items()}
