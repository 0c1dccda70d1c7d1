"""The report of any batches over any time: lines, totals, and the money that brought nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batches.reports.figures import Figures
    from batches.reports.question import Question
    from batches.store.ledger.waste import Open, Waste


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """One line of a report."""

    values: tuple[str, ...]  #: what it is about, a value for each word of `by`; empty where a job has none
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of the batches that were asked about, and the bill."""

    question: Question
    lines: Sequence[ReportLine]  #: in the order of time, and else the most expensive first
    totals: Figures
    wasted: Sequence[Waste]  #: paid, or perhaps paid, and no picture: by outcome and reason
    open: Open  #: reserved and at risk now, whatever the period
