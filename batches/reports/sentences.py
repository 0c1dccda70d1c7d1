"""What a report says below its table, a sentence a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.money import DRIFT, show_credits, show_usd
from batches.reports.columns import at_least
from batches.store.ledger.quarters import What

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batches.reports.report import Report
    from batches.store.ledger.corrections import Correction
    from batches.store.ledger.waste import Waste

MOST_REASONS = 10
"""Told one by one; the others are counted."""

TOLD = {
    What.FAILED: "Paid, and failed",
    What.LOST: "Paid twice: given up in doubt, and then the answer came",
    What.MODERATED: "Moderated",
}


def sentences(report: Report) -> Iterator[str]:
    """About the time, the estimate, the money that brought nothing, and what is still open."""
    yield from _of_the_period(report)
    if any(line.figures.is_drift for line in report.lines):
        yield f"! was charged over {100 * DRIFT:.0f} % more or less than was foreseen for the same pictures."
    for what, title in TOLD.items():
        yield from _of_waste(title, [one for one in report.wasted if one.what is what])
    yield from _of_corrections(report.corrections)
    left = report.outstanding
    if left.reserved:
        yield f"Reserved now: {_amount(left.reserved)} for attempts under way."
    if left.at_risk:
        gone = f"; {_amount(left.expired)} of it can no longer be fetched" if left.expired else ""
        yield f"At risk now: {_amount(left.at_risk)} for submissions whose answer or result was lost{gone}."


def _of_the_period(report: Report) -> Iterator[str]:
    period = report.question.period
    if period.is_all:
        return
    since, until = period.told
    span = " ".join(part for part in (since and f"from {since}", until and f"until {until}") if part)
    exact = "" if period.is_exact else ": sums are kept by the quarter of an hour"
    yield f"Time: {span} ({period.zone.key}){exact}."


def _of_waste(title: str, many: Sequence[Waste]) -> Iterator[str]:
    if not many:
        return
    attempts = sum(one.attempts for one in many)
    cost = at_least(_amount(sum(one.settled for one in many)), sum(one.unknown for one in many))
    yield f"{title}: {_attempts(attempts)}, {cost}."
    for one in many[:MOST_REASONS]:
        yield f"  {_attempts(one.attempts)}, {at_least(show_credits(one.settled), one.unknown)}: {one.reason}"
    if more := many[MOST_REASONS:]:
        yield f"  {_attempts(sum(one.attempts for one in more))} for {len(more):,} more reasons"


def _of_corrections(many: Sequence[Correction]) -> Iterator[str]:
    if not many:
        return
    yield f"Corrected by hand: {_more(sum(one.micro_credits for one in many))} in all."
    for one in many[:MOST_REASONS]:
        yield f"  {_attempts(one.attempts)}, {_more(one.micro_credits)}: {one.reason}"
    if more := many[MOST_REASONS:]:
        yield f"  {_more(sum(one.micro_credits for one in more))} for {len(more):,} more reasons"


def _more(micro: int) -> str:
    """`4.5 credits more`."""
    return f"{show_credits(abs(micro))} {'less' if micro < 0 else 'more'}"


def _attempts(count: int) -> str:
    return "1 attempt" if count == 1 else f"{count:,} attempts"


def _amount(micro: int) -> str:
    return f"{show_credits(micro)} ({show_usd(micro)})"
