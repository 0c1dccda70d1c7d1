"""The report as a page to look at, to keep and to print."""

from __future__ import annotations

from batches.reports.page.bounds import Bounds
from batches.reports.page.facts import Facts, facts_of
from batches.reports.page.writing import as_html

__all__ = ["Bounds", "Facts", "as_html", "facts_of"]
