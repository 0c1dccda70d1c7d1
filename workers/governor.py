"""Holds each batch to its policy: what goes by the clock and by the first jobs. Money is held where it is spent."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from batches.store.ledger import exhausted, feeding, pausing, purses, spending, steering
from batches.store.ledger.trials import trial_of
from workers import log

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from batches.policy import Canary, WideBudget
    from batches.store.ledger.records import Batch

CANCELLED_AT_ONCE = 1_000
"""Jobs of a cancelled batch that are ended in one look; seldom there are more than a few."""


def govern(tx: Connection, account: str, now: float, budgets: Sequence[WideBudget]) -> None:
    """Look at every batch that goes on."""
    for batch in feeding.open_batches(tx, account):
        if len(batch.accounts) > 1:
            exhausted.reconsider(tx, batch, account, budgets, now)
        if batch.paused == "cancelled":
            steering.cancel_some(tx, batch.id, now=now, limit=CANCELLED_AT_ONCE)  # what BFL did not take after all
        elif batch.paused == "budget":
            spending.reconsider(tx, batch.id)  # money comes free in more ways than a settled attempt
            purses.reconsider(tx, batch, budgets, now)
        elif batch.paused is not None:
            continue
        elif batch.deadline_at is not None and batch.deadline_at <= now:
            _pause_for_deadline(tx, batch, batch.deadline_at)
        elif batch.canary is not None:
            _judge_canary(tx, batch, batch.canary, now)


def _pause_for_deadline(tx: Connection, batch: Batch, deadline: float) -> None:
    moment = time.strftime("%Y-%m-%d %H:%M", time.localtime(deadline))
    message = f"the deadline of {moment} is over. `fluxbatch resume {batch.id}` goes on without it."
    if pausing.pause(tx, batch.id, "deadline", message, now=deadline):
        log.paused(batch, "deadline", message)


def _judge_canary(tx: Connection, batch: Batch, canary: Canary, now: float) -> None:
    answer, reason = canary.verdict(trial_of(tx, batch.id, canary.first))
    if answer == "go on":
        pausing.approve(tx, batch.id, now)
        log.approved(batch, reason)
    elif answer == "ask":
        message = f"{reason}. `fluxbatch resume {batch.id}` goes on with the rest."
        if pausing.pause(tx, batch.id, "canary", message, now=now):
            log.paused(batch, "canary", message)
