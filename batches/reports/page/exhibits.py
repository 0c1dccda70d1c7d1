"""The charts of the page with their words and their tables: one for each thing worth seeing, none for nothing."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from typing import TYPE_CHECKING

from batches.money import credits_of, plain, show_usd
from batches.reports.columns import at_least
from batches.reports.figures import Figures
from batches.reports.page import charts
from batches.reports.report import ReportLine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batches.policy import WideBudget
    from batches.reports.page.bounds import Filled
    from batches.reports.page.charts import Spec
    from batches.reports.page.facts import Facts

MOST_LINES = 12
"""Told one by one in a chart; what is left goes together."""

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A chart, and the same in words and numbers."""

    title: str
    note: str = ""  #: how it is to be read
    told: str  #: what it shows, in a sentence
    spec: Spec  #: for Vega-Lite
    head: Row  #: of the table
    rows: Sequence[Row]


def of_money(facts: Facts) -> Iterator[Figure]:
    """Where the credits went."""
    if len(facts.slices) > 1:
        if facts.report.totals.settled:
            yield _cost_over_time(facts)
        if facts.cap is not None:
            yield _budget(facts, facts.cap)
    if facts.filled:
        yield _wide_budgets(facts.filled)
    yield _by("Cost by model", "model", facts.report.lines)
    for name, lines in facts.labels.items():
        yield _by(f"Cost by {name}", name, lines)
    if any(line.figures.foreseen for line in facts.report.lines):
        yield _estimate(facts)


def of_speed(facts: Facts) -> Iterator[Figure]:
    """How quick it was, and how well the slots were used."""
    if len(facts.slices) > 1:
        if facts.report.totals.images:
            yield _throughput(facts)
        yield _slots(facts)
    if facts.latencies:
        yield _latency(facts)


def of_gaps(facts: Facts) -> Iterator[Figure]:
    """Why pictures are missing."""
    if not facts.missing:
        return
    told = [(f"{state}: {reason or 'no reason'}", line.figures.jobs)
            for line in facts.missing for state, reason in [line.values]]  # fmt: skip
    shown, others = [*told[:MOST_LINES]], told[MOST_LINES:]
    if others:
        shown.append((f"{len(others)} other reasons", sum(jobs for _, jobs in others)))
    yield Figure(
        title="Jobs without a picture",
        told=f"{sum(jobs for _, jobs in told):,} jobs, most often {told[0][0]}.",
        spec=charts.bars(
            [(name, jobs if place < MOST_LINES else None, f"{jobs:,}") for place, (name, jobs) in enumerate(shown)]
        ),
        head=("reason", "jobs"),
        rows=[(name, f"{jobs:,}") for name, jobs in shown],
    )


def folded(lines: Sequence[ReportLine]) -> Sequence[ReportLine]:
    """The first lines, and all others as one."""
    if len(lines) <= MOST_LINES:
        return lines
    others = lines[MOST_LINES:]
    rest = ReportLine(values=(f"{len(others)} others",), figures=Figures.total(line.figures for line in others))
    return [*lines[:MOST_LINES], rest]


def _cost_over_time(facts: Facts) -> Figure:
    dearest = sorted(facts.report.lines, key=lambda line: -line.figures.settled)
    models = [line.values[0] for line in dearest if line.figures.settled]
    return Figure(
        title="Cost over time",
        note="credits",
        told=f"{_credits(facts.report.totals)} credits by model, from {_when(facts)}.",
        spec=charts.stacked(facts.slices, models),
        head=("from", "images", "credits"),
        rows=[(_clock(one.start), f"{one.figures.images:,}", _credits(one.figures)) for one in facts.slices],
    )


def _budget(facts: Facts, cap: int) -> Figure:
    left = [cap - spent for spent in accumulate(one.figures.settled for one in facts.slices)]
    return Figure(
        title="Budget",
        note="credits left",
        told=f"Of {credits_of(cap):,} credits, {credits_of(left[-1]):,} are left.",
        spec=charts.burn_down(facts.slices, cap),
        head=("until", "credits left"),
        rows=[(_clock(one.end), f"{credits_of(rest):,}") for one, rest in zip(facts.slices, left, strict=True)],
    )


def _wide_budgets(told: Sequence[Filled]) -> Figure:
    rows = [(_named(one.budget), one.budget.budget.micro_credits, one.purse) for one in told]
    return Figure(
        title="Wider budgets",
        note="credits of all batches, in the period that goes on; the mark is the cap",
        told="; ".join(f"{name}: {rounded(purse.spent)} of {rounded(cap)} credits" for name, cap, purse in rows),
        spec=charts.compared([(name, cap, purse.spent) for name, cap, purse in rows]),
        head=("budget", "cap", "spent", "reserved", "at risk"),
        rows=[
            (name, *(f"{credits_of(amount):,}" for amount in (cap, purse.spent, purse.reserved, purse.at_risk)))
            for name, cap, purse in rows
        ],
    )


