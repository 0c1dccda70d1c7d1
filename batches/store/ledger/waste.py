"""Money that brought no picture, and money of which nobody knows yet what it will bring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batches.store.ledger.quarters import What


@dataclass(frozen=True, slots=True, kw_only=True)
class Waste:
    """Attempts that are settled and brought no picture, for one reason."""

    what: What  #: failed; moderated, which may have cost nothing; or lost, which means paid twice
    reason: str  #: what was said
    attempts: int  #: how many
    settled: int  #: micro-credits they cost, as far as BFL said it
    unknown: int  #: attempts of which nobody said what they cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Reservations that have not ended, in micro-credits, as they stand now."""

    reserved: int  #: for attempts under way
    at_risk: int  #: of attempts whose answer or result was lost: perhaps paid, perhaps not
    expired: int  #: of those at risk: BFL took them, and does not know their ticket any more
