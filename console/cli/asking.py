"""Shows the bill and asks before money is spent."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from batches.errors import SettingError
from batches.money import credits_of, micro_credits, plain
from console.cli.output import amount, bill_of_plan, say
from console.cli.rules import rules

if TYPE_CHECKING:
    from decimal import Decimal

    from rich.console import Console

    from batches.planning import Plan
    from batches.store.ledger.survey import Survey


def show_bill(plan: Plan, to: Console, *, balance: Decimal | None = None) -> None:
    """The plan, its cost, and what is odd about it."""
    to.print(bill_of_plan(plan))
    say(f"{_images(plan.unique)} for {_price(plan)}.", to)
    if balance is not None:
        short = ", which is less than that" if micro_credits(balance) < plan.micro_credits else ""
        say(f"The account has {plain(balance):,} credits{short}.", to)
    if said := rules(plan.policy):
        say(f"Policy: {said}.", to)
    for warning in plan.warnings:
        say(f"Note: {warning}", to)


def _price(plan: Plan) -> str:
    """What is known of it, and what is not."""
    if plan.unknown_prices == plan.unique:
        return "a price that is not known"
    if plan.unknown_prices:
        return f"at least {amount(plan.low)}; the price of {plan.unknown_prices:,} is not known"
    span = f", between {credits_of(plan.low):,} and {credits_of(plan.high):,}" if plan.low != plan.high else ""
    return f"about {amount(plan.micro_credits)}{span}"


def show_survey(surveyed: Survey, to: Console) -> None:
    """What of the plan is there already, and what comes for free."""
    if surveyed.continues:
        part, new = ("some", f"{surveyed.added:,} new") if surveyed.added else ("all", "nothing new")
        known = f"{surveyed.known:,} known ({surveyed.done:,} done)"
        say(f"{surveyed.continues.batch.id} has {part} of it: {known}, {new}.", to)
    free = [
        f"{surveyed.copies:,} get a copy of another one's picture" if surveyed.copies else "",
        f"{surveyed.reused:,} take a picture of an earlier batch" if surveyed.reused else "",
    ]
    if any(free):
        say(f"{' and '.join(filter(None, free))}, which costs nothing.", to)
    if surveyed.new and (surveyed.continues or surveyed.reused):
        say(f"To pay for what is new: {_amount(surveyed)} for {_images(surveyed.new)}.", to)


def _images(count: int) -> str:
    return "1 image" if count == 1 else f"{count:,} images"


def _amount(surveyed: Survey) -> str:
    """What the new jobs will cost, as far as that is known."""
    if surveyed.unknown_prices == surveyed.new:
        return "a sum that is not known"
    return f"{'at least' if surveyed.unknown_prices else 'about'} {amount(surveyed.micro_credits)}"


def ask(surveyed: Survey, *, yes: bool) -> None:
    """Go on only when somebody agrees to the bill."""
    if yes or not surveyed.new:
        return
    if not sys.stdin.isatty():
        raise SettingError(
            f"This will spend {_amount(surveyed)}, and there is nobody to ask.",
            cure="Add --yes to agree.",
        )
    if not typer.confirm("Go on?", err=True):
        raise typer.Exit(130)
