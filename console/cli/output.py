"""How the command line speaks: results on stdout, words for people on stderr."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from batches.megapixels import show_megapixels
from batches.money import credits_of, show_credits, show_usd

if TYPE_CHECKING:
    from batches.errors import FluxbatchError
    from batches.planning import Plan
    from batches.reports import CostReport

WIDTH_OF_FILES = 160
"""Columns of a table that nobody's window limits."""


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False)
    return console if console.is_terminal else Console(stderr=stderr, highlight=False, width=WIDTH_OF_FILES)


out = _console(stderr=False)
err = _console(stderr=True)


def print_json(document: object) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def complain(error: FluxbatchError) -> None:
    """What is wrong, and the cure."""
    err.print(Text.assemble(("Error: ", "bold red"), error.message), soft_wrap=True)
    if error.cure:
        err.print(Text(error.cure), soft_wrap=True)


def note(text: str) -> None:
    """A word to the person at the terminal, beside the result."""
    say(text, err)


def say(text: str, to: Console) -> None:
    """A sentence, with nothing in it taken for markup."""
    to.print(escape(text), soft_wrap=True)


def columns(*titles: str, right: frozenset[str] = frozenset()) -> Table:
    """A plain table; the named columns hold numbers."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for title in titles:
        table.add_column(title, justify="right" if title in right else "left", overflow="fold", no_wrap=title in right)
    return table


def bill_of_plan(plan: Plan) -> Table:
    """What a plan will cost, a line per model."""
    numbers = ("images", "megapixels", "credits", "USD")
    table = columns("model", *numbers, right=frozenset(numbers))
    for line in plan.models:
        table.add_row(
            line.model,
            f"{line.jobs:,}",
            show_megapixels(line.output_pixels),
            f"{credits_of(line.micro_credits):,}",
            show_usd(line.micro_credits),
        )
    return table


def bill_of_report(report: CostReport) -> Table:
    """What came of a batch, a line per model."""
    numbers = ("images", "megapixels", "estimated", "credits", "USD")
    table = columns("model", *numbers, right=frozenset(numbers))
    for line in report.lines:
        table.add_row(
            line.model,
            f"{line.images:,} of {line.jobs:,}",
            show_megapixels(line.output_pixels),
            f"{credits_of(line.estimated):,}",
            f"{credits_of(line.settled):,}",
            show_usd(line.settled),
        )
    return table


def amount(micro: int, *, at_least: bool = False) -> str:
    """`56.9 credits ($0.569)`."""
    return f"{'at least ' if at_least else ''}{show_credits(micro)} ({show_usd(micro)})"
