"""Shows the bill and asks before money is spent."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from batches.errors import SettingError
from batches.money import credits_of, show_usd
from batches.store.ledger.states import State
from console.cli.output import amount, bill_of_plan, columns, known, say
from console.cli.rules import rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from batches.planning import Plan
    from batches.store.ledger.retrying import Again
    from batches.store.ledger.survey import Survey

AGAIN_NUMBERS = ("to make", "copies", "credits", "USD")


def show_bill(plan: Plan, to: Console) -> None:
    """The plan, its cost, and what is odd about it."""
    to.print(bill_of_plan(plan))
    say(f"{_images(plan.unique)} for {_price(plan)}.", to)
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


def show_again(lines: Sequence[Again], to: Console) -> None:
    """What trying jobs again will cost, and what of it may be paid twice."""
    table = columns("state", *AGAIN_NUMBERS, right=frozenset(AGAIN_NUMBERS))
    for line in lines:
        price = known(f"{credits_of(line.micro_credits):,}", line.unknown_prices, line.jobs)
        dollars = known(show_usd(line.micro_credits), line.unknown_prices, line.jobs)
        table.add_row(line.state, f"{line.jobs:,}", f"{line.copies:,}", price, dollars)
    to.print(table)
    for line in lines:
        if line.state is State.UNSURE and line.jobs:
            twice = amount(line.micro_credits, at_least=line.unknown_prices > 0)
            say(f"Of this, {twice} may be paid twice: the answer to {line.jobs:,} submissions was lost.", to)


def ask(surveyed: Survey, *, yes: bool) -> None:
    """Go on only when somebody agrees to the bill of a manifest."""
    if surveyed.new:
        agree(_amount(surveyed), yes=yes)


def agree(sum_told: str, *, yes: bool) -> None:
    """Go on only when somebody agrees to spend this."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise SettingError(
            f"This will spend {sum_told}, and there is nobody to ask.",
            cure="Add --yes to agree.",
        )
    if not typer.confirm(f"Spend {sum_told}?", err=True):
        raise typer.Abort("Nothing is ordered.")
