"""Ledger -> what came of it and what it cost, as values, JSON and Markdown."""

from __future__ import annotations

from batches.reports.cost import CostReport, Line, cost_report

__all__ = ["CostReport", "Line", "cost_report"]
