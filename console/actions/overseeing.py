"""Everything at one glance: batches, workers, today's money, and what a person should know."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from batches.money import credits_of, show_credits
from batches.policy import SIMULATED
from batches.reports.cost import state_of
from batches.store.ledger import notices, presence, purses, standing, stops, tempo
from batches.store.ledger.quarters import QUARTER_SECONDS
from batches.store.ledger.totals import Scope, totals
from console.actions import funding
from console.actions.looking import MOST_NOTICES, NOTICE_SECONDS, look_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from batches.policy import WideBudget
    from batches.store.ledger.presence import Worker
    from batches.store.ledger.records import Batch, Stop
    from batches.store.ledger.spending import Purse
    from console.actions.looking import Look

Level = Literal["bad", "warn", "note"]

LATELY_SECONDS = 120.0
"""Over which images per minute are told: long enough that models of ten seconds do not make it jump."""

BY_POLICY = ("budget", "canary", "deadline")
"""Pauses that nobody asked for at that moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something to know, or to mend."""

    level: Level
    text: str  #: with the cure where there is one
    batch_id: str | None = None  #: that it is of
    at: float | None = None  #: when it came about, in seconds since the epoch; None: it still is so


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """A batch that is not at rest, and how quick it is."""

    look: Look
    per_minute: float  #: pictures of late


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What was settled since midnight by this machine's clock, in micro-credits."""

    real: int
    simulated: int  #: which nobody pays


@dataclass(frozen=True, slots=True, kw_only=True)
class Oversight:
    """All of it."""

    going: Sequence[Going]  #: the newest first
    workers: Sequence[Worker]  #: those that are silent too
    spent: Spent
    budgets: Sequence[tuple[WideBudget, Purse]]  #: those wider than a batch, with what counts against them now
    alerts: Sequence[Alert]  #: the gravest first


def oversee(tx: Connection, budgets: Sequence[WideBudget], now: float) -> Oversight:
    """How everything stands now."""
    going = [one_going(tx, batch, now) for batch in standing.going_on(tx)]
    workers = presence.at_work(tx, now)
    told = [*_of_accounts(tx, going), *_of_workers(tx, going, workers, now), *_of_batches(going), *_notices(tx, now)]
    return Oversight(
        going=going,
        workers=workers,
        spent=spent_today(tx, now),
        budgets=[(budget, purses.purse_of(tx, budget, now)) for budget in budgets],
        alerts=sorted(told, key=lambda alert: ("bad", "warn", "note").index(alert.level)),
    )


def one_going(tx: Connection, batch: Batch, now: float) -> Going:
    """One batch, and how quick it was of late."""
    seconds = min(LATELY_SECONDS, max(1.0, now - (batch.whole_at or batch.created_at)))
    images = tempo.images_since(tx, now - seconds).get(batch.id, 0)
    return Going(look=look_at(tx, batch, now), per_minute=60 * images / seconds)


def spent_today(tx: Connection, now: float) -> Spent:
    """To the quarter of an hour, which midnight is."""
    midnight = datetime.fromtimestamp(now, UTC).astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    told = list(totals(tx, ["account"], Scope(first=int(midnight.timestamp() // QUARTER_SECONDS))))
    simulated = sum(one.amounts.settled for one in told if one.key["account"] == SIMULATED)
    return Spent(real=sum(one.amounts.settled for one in told) - simulated, simulated=simulated)


def _of_accounts(tx: Connection, going: Sequence[Going]) -> Iterator[Alert]:
    for stop in stops.all_stops(tx):
        yield Alert(level="bad", text=_rest(stop))
    for accounts in {one.look.standing.batch.accounts: None for one in going}:
        funds = funding.now(tx, accounts)
        if funds is not None and funds.missing:
            who = f"The account {accounts[0]} has" if len(accounts) == 1 else f"The accounts {', '.join(accounts)} have"
            needs = f"what is under way needs {credits_of(funds.under_way.micro_credits):,}"
            few = f"{credits_of(funds.missing):,} too few"
            yield Alert(level="warn", text=f"{who} about {show_credits(funds.has)} left, and {needs}: {few}.")


def _of_workers(tx: Connection, going: Sequence[Going], workers: Sequence[Worker], now: float) -> Iterator[Alert]:
    if at_risk := presence.results_at_risk(tx, now):
        what = "1 result is" if at_risk == 1 else f"{at_risk:,} results are"
        yield Alert(level="bad", text=f"{what} ready and not fetched yet, with two minutes or less left to do so.")
    silent = [worker for worker in workers if worker.is_silent(now)]
    for worker in silent:
        since = f"{now - worker.heartbeat_at:.0f} s"
        yield Alert(
            level="warn",
            text=f"The worker on {worker.host} (process {worker.pid}) is silent for {since}: others take its jobs.",
        )
    waits = [one for one in going if state_of(one.look.standing) == "running"]
    if waits and len(silent) == len(workers):
        yield Alert(level="warn", text="No worker is at work, so nothing goes on. Start `fluxbatch worker`.")


def _of_batches(going: Sequence[Going]) -> Iterator[Alert]:
    for batch in (one.look.standing.batch for one in going):
        if batch.paused in BY_POLICY:
            text = f"{batch.id} is paused ({batch.paused}): {batch.paused_message}"
            yield Alert(level="warn", text=text, batch_id=batch.id)


def _notices(tx: Connection, now: float) -> Iterator[Alert]:
    """Pauses are told by how the batch stands, for as long as it does."""
    for notice in reversed(notices.latest(tx, since=now - NOTICE_SECONDS, limit=MOST_NOTICES)):
        if notice.event is not notices.Event.PAUSE:
            level: Level = "warn" if notice.event is notices.Event.FAILURES else "note"
            yield Alert(level=level, text=notice.text, batch_id=notice.batch_id, at=notice.at)


def _rest(stop: Stop) -> str:
    what = f"The {stop.lane} lane of the account {stop.account}" if stop.lane else f"The account {stop.account}"
    since, until = (time.strftime("%H:%M", time.localtime(moment)) for moment in (stop.since, stop.until))
    return f"{what} rests since {since} ({stop.reason}: {stop.message}); one job tries again at {until}."
