"""The last words of a run: what there is, what it cost, what is missing, and where everything lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.store.images import open_store
from batches.store.ledger.states import RESTING
from console.cli.output import MEGAPIXEL, amount, bill_of_report, err, note

if TYPE_CHECKING:
    from batches.reports import CostReport
    from workers.settings import Settings


def show_report(report: CostReport) -> None:
    """Images, megapixels, money, and the reasons why something is missing."""
    now, money = report.standing, report.standing.money
    err.print(bill_of_report(report))
    note(
        f"{report.images:,} of {now.total:,} images, {now.output_pixels / MEGAPIXEL:,.2f} megapixels, "
        f"{amount(money.settled, at_least=money.unknown > 0)}; estimated {amount(report.estimated)}."
    )
    for (state, reason), count in report.missing.items():
        note(f"  {count:,} {state}: {reason}")
    if not now.rests:
        left = now.total - sum(now.jobs.get(state, 0) for state in RESTING)
        note(f"  {left:,} not finished")
    if money.at_risk:
        note(f"  {amount(money.at_risk)} at risk: submissions whose answer was lost")


def show_places(report: CostReport, settings: Settings, report_file: str) -> None:
    """Where the pictures and the report lie."""
    note(f"Images: {open_store(settings.images_url).locate(report.standing.batch.id)}")
    note(f"Report: {report_file}")
