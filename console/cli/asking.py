"""Shows the bill and asks before money is spent."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from batches.errors import SettingError
from batches.money import micro_credits, plain
from console.cli.output import amount, bill_of_plan, say

if TYPE_CHECKING:
    from decimal import Decimal

    from rich.console import Console

    from batches.planning import Plan


def show_bill(plan: Plan, to: Console, *, balance: Decimal | None = None) -> None:
    """The plan, its cost, and what is odd about it."""
    to.print(bill_of_plan(plan))
    unknown = f", and {plan.unknown_prices} images whose price is not known" if plan.unknown_prices else ""
    say(f"{plan.unique:,} images for about {amount(plan.micro_credits)}{unknown}.", to)
    if balance is not None:
        short = ", which is less than that" if micro_credits(balance) < plan.micro_credits else ""
        say(f"The account has {plain(balance):,} credits{short}.", to)
    for warning in plan.warnings:
        say(f"Note: {warning}", to)


def ask(plan: Plan, *, yes: bool) -> None:
    """Go on only when somebody agrees to the bill."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise SettingError(
            f"This will spend about {amount(plan.micro_credits)}, and there is nobody to ask.",
            cure="Add --yes to agree.",
        )
    if not typer.confirm("Go on?", err=True):
        raise typer.Exit(130)
