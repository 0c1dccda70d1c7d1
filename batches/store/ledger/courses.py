"""How a batch has gone so far, from the sums of `quarters`: what its projection is made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, bindparam, case, cast, func, select

from batches.store.ledger.quarters import QUARTER_SECONDS, WRITTEN, What
from batches.store.ledger.schema import quarters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection

    from batches.store.ledger.records import Batch


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What one model was to do in a batch, and did. Amounts are micro-credits."""

    model: str
    planned: int  #: jobs to be made and paid
    unpriced: int  #: of them, those whose price nobody knows
    foreseen: int  #: what the others were to cost
    made: int  #: of the planned ones, those that have their picture
    made_foreseen: int  #: what these were to cost
    attempts: int  #: that ended and may have cost something
    estimated: int  #: what was foreseen for the attempts whose cost is known
    compared: int  #: what those cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """How quick a batch was of late."""

    images: int  #: that were stored
    seconds: float  #: in which


def _sum(column: ColumnElement[int], of: ColumnElement[bool]) -> ColumnElement[int]:
    return cast(func.coalesce(func.sum(case((of, column))), 0), BigInteger)


_c = quarters.c
_planned, _made = _c.what == What.PLANNED, _c.what == What.DONE
_attempted = _c.what.not_in({*WRITTEN, What.COPIED, What.REUSED})

COURSES = (
    select(
        _c.model,
        _sum(_c.number, _planned).label("planned"),
        _sum(_c.unknown, _planned).label("unpriced"),
        _sum(_c.estimated, _planned).label("foreseen"),
        _sum(_c.number, _made).label("made"),
        _sum(_c.foreseen, _made).label("made_foreseen"),
        _sum(_c.number, _attempted).label("attempts"),
        _sum(_c.estimated, _attempted).label("estimated"),
        _sum(_c.compared, _attempted).label("compared"),
    )
    .where(_c.batch_id == bindparam("of_batch"))
    .group_by(_c.model)
    .order_by(_c.model)
)

STORED = select(cast(func.coalesce(func.sum(_c.images), 0), BigInteger)).where(
    _c.batch_id == bindparam("of_batch"), _c.quarter >= bindparam("since")
)


def courses_of(tx: Connection, batch_id: str) -> Sequence[Course]:
    """By model."""
    return [Course(**row) for row in tx.execute(COURSES, {"of_batch": batch_id}).mappings()]


def speed_of(tx: Connection, batch: Batch, now: float) -> Speed:
    """In this quarter of an hour and the one before, as far as the batch was there."""
    since = int(now // QUARTER_SECONDS) - 1
    images = tx.execute(STORED, {"of_batch": batch.id, "since": since}).scalar_one()
    return Speed(images=images, seconds=now - max(since * QUARTER_SECONDS, batch.whole_at or batch.created_at))
