"""What people have corrected, and why. Nothing here changes anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, and_, cast, func, select, text

from batches.store.ledger.schema import IS_CORRECTION, charges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from batches.store.ledger.totals import Scope

_settled = charges.alias("settled")

CORRECTED = (
    select(charges.c.attempt_id, charges.c.micro_credits, charges.c.reason, charges.c.at)
    .where(text(IS_CORRECTION))
    .cte("corrected")
    .prefix_with("MATERIALIZED")
)
"""Few lines, with an index that SQLite takes only as it is spelt here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """Attempts whose cost a person corrected for one reason."""

    reason: str  #: in the person's words
    attempts: int  #: how many
    micro_credits: int  #: by how much they cost more than BFL had said, or less; what it had not said is all more


def corrections(tx: Connection, scope: Scope) -> Sequence[Correction]:
    """Of the attempts that were settled in a scope, the latest corrections first."""
    rows = tx.execute(
        select(
            CORRECTED.c.reason,
            func.count(CORRECTED.c.attempt_id.distinct()).label("attempts"),
            cast(func.sum(CORRECTED.c.micro_credits), BigInteger).label("micro_credits"),
        )
        .join(_settled, and_(_settled.c.attempt_id == CORRECTED.c.attempt_id, _settled.c.kind == "settled"))
        .where(*scope.by_seconds(_settled.c.batch_id, _settled.c.at))
        .group_by(CORRECTED.c.reason)
        .order_by(func.max(CORRECTED.c.at).desc(), CORRECTED.c.reason)
    ).mappings()
    return [Correction(**row) for row in rows]