def _named(budget: WideBudget) -> str:
    """`studio-day (a day)`."""
    return f"{budget.name} ({budget.words.strip()})" if budget.words else budget.name


def _by(title: str, word: str, lines: Sequence[ReportLine]) -> Figure:
    shown = folded(lines)
    first = shown[0].values[0] or "none" if shown else "nothing"
    return Figure(
        title=title,
        note="credits",
        told=f"{len(lines):,} lines, the most expensive is {first}.",
        spec=charts.bars(
            [
                (_value(line), line.figures.settled if place < MOST_LINES else None, _glance(line.figures))
                for place, line in enumerate(shown)
            ]
        ),
        head=(word, "jobs", "images", "credits", "USD", "per image"),
        rows=[
            (
                _value(line),
                f"{line.figures.jobs:,}",
                f"{line.figures.images:,}",
                _credits(line.figures),
                at_least(show_usd(line.figures.settled), line.figures.unknown),
                "" if line.figures.credits_per_image is None else f"{line.figures.credits_per_image:,.2f}",
            )
            for line in shown
        ],
    )


def _estimate(facts: Facts) -> Figure:
    lines = folded([line for line in facts.report.lines if line.figures.foreseen])
    return Figure(
        title="Estimated and settled",
        note="credits; the mark is the estimate for the same attempts",
        told=f"Attempts whose price was foreseen cost {difference(facts.report.totals)} against their estimate.",
        spec=charts.compared([(_value(line), line.figures.foreseen, line.figures.compared) for line in lines]),
        head=("model", "estimated", "settled", "difference"),
        rows=[
            (
                _value(line),
                f"{credits_of(line.figures.foreseen):,}",
                f"{credits_of(line.figures.compared):,}",
                difference(line.figures),
            )
            for line in lines
        ],
    )


def _throughput(facts: Facts) -> Figure:
    best = max(one.images_per_hour for one in facts.slices)
    return Figure(
        title="Throughput",
        note="images per hour",
        told=f"At best {best:,.0f} images per hour.",
        spec=charts.over_time(facts.slices, lambda one: one.images_per_hour),
        head=("from", "images", "per hour"),
        rows=[(_clock(one.start), f"{one.figures.images:,}", f"{one.images_per_hour:,.0f}") for one in facts.slices],
    )


def _slots(facts: Facts) -> Figure:
    most = max(one.slots for one in facts.slices)
    return Figure(
        title="Slots in use",
        note=f"on average; an attempt counts where it ended{'; the line is the limit' if facts.slots else ''}",
        told=f"At most {most:,.1f}{f' of {facts.slots:,}' if facts.slots else ''} slots on average.",
        spec=charts.over_time(facts.slices, lambda one: one.slots, limit=facts.slots),
        head=("from", "slots"),
        rows=[(_clock(one.start), f"{one.slots:,.1f}") for one in facts.slices],
    )


def _latency(facts: Facts) -> Figure:
    sampled = sum(one.sampled for one in facts.latencies)
    every = facts.sampled_every
    sample = "all pictures" if every == 1 else f"an even sample of {sampled:,} pictures"
    shown = sorted(facts.latencies, key=lambda one: (-one.sampled, one.model))[:MOST_LINES]
    return Figure(
        title="Seconds per picture",
        note=f"median, and from the quickest tenth to the slowest; {sample}",
        told="; ".join(f"{one.model}: median {one.median:.1f} s" for one in shown),
        spec=charts.ranges(shown),
        head=("model", "pictures", "10 %", "median", "90 %", "99 %"),
        rows=[
            (one.model, f"{one.sampled:,}", *(f"{took:.1f} s" for took in (one.p10, one.median, one.p90, one.p99)))
            for one in shown
        ],
    )


def _credits(its: Figures) -> str:
    return at_least(f"{credits_of(its.settled):,}", its.unknown)


def rounded(micro: int) -> str:
    """Credits to a hundredth, where a glance is meant; the tables have them exactly."""
    return f"{plain(credits_of(micro).quantize(Decimal('0.01'))):,}"


def _glance(its: Figures) -> str:
    return at_least(rounded(its.settled), its.unknown)


def difference(its: Figures) -> str:
    """`+12.5 % !`: the mark is explained below the charts."""
    return "" if its.drift is None else f"{its.drift * 100:+.1f} %{' !' if its.is_drift else ''}"


def _value(line: ReportLine) -> str:
    return line.values[0] or "(none)"


def _when(facts: Facts) -> str:
    return f"{_clock(facts.slices[0].start)} to {_clock(facts.slices[-1].end)}"


def _clock(moment: object) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
