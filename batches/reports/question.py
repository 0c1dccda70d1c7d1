"""What a report is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from batches.reports.axes import MODEL, Axis
from batches.reports.period import EVER, Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which batches and which time a report is about, and what its lines are."""

    batches: frozenset[str] | None  #: ids; None: all batches
    period: Period = EVER  #: from when to when, by the clocks of which zone
    by: tuple[Axis, ...] = (MODEL,)  #: what has a line of its own; none: the totals alone
