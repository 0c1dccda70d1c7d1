"""Money that brought no picture, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, and_, case, cast, func, or_, select, text

from batches.store.ledger.costs import cost_of
from batches.store.ledger.quarters import What
from batches.store.ledger.schema import IN_VAIN as WORDS_IN_VAIN
from batches.store.ledger.schema import attempts, charges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from batches.store.ledger.totals import Scope

IN_VAIN = (
    select(attempts.c.id, attempts.c.job_id, attempts.c.outcome, attempts.c.message, attempts.c.started_at)
    .where(text(f"({WORDS_IN_VAIN})"))
    .cte("in_vain")
    .prefix_with("MATERIALIZED")
)
"""The attempts that brought no picture: few, with an index that SQLite takes only as it is spelt here."""

SETTLED = and_(charges.c.attempt_id == IN_VAIN.c.id, charges.c.kind == "settled")

COST = cost_of(IN_VAIN.c.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waste:
    """Attempts that are settled and brought no picture, for one reason."""

    what: What  #: failed; moderated, which may have cost nothing; or lost, which means paid twice
    reason: str  #: what was said
    attempts: int  #: how many
    settled: int  #: micro-credits they cost, as far as BFL said it
    unknown: int  #: attempts of which nobody said what they cost


def wasted(tx: Connection, scope: Scope) -> Sequence[Waste]:
    """What was settled in a scope without a picture, the most expensive first. A failure that cost nothing is none."""
    matters = or_(COST.is_(None), COST > 0, IN_VAIN.c.outcome == What.MODERATED)
    rows = tx.execute(
        select(
            IN_VAIN.c.outcome.label("what"),
            IN_VAIN.c.message.label("reason"),
            func.count().label("attempts"),
            cast(func.coalesce(func.sum(COST), 0), BigInteger).label("settled"),
            func.count(case((COST.is_(None), 1))).label("unknown"),
        )
        .join_from(IN_VAIN, charges, SETTLED)
        .where(matters, *scope.by_seconds(charges.c.batch_id, charges.c.at))
        .group_by(IN_VAIN.c.outcome, IN_VAIN.c.message)
        .order_by(func.coalesce(func.sum(COST), 0).desc(), func.count().desc(), "what", "reason")
    ).mappings()
    return [Waste(**{**row, "what": What(row["what"])}) for row in rows]
