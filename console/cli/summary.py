"""The last words of a run: what there is, what it cost, what is missing, and where everything lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.megapixels import show_megapixels
from batches.store.images import open_store
from batches.store.ledger.states import RESTING, State
from console.cli.output import amount, bill_of_report, say

if TYPE_CHECKING:
    from rich.console import Console

    from batches.reports import CostReport
    from batches.store.ledger.standing import Standing
    from workers.settings import Settings


def show_report(report: CostReport, to: Console) -> None:
    """Images, megapixels, money, and the reasons why something is missing."""
    to.print(bill_of_report(report))
    show_ending(report, to)


def show_ending(report: CostReport, to: Console) -> None:
    """The same without its table."""
    now, money = report.standing, report.standing.money
    say(
        f"{report.images:,} of {now.total:,} images, {show_megapixels(now.output_pixels)} megapixels, "
        f"{amount(money.settled, at_least=money.unknown > 0)}; estimated {amount(report.estimated)}.",
        to,
    )
    for (state, reason), count in report.missing.items():
        say(f"  {count:,} {state}: {reason}", to)
    if not now.rests:
        left = now.total - sum(now.jobs.get(state, 0) for state in RESTING)
        say(f"  {left:,} not finished", to)
    if now.rests and now.waiting:
        say(f"  {now.waiting:,} wait for the picture of an unsure job", to)
    if money.at_risk:
        say(f"  {amount(money.at_risk)} at risk: submissions whose answer was lost", to)


def show_counts(now: Standing) -> str:
    """`12 queued, 3 rendering, 85 done`: where its jobs are."""
    return ", ".join(f"{now.jobs[state]:,} {state}" for state in State if now.jobs.get(state)) or "no jobs"


def jobs_are(count: int) -> str:
    """`1 job is`, `3 jobs are`."""
    return "1 job is" if count == 1 else f"{count:,} jobs are"


def show_places(report: CostReport, settings: Settings, page: str | None, to: Console) -> None:
    """Where the pictures lie, and the page of the receipt if there is one."""
    say(f"Images: {open_store(settings.images_url).locate(report.standing.batch.id)}", to)
    if page:
        say(f"Report: {page}", to)
