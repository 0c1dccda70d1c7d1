"""What is spent from the budgets that are wider than one batch, and whether a job fits under them.

Money is in `quarters` the moment it is settled, whichever worker settles it, so there is nothing that could be
forgotten. A purse is a shortcut: what was spent in the quarters that are over. Only the newest are summed up anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, and_, cast, func, select, type_coerce, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import JSON

from batches.money import show_credits
from batches.policy import SIMULATED
from batches.store.ledger import pausing
from batches.store.ledger.quarters import QUARTER_SECONDS, spelling
from batches.store.ledger.schema import jobs, quarters
from batches.store.ledger.side_tables import purses
from batches.store.ledger.spending import PENDING, Purse, outstanding_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection

    from batches.policy import WideBudget
    from batches.store.ledger.records import Batch, ClaimedJob

EVERY_ACCOUNT = ""
"""In the place of an account: all but the simulator's."""

LIVE_QUARTERS = 2
"""The newest, which may still grow: a worker's clock may be a quarter of an hour behind."""


class Refusal(NamedTuple):
    """Why a job may not begin, and the budget that has no room for it."""

    message: str
    budget: str
    account: str | None  #: whose money that budget is of; None: that of several


@dataclass(frozen=True, slots=True)
class Counted:
    """What was spent from a purse before a quarter of an hour."""

    micro_credits: int
    before: int  #: quarters since the epoch


def refusal(tx: Connection, job: ClaimedJob, budgets: Sequence[WideBudget], now: float) -> Refusal | None:
    """Why this job may not begin now; None where all budgets that cover it have room.

    Others who would spend from them wait until this transaction ends.
    """
    for budget in budgets:
        if budget.covers(job.account, job.labels):
            _lock(tx, budget, now)
            purse = purse_of(tx, budget, now)
            if not purse.has_room(job.estimate_micro_credits):
                return Refusal(_refusal(purse, budget, job.estimate_micro_credits, now), budget.name, budget.account)
    return None


def purse_of(tx: Connection, budget: WideBudget, now: float) -> Purse:
    """What counts against a wide budget in the period that goes on."""
    since = budget.since(now)
    # In this order, money that is settled in between counts twice for a moment, and never not at all.
    left = outstanding_of(tx, *_attempts_of(budget), risked_since=since)
    counted = _counted(tx, budget, since)
    spent = counted.micro_credits + _spent(tx, budget, quarters.c.quarter >= counted.before)
    return Purse(budget=budget.budget, spent=spent, reserved=left.reserved, at_risk=left.at_risk)


def reconsider(tx: Connection, batch: Batch, budgets: Sequence[WideBudget], now: float) -> bool:
    """Let a batch go on that rests for a wide budget which has room again, or is no more. True: it does."""
    if batch.paused_by is None or still_refused(tx, batch.paused_by, batch.paused_for, budgets, now):
        return False
    return pausing.lift(tx, batch.id, "budget")


def still_refused(
    tx: Connection, name: str | None, needs: int | None, budgets: Sequence[WideBudget], now: float
) -> str | None:
    """Why the wide budget of this name has no room for so many micro-credits; None where it has, or is no more."""
    for budget in budgets:
        if budget.name == name:
            purse = purse_of(tx, budget, now)
            return None if purse.has_room(needs) else _refusal(purse, budget, needs, now)
    return None


def _refusal(purse: Purse, budget: WideBudget, estimate: int | None, now: float) -> str:
    cap = f"{show_credits(budget.budget.micro_credits)}{budget.words} of the budget {budget.name}"
    raised = f"once {budget.name} is raised in fluxbatch.toml"
    until = budget.until(now)
    if until is not None:
        moment = datetime.fromtimestamp(until, ZoneInfo(budget.zone))
        raised = f"at {moment:%Y-%m-%d %H:%M} ({budget.zone}), or {raised}"
    return purse.refusal(estimate, cap=cap, cure=f"It goes on by itself {raised}.")


def _lock(tx: Connection, budget: WideBudget, now: float) -> None:
    """Make the purse if it is not there, have others wait for it, and count what is over."""
    since = budget.since(now)
    its = _is_of(budget, since)
    tx.execute(_insert(tx, budget, since))
    before: int = tx.execute(select(purses.c.counted_before).where(its).with_for_update()).scalar_one()
    over = int(now // QUARTER_SECONDS) - LIVE_QUARTERS + 1
    if before < over:
        more = _spent(tx, budget, and_(quarters.c.quarter >= before, quarters.c.quarter < over))
        tx.execute(update(purses).where(its).values(spent=purses.c.spent + more, counted_before=over))


def _insert(tx: Connection, budget: WideBudget, since: float) -> postgresql.Insert | sqlite.Insert:
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    first = int(since // QUARTER_SECONDS)
    new = {"account": budget.account or EVERY_ACCOUNT, "labels": spelling(budget.labels), "since": first}
    return insert(purses).values(**new, spent=0, counted_before=first).on_conflict_do_nothing()


def _counted(tx: Connection, budget: WideBudget, since: float) -> Counted:
    row = tx.execute(select(purses.c.spent, purses.c.counted_before).where(_is_of(budget, since))).one_or_none()
    return Counted(row.spent, row.counted_before) if row else Counted(0, int(since // QUARTER_SECONDS))


def _spent(tx: Connection, budget: WideBudget, when: ColumnElement[bool]) -> int:
    total = cast(func.coalesce(func.sum(quarters.c.settled), 0), BigInteger)
    spent: int = tx.execute(select(total).where(when, *_quarters_of(tx, budget))).scalar_one()
    return spent


def _is_of(budget: WideBudget, since: float) -> ColumnElement[bool]:
    """By what it is for, not by its name: one that is changed to be for something else has another purse."""
    return and_(
        purses.c.account == (budget.account or EVERY_ACCOUNT),
        purses.c.labels == spelling(budget.labels),
        purses.c.since == int(since // QUARTER_SECONDS),
    )


def _quarters_of(tx: Connection, budget: WideBudget) -> list[ColumnElement[bool]]:
    text = quarters.c.labels
    labels = cast(text, JSON) if tx.dialect.name == "postgresql" else type_coerce(text, JSON)
    return _covered(budget, quarters.c.account, labels)


def _attempts_of(budget: WideBudget) -> list[ColumnElement[bool]]:
    return _covered(budget, PENDING.c.account, jobs.c.labels)


def _covered(
    budget: WideBudget, account: ColumnElement[str], labels: ColumnElement[object]
) -> list[ColumnElement[bool]]:
    """`WideBudget.covers`, as SQL has it."""
    ours = account == budget.account if budget.account else account != SIMULATED
    return [ours, *(labels[key].as_string() == value for key, value in budget.labels.items())]
