"""Ledger -> what came of it and what it cost, as values, and in the formats that people and programs read."""

from __future__ import annotations

from batches.reports.axes import axes_of
from batches.reports.cost import CostReport, cost_report
from batches.reports.figures import Figures
from batches.reports.period import period_of
from batches.reports.question import Question
from batches.reports.report import Report, ReportLine, make_report

__all__ = [
    "CostReport", "Figures", "Question", "Report", "ReportLine", "axes_of", "cost_report", "make_report", "period_of",
]  # fmt: skip
