"""How the command line speaks: results on stdout, words for people on stderr."""

from __future__ import annotations

import json
import os
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
    from batches.planning import ModelLine, Plan
    from batches.reports import CostReport

WIDTH_OF_FILES = 160
"""Columns of a table that nobody's window limits."""

GOES_ON = "A running worker takes it up; else `fluxbatch worker`, or `fluxbatch run MANIFEST`, does."


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False)
    return console if console.is_terminal else Console(stderr=stderr, highlight=False, width=WIDTH_OF_FILES)


out = _console(stderr=False)
err = _console(stderr=True)
errors = _console(stderr=True)
"""Beside `err`, because what is wrong is said to those who want quiet, too."""


def hush() -> None:
    """Say nothing beside results and errors from now on."""
    err.quiet = True


def can_draw() -> bool:
    """Whether what moves can be shown. Logs of a CI job are no terminal, even where they look like one."""
    return err.is_terminal and not err.is_dumb_terminal and not err.quiet and not os.environ.get("CI")


def print_json(document: object) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def complain(error: FluxbatchError) -> None:
    """What is wrong, and the cure."""
    errors.print(Text.assemble(("Error: ", "bold red"), error.message), soft_wrap=True)
    if error.cure:
        errors.print(Text(error.cure), soft_wrap=True)


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
    """What a plan will cost, a line per model; input, low and high only where there is something to tell."""
    has_inputs = any(line.input_pixels or line.unmeasured_inputs for line in plan.models)
    shown = {"images", "megapixels", "credits", "USD"}
    shown |= ({"input"} if has_inputs else set()) | ({"low", "high"} if plan.low != plan.high else set())
    lines = [_line_of_plan(line) for line in plan.models]
    numbers = [title for title in lines[0] if title in shown]
    table = columns("model", *numbers, right=frozenset(numbers))
    for line, cells in zip(plan.models, lines, strict=True):
        table.add_row(line.model, *(cells[title] for title in numbers))
    return table


def _line_of_plan(line: ModelLine) -> dict[str, str]:
    """Every column there may be, in their order."""

    def of_money(said: str) -> str:
        return known(said, line.unknown_prices, line.jobs)

    origins = [word for word, told in (("learnt", line.learnt_prices), ("negotiated", line.is_negotiated)) if told]
    origin = f" ({', '.join(origins)})" if origins else ""
    return {
        "images": f"{line.jobs:,}",
        "megapixels": known(show_megapixels(line.output_pixels), line.unknown_sizes, line.jobs),
        "input": known(show_megapixels(line.input_pixels), line.unmeasured_inputs, line.jobs),
        "low": of_money(f"{credits_of(line.low):,}"),
        "credits": of_money(f"{credits_of(line.micro_credits):,}{origin}"),
        "high": of_money(f"{credits_of(line.high):,}"),
        "USD": of_money(show_usd(line.micro_credits)),
    }


def known(said: str, unknown: int, of: int) -> str:
    """A sum that leaves some unknown: `56.9`, `over 56.9`, or `unknown` where all are."""
    if not unknown:
        return said
    return "unknown" if unknown == of else f"over {said}"


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


def show_seconds(seconds: float) -> str:
    """`45 s`, `12 min`, `2 h 10 min`."""
    if seconds < 100:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 100:
        return f"{minutes} min"
    return f"{minutes // 60:,} h {minutes % 60:02} min"


def show_bytes(count: int) -> str:
    """`4 MB`, `3.1 GB`: a megabyte is a million bytes, as disks are sold."""
    megabytes = count / 1e6
    if megabytes < 100:
        return f"{max(1, round(megabytes))} MB"
    return f"{megabytes / 1e3:,.1f} GB" if megabytes < 1e5 else f"{megabytes / 1e3:,.0f} GB"
