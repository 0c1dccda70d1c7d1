"""Pauses, resumes and cancels batches, and has jobs tried again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from batches.errors import SettingError
from batches.reports.cost import state_of
from batches.store.ledger import feeding, retrying, standing, steering
from batches.store.ledger.retrying import Choice
from batches.store.ledger.states import RETRIABLE, State

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from batches.policy import WideBudget
    from batches.store.ledger import Ledger
    from batches.store.ledger.records import Batch, PauseReason
    from batches.store.ledger.retrying import Again
    from batches.store.ledger.standing import Standing

JOBS_AT_ONCE = 5_000
"""Changed in about a tenth of a second, for which workers that share the ledger have to wait."""


class Steered(NamedTuple):
    """What came of it."""

    jobs: int  #: that it moved
    now: Standing  #: how the batch stands then


MEANS = {
    "person": "goes on",
    "budget": "goes on: its budget has room",
    "canary": "goes on: its canary is approved",
    "deadline": "goes on: its deadline holds no more",
    "cancelled": "goes on with what was not cancelled yet",
}
"""What it is to resume a batch, by why it was paused."""


def pause(ledger: Ledger, batch: Batch) -> tuple[bool, Standing]:
    """Begin no more of its jobs. False: there is nothing to pause."""
    message = f"a person has paused it. `fluxbatch resume {batch.id}` lets it go on."
    with ledger.write() as tx:
        paused = steering.pause(tx, batch.id, message, time.time())
    return paused, _standing(ledger, batch)


def resume(ledger: Ledger, batch: Batch, budgets: Sequence[WideBudget]) -> tuple[PauseReason | None, Standing]:
    """Let it go on; raises OverBudget where its budget has no room. Says what it was paused for; None: it was not."""
    before = _standing(ledger, batch)
    if state_of(before) != "paused":
        return None, before
    with ledger.write() as tx:
        steering.resume(tx, before.batch, time.time(), budgets)
    return before.batch.paused, _standing(ledger, batch)


def cancel(ledger: Ledger, batch: Batch) -> Steered:
    """Cancel all its jobs that BFL does not work on."""
    with ledger.write() as tx:
        begun = steering.begin_cancelling(tx, batch.id)
    now = time.time()
    jobs = _repeated(ledger, lambda tx: steering.cancel_some(tx, batch.id, now=now, limit=JOBS_AT_ONCE)) if begun else 0
    return Steered(jobs, _standing(ledger, batch))


def choice_of(only: Sequence[str]) -> Choice:
    """What a person has said of the jobs to try again: states, and words of their reasons."""
    for word in only:
        if not word.strip() or word in set(State) - RETRIABLE:
            raise SettingError(
                f"--only {word!r} chooses no jobs that could be tried again.",
                cure="Say moderated, failed, unsure or cancelled, or words of a reason that `fluxbatch report` shows.",
            )
    states = frozenset(State(word) for word in only if word in RETRIABLE)
    return Choice(states=states, words=tuple(word for word in only if word not in RETRIABLE))


def bill(ledger: Ledger, batch: Batch, choice: Choice) -> Sequence[Again]:
    """What trying these jobs again comes to, by state."""
    with ledger.read() as tx:
        return retrying.bill(tx, batch.id, choice)


def retry(ledger: Ledger, batch: Batch, choice: Choice) -> Steered:
    """Put these jobs back to the queue."""
    with ledger.write() as tx:
        feeding.close_ended_batches(tx, time.time())  # the workers may not have come to it yet
        twin = retrying.open_twin(tx, batch)
    if twin is not None:
        raise SettingError(
            f"{batch.id} cannot go on while {twin} makes the same.",
            cure=f"Wait until that is done, or `fluxbatch cancel {twin}`.",
        )
    now = time.time()
    jobs = _repeated(ledger, lambda tx: retrying.put_back_some(tx, batch.id, choice, now=now, limit=JOBS_AT_ONCE))
    return Steered(jobs, _standing(ledger, batch))


def _repeated(ledger: Ledger, some: Callable[[Connection], int]) -> int:
    """Do it to some jobs at a time until there are no more; returns how many."""
    total = 0
    while True:
        with ledger.write() as tx:
            jobs = some(tx)
        if not jobs:
            return total
        total += jobs


def _standing(ledger: Ledger, batch: Batch) -> Standing:
    with ledger.read() as tx:
        return standing.standing_of(tx, standing.find_batch(tx, batch.id) or batch)
