"""What a budget leaves out, in a sentence each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.money import show_credits
from batches.policy import BudgetMode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batches.planning.lines import ModelLine
    from batches.policy import Budget


def beyond_budget(budget: Budget | None, lines: Sequence[ModelLine]) -> Iterator[str]:
    """About how many images it pays for, where not for all; and those that it never lets begin."""
    if budget is None:
        return
    jobs, cost = sum(line.jobs for line in lines), sum(line.micro_credits for line in lines)
    unknown = sum(line.unknown_prices for line in lines)
    if cost > budget.micro_credits:
        paid = (jobs - unknown) * budget.micro_credits // cost
        yield f"the budget of {show_credits(budget.micro_credits)} covers about {paid:,} of {jobs:,} images"
    if unknown and budget.mode is not BudgetMode.SOFT:
        yield f"the price of {unknown:,} of {jobs:,} images is not known, and they begin under no budget but a soft one"
