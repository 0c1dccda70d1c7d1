"""The report of any batches over any time: lines, totals, and the money that brought nothing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

from batches.reports.figures import Figures
from batches.reports.states import figures_by_state
from batches.store.ledger import by_state, spending, waste
from batches.store.ledger.corrections import corrections
from batches.store.ledger.totals import Scope, totals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection

    from batches.reports.axes import Axis
    from batches.reports.question import Question
    from batches.reports.states import Keyed
    from batches.store.ledger.corrections import Correction
    from batches.store.ledger.spending import Outstanding
    from batches.store.ledger.totals import Value
    from batches.store.ledger.waste import Waste


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """One line of a report."""

    values: tuple[str, ...]  #: what it is about, a value for each word of `by`; empty where a job has none
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of the batches that were asked about, and the bill."""

    question: Question
    lines: Sequence[ReportLine]  #: in the order of time, and else the most expensive first
    totals: Figures
    wasted: Sequence[Waste]  #: paid, or perhaps paid, and no picture: by outcome and reason, the most expensive first
    corrections: Sequence[Correction]  #: what people have corrected, by why they did
    outstanding: Outstanding  #: reserved and at risk now, whatever the period


def make_report(tx: Connection, question: Question) -> Report:
    """Read the answer to a question."""
    scope = Scope(batches=question.batches, first=question.period.first, end=question.period.end)
    lines = lines_of(_asked(tx, question, scope), question)
    return Report(
        question=question,
        lines=lines,
        totals=Figures.total(line.figures for line in lines),
        wasted=waste.wasted(tx, scope),
        corrections=corrections(tx, scope),
        outstanding=spending.outstanding(tx, *(question.batches or ())),
    )


def lines_of(told: Iterable[Keyed], question: Question) -> Sequence[ReportLine]:
    """Figures with the same values in one line."""

    @cache
    def read(axis: Axis, value: Value) -> tuple[str, str]:
        return axis.read(value, question.period.zone)

    alike: defaultdict[tuple[tuple[str, str], ...], list[Figures]] = defaultdict(list)
    for key, figures in told:
        alike[tuple(read(axis, key[axis.key]) for axis in question.by)].append(figures)
    summed = {place: Figures.total(many) for place, many in alike.items()}
    return [
        ReportLine(values=tuple(text for _, text in place), figures=figures)
        for place, figures in sorted(summed.items(), key=_in_order)
    ]


def _in_order(line: tuple[tuple[tuple[str, str], ...], Figures]) -> tuple[object, ...]:
    place, figures = line
    return [order for order, _ in place], -figures.settled, -figures.jobs, place


def _asked(tx: Connection, question: Question, scope: Scope) -> Iterator[Keyed]:
    """All that the ledger has to say, by what the lines go by."""
    columns = list(dict.fromkeys(axis.key for axis in question.by if not axis.is_now))
    if not any(axis.is_now for axis in question.by):
        return ((one.key, Figures.of(one.what, one.amounts)) for one in totals(tx, columns, scope))
    columns = list(dict.fromkeys((*columns, "batch_id")))  # who may pay for jobs that wait, their batch says
    others = chain(by_state.counted(tx, columns, scope), by_state.spent_in_vain(tx, columns, scope))
    ever = scope.is_all_time and "quarter" not in columns
    return figures_by_state(totals(tx, columns, scope), others, ever=ever)
