"""All that the page shows, read from the ledger at one moment."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING

from batches.reports.axes import AXES, LABEL, axes_of
from batches.reports.figures import Figures
from batches.reports.page.bounds import Bounds, filled, slots_of
from batches.reports.page.timeline import timeline
from batches.reports.report import lines_of, make_report
from batches.store.ledger.latencies import latencies
from batches.store.ledger.states import State
from batches.store.ledger.totals import Scope, totals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from batches.reports.cost import CostReport
    from batches.reports.page.bounds import Filled
    from batches.reports.page.timeline import Slice
    from batches.reports.question import Question
    from batches.reports.report import Report, ReportLine
    from batches.store.ledger.totals import Total

SAMPLE = 20_000
"""Jobs whose seconds are looked at: enough for the slowest hundredth of each model."""

MOST_LABELS = 6
"""Labels that get a chart of their own; the others are named."""


UNBOUNDED = Bounds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """How long the pictures of a model took, in seconds from submission to stored picture."""

    model: str
    sampled: int  #: pictures that were looked at
    p10: float  #: a tenth was quicker
    median: float
    p90: float  #: a tenth was slower
    p99: float  #: a hundredth was slower

    @classmethod
    def of(cls, model: str, seconds: Sequence[float]) -> Latency:
        """From a sorted sample."""

        def at(part: float) -> float:
            return seconds[ceil(part * len(seconds)) - 1]

        return cls(model=model, sampled=len(seconds), p10=at(0.1), median=at(0.5), p90=at(0.9), p99=at(0.99))


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What came of the batches, for one page."""

    report: Report  #: by model
    ending: CostReport | None  #: how the batch stands, where it is one and of all time
    slices: Sequence[Slice]  #: in the order of time
    labels: Mapping[str, Sequence[ReportLine]]  #: by the name of the label, a line for each of its values
    other_labels: Sequence[str]  #: names of labels that have no lines here
    latencies: Sequence[Latency]  #: by model
    sampled_every: int  #: every so manieth job was looked at for them
    slots: int | None  #: that the lanes which were used have now; None: not known here
    filled: Sequence[Filled]  #: wide budgets that cover any of it, as they stand now
    missing: Sequence[ReportLine]  #: jobs without a picture, by state and reason, the most frequent first

    @property
    def cap(self) -> int | None:
        """Micro-credits that the batch may cost, where it is one and has a budget."""
        budget = self.ending.standing.batch.policy.budget if self.ending else None
        return budget.micro_credits if budget else None


def facts_of(
    tx: Connection, question: Question, ending: CostReport | None = None, *, bounds: Bounds = UNBOUNDED, now: float
) -> Facts:
    """Read what the page shows."""
    scope = Scope(batches=question.batches, first=question.period.first, end=question.period.end)
    report = make_report(tx, replace(question, by=(AXES["model"],)))
    labelled = list(totals(tx, ["account", "lane", "labels"], scope))
    names = sorted({name for one in labelled for name in json.loads(str(one.key["labels"]))})
    every = max(1, ceil(report.totals.attempts / SAMPLE))
    return Facts(
        report=report,
        ending=ending,
        slices=timeline(totals(tx, ["quarter", "model"], scope), question.period.zone),
        labels={name: _by_label(labelled, question, name) for name in names[:MOST_LABELS]},
        other_labels=names[MOST_LABELS:],
        latencies=[Latency.of(model, took) for model, took in latencies(tx, scope, every=every).items()],
        sampled_every=every,
        slots=slots_of(tx, labelled, bounds),
        filled=filled(tx, labelled, bounds, now) if question.period.is_all else (),
        missing=_missing(tx, question),
    )


def _by_label(labelled: Sequence[Total], question: Question, name: str) -> Sequence[ReportLine]:
    told = ((one.key, Figures.of(one.what, one.amounts)) for one in labelled)
    return lines_of(told, replace(question, by=axes_of(f"{LABEL}{name}")))


def _missing(tx: Connection, question: Question) -> Sequence[ReportLine]:
    """Jobs that ended, or rest in doubt, without a picture."""
    gone = {State.FAILED, State.MODERATED, State.CANCELLED, State.UNSURE}
    lines = make_report(tx, replace(question, by=(AXES["state"], AXES["reason"]))).lines
    told = [line for line in lines if line.values[0] in gone and line.figures.jobs]
    return sorted(told, key=lambda line: (-line.figures.jobs, line.values))
