"""Finds what people should be told, and writes it down: each thing once."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from batches.money import cost_json, show_credits, show_usd
from batches.reports.cost import standing_json
from batches.store.ledger import feeding, notices, purses, spending
from batches.store.ledger.notices import Event, Notice
from batches.store.ledger.standing import standing_of
from batches.store.ledger.states import RESTING, State
from workers.notify_shape import FAILURES_PERCENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Connection

    from batches.policy import Budget, WideBudget
    from batches.store.ledger.records import Batch
    from workers.notices.hook import Hook

LOOK_SECONDS = 5.0
"""How often it is looked: a person reads it a minute later anyway."""

LATEST = 50
"""Attempts of a batch of which the failed ones are counted."""

REMINDER_SECONDS = 3600
"""As long as much fails, it is told once an hour."""

LOOK_BACK_SECONDS = 86_400
"""Batches that ended so long ago are still told of, if nobody has."""


class Spending(NamedTuple):
    """What is spent from a budget."""

    whose: str  #: a batch, or a wide budget and its period
    name: str  #: for people
    budget: Budget
    spent: int  #: micro-credits
    words: str = ""  #: `a day`, where it begins anew


class Herald:
    """Looks at the batches of one account and at the budgets that it is paid from."""

    def __init__(self, account: str, budgets: Callable[[], Sequence[WideBudget]], hook: Hook | None) -> None:
        """What this hook wants to hear is written down to be sent; the rest for those who ask how things stand."""
        self._account = account
        self._budgets = budgets
        self._on = hook.on if hook else frozenset()
        self._failures_percent = hook.failures_percent if hook else FAILURES_PERCENT
        self._next_look = 0.0

    def sweep(self, tx: Connection, now: float) -> None:
        """Look from time to time."""
        if now >= self._next_look:
            self._next_look = now + LOOK_SECONDS
            self.look(tx, now)

    def look(self, tx: Connection, now: float) -> None:
        """Write down what is new."""
        ended = notices.ended_untold(tx, self._account, now - LOOK_BACK_SECONDS)
        going_on = feeding.open_batches(tx, self._account)
        found = [
            *self._of_wide(tx, now),
            *chain.from_iterable(_of_budget(tx, batch, now) for batch in [*going_on, *ended]),
            *chain.from_iterable(self._of_open(tx, batch, now) for batch in going_on),
            *(_finish(tx, batch, now) for batch in ended),
        ]
        for notice in found:
            notices.tell(tx, notice, due_at=now if notice.event in self._on else None)

    def _of_wide(self, tx: Connection, now: float) -> Iterator[Notice]:
        for budget in self._budgets():
            spent = purses.purse_of(tx, budget, now).spent
            period = f"{budget.name}:{budget.since(now):.0f}"
            yield from _threshold(
                Spending(period, f"the budget {budget.name}", budget.budget, spent, budget.words), now
            )

    def _of_open(self, tx: Connection, batch: Batch, now: float) -> Iterator[Notice]:
        if batch.paused is None:
            yield from self._failures(tx, batch, now)
        elif batch.paused != "cancelled":
            yield _pause(tx, batch, now)

    def _failures(self, tx: Connection, batch: Batch, now: float) -> Iterator[Notice]:
        seen = notices.outcomes(tx, batch.id, LATEST)
        if seen.attempts == LATEST and 100 * seen.failed > self._failures_percent * seen.attempts:
            yield Notice(
                key=f"failures:{batch.id}:{now // REMINDER_SECONDS:.0f}",
                event=Event.FAILURES,
                batch_id=batch.id,
                text=f"{batch.id}: {seen.failed} of the last {seen.attempts} attempts failed",
                figures=seen._asdict(),
                at=now,
            )


def _of_budget(tx: Connection, batch: Batch, now: float) -> Iterator[Notice]:
    if batch.policy.budget is not None:
        spent = spending.spent_of(tx, batch.id)
        yield from _threshold(Spending(batch.id, f"{batch.id}: its budget", batch.policy.budget, spent), now, batch.id)


def _threshold(seen: Spending, now: float, batch_id: str | None = None) -> Iterator[Notice]:
    """The highest one alone: who is told of 80 % need not be told of 50. A cap that was raised has thresholds anew."""
    cap, percent = seen.budget.micro_credits, seen.budget.reached(seen.spent)
    if percent is not None:
        yield Notice(
            key=f"threshold:{seen.whose}:{cap}:{percent}",
            event=Event.THRESHOLD,
            batch_id=batch_id,
            text=f"{seen.name} has reached {percent} %: "
            f"{show_credits(seen.spent)} of {show_credits(cap)}{seen.words} spent",
            figures={"percent": percent, "spent": cost_json(seen.spent), "cap": cost_json(cap)},
            at=now,
        )


def _pause(tx: Connection, batch: Batch, now: float) -> Notice:
    """Told each time, but for a budget: there a batch may go on and rest again with every credit that comes free."""
    cap = batch.policy.budget.micro_credits if batch.policy.budget else 0
    which = f"{batch.paused_by or cap}" if batch.paused == "budget" else f"{batch.paused_at or 0:.0f}"
    return Notice(
        key=f"pause:{batch.id}:{batch.paused}:{which}",
        event=Event.PAUSE,
        batch_id=batch.id,
        text=f"{batch.id} is paused ({batch.paused}): {batch.paused_message}",
        figures=standing_json(standing_of(tx, batch)),
        at=now,
    )


def _finish(tx: Connection, batch: Batch, now: float) -> Notice:
    standing = standing_of(tx, batch)
    missing = [state for state in State if state in RESTING - {State.DONE} and standing.jobs.get(state)]
    gaps = "".join(f", {standing.jobs[state]:,} {state}" for state in missing)
    money = standing.money
    cost = f"{'at least ' if money.unknown else ''}{show_credits(money.settled)} ({show_usd(money.settled)})"
    return Notice(
        key=f"finish:{batch.id}:{batch.ended_at:.0f}",
        event=Event.FINISH,
        batch_id=batch.id,
        text=f"{batch.id} is finished: {standing.jobs.get(State.DONE, 0):,} of {standing.total:,} images{gaps}, {cost}",
        figures=standing_json(standing),
        at=now,
    )
