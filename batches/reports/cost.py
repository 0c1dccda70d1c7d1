"""The cost report of one batch: a line per model, the totals, and every reason why a picture is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from batches.megapixels import megapixels
from batches.money import cost_json
from batches.reports.question import Question
from batches.reports.report import make_report
from batches.store.ledger import payers, standing
from batches.store.ledger.states import ENDED, State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from batches.reports.report import ReportLine
    from batches.store.ledger.payers import Share
    from batches.store.ledger.records import Batch
    from batches.store.ledger.standing import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one model made and cost."""

    model: str
    jobs: int  #: jobs asked of it
    images: int  #: pictures stored
    output_pixels: int  #: of those pictures
    estimated: int  #: micro-credits the plan foresaw, as far as prices are known
    settled: int  #: micro-credits BFL said it cost


@dataclass(frozen=True, slots=True, kw_only=True)
class CostReport:
    """What came of a batch, and the bill."""

    standing: Standing
    lines: Sequence[Line]
    shares: Sequence[Share]  #: what each account has paid
    missing: Mapping[tuple[State, str], int]  #: jobs that rest without a picture, by state and reason

    @property
    def images(self) -> int:
        """Pictures stored."""
        return self.standing.jobs.get(State.DONE, 0)

    @property
    def estimated(self) -> int:
        """Micro-credits the plan foresaw."""
        return sum(line.estimated for line in self.lines)

    def as_json(self) -> dict[str, object]:
        """For machines."""
        return {
            **standing_json(self.standing),
            "prices": {"as_of": self.standing.batch.prices_as_of, "sha256": self.standing.batch.prices_sha256},
            "images": self.images,
            "estimated": cost_json(self.estimated),
            "models": [
                {
                    "model": line.model,
                    "jobs": line.jobs,
                    "images": line.images,
                    "output_megapixels": megapixels(line.output_pixels),
                    "estimated": cost_json(line.estimated),
                    "cost": cost_json(line.settled),
                }
                for line in self.lines
            ],
            "paid_by": [
                {"account": share.account, "images": share.images, "cost": cost_json(share.settled)}
                for share in self.shares
            ],
            "missing": [
                {"state": state.value, "reason": reason, "jobs": count}
                for (state, reason), count in self.missing.items()
            ],
        }


def cost_report(tx: Connection, batch: Batch) -> CostReport:
    """Read the report of one batch."""
    return CostReport(
        standing=standing.standing_of(tx, batch),
        shares=payers.shares_of(tx, batch.id),
        lines=[_line(one) for one in make_report(tx, Question(batches=frozenset({batch.id}))).lines],
        missing={(state, reason): count for state, reason, count in standing.reasons(tx, batch.id)},
    )


def _line(one: ReportLine) -> Line:
    [model], its = one.values, one.figures
    return Line(
        model=model,
        jobs=its.jobs,
        images=its.images,
        output_pixels=its.output_pixels,
        estimated=its.estimated,
        settled=its.settled,
    )


def state_of(now: Standing) -> Literal["running", "paused", "done"]:
    """Whether workers begin its jobs, something keeps them from it, or nothing is left to do."""
    over = now.batch.ended_at is not None or now.jobs.keys() <= ENDED
    if now.batch.paused is not None and not over:
        return "paused"
    return "done" if now.rests else "running"


def standing_json(now: Standing) -> dict[str, object]:
    """How a batch stands, for machines."""
    money, state = now.money, state_of(now)
    paused = state == "paused"
    return {
        "batch": now.batch.id,
        "name": now.batch.name,
        "accounts": list(now.batch.accounts),
        "state": state,
        "paused": now.batch.paused if paused else None,
        "paused_message": now.batch.paused_message if paused else "",
        "jobs": {state.value: now.jobs.get(state, 0) for state in State},
        "total": now.total,
        "output_megapixels": megapixels(now.output_pixels),
        "cost": cost_json(money.settled),
        "cost_unknown": money.unknown,
        "reserved": cost_json(money.reserved),
        "at_risk": cost_json(money.at_risk),
    }
