"""What attempts cost: the line that settles them, and those that correct it. The one place that knows which lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, cast, func, or_, select

from batches.store.ledger.schema import charges

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, FromClause


def _are_cost(lines: FromClause) -> ColumnElement[bool]:
    return or_(lines.c.kind == "settled", lines.c.kind == "corrected")


IS_COST = _are_cost(charges)
"""The lines whose sum is what an attempt cost; where they are all NULL nobody said it, and so is their sum."""

_lines = charges.alias("lines")


def cost_of(attempt_id: ColumnElement[int]) -> ColumnElement[int]:
    """Micro-credits of the attempt in this column; NULL where nobody said them, or nothing is settled."""
    total = select(func.sum(_lines.c.micro_credits)).where(_lines.c.attempt_id == attempt_id, _are_cost(_lines))
    return cast(total.scalar_subquery(), BigInteger)
