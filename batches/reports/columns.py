"""The columns of a report: one table for machines, and a shorter one for people."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from batches.megapixels import PIXELS, show_megapixels
from batches.money import credits_of, plain, show_usd, usd_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from batches.reports.figures import Figures

Cell = int | Decimal | bool | None
"""A value of a column; None where there is nothing to divide by."""


@dataclass(frozen=True, slots=True)
class Column:
    """What machines read."""

    name: str
    kind: Literal["count", "amount", "flag"]
    of: Callable[[Figures], Cell]


@dataclass(frozen=True, slots=True)
class Shown:
    """What people read."""

    title: str
    of: Callable[[Figures], str]
    matters: Callable[[Figures], object] = lambda _: True
    """Whether a line has anything to tell in it: a column is shown if one has."""


def _megapixels(pixels: int) -> Decimal:
    return plain(Decimal(pixels) / PIXELS)


def _percent(part: Decimal | None) -> Decimal | None:
    return None if part is None else plain((part * 100).quantize(Decimal("0.01")))


def _show_average(amount: Decimal | None, its: Figures) -> str:
    return "" if amount is None else at_least(f"{amount.quantize(Decimal('0.01')):,}", its.unknown)


def _show_difference(its: Figures) -> str:
    """`+12.5 % !`: the mark is explained below the table."""
    percent = _percent(its.drift)
    if percent is None:
        return ""
    return f"{percent:+.1f} %{' !' if its.is_drift else ''}"


COLUMNS = (
    Column("jobs", "count", lambda its: its.jobs),
    Column("attempts", "count", lambda its: its.attempts),
    Column("images", "count", lambda its: its.images),
    Column("output_megapixels", "amount", lambda its: _megapixels(its.output_pixels)),
    Column("input_megapixels", "amount", lambda its: _megapixels(its.input_pixels)),
    Column("credits", "amount", lambda its: credits_of(its.settled)),
    Column("usd", "amount", lambda its: usd_of(its.settled)),
    Column("cost_unknown", "count", lambda its: its.unknown),
    Column("credits_per_image", "amount", lambda its: its.credits_per_image),
    Column("credits_per_megapixel", "amount", lambda its: its.credits_per_megapixel),
    Column("estimated_credits", "amount", lambda its: credits_of(its.estimated)),
    Column("estimate_unknown", "count", lambda its: its.unpriced),
    Column("difference_credits", "amount", lambda its: credits_of(its.difference)),
    Column("difference_percent", "amount", lambda its: _percent(its.drift)),
    Column("drift", "flag", lambda its: its.is_drift),
    Column("deduped_credits", "amount", lambda its: credits_of(its.deduped)),
    Column("reused_credits", "amount", lambda its: credits_of(its.reused)),
)

SHOWN = (
    Shown("jobs", lambda its: f"{its.jobs:,}"),
    Shown("images", lambda its: f"{its.images:,}"),
    Shown("MP", lambda its: show_megapixels(its.output_pixels)),
    Shown("input MP", lambda its: show_megapixels(its.input_pixels), lambda its: its.input_pixels),
    Shown("credits", lambda its: at_least(f"{credits_of(its.settled):,}", its.unknown)),
    Shown("USD", lambda its: at_least(show_usd(its.settled), its.unknown)),
    Shown("per image", lambda its: _show_average(its.credits_per_image, its)),
    Shown("per MP", lambda its: _show_average(its.credits_per_megapixel, its)),
    Shown("estimated", lambda its: at_least(f"{credits_of(its.estimated):,}", its.unpriced), lambda its: its.estimated),
    Shown("difference", _show_difference, lambda its: its.foreseen),
    Shown("deduped", lambda its: f"{credits_of(its.deduped):,}", lambda its: its.deduped),
    Shown("reused", lambda its: f"{credits_of(its.reused):,}", lambda its: its.reused),
)


def shown_columns(totals: Figures) -> Sequence[Shown]:
    """Those with anything to tell."""
    return [column for column in SHOWN if column.matters(totals)]


def at_least(said: str, unknown: int) -> str:
    """A sum that leaves some out says so."""
    return f"at least {said}" if unknown else said
