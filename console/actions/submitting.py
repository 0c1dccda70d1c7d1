"""Manifest -> plan -> batch in the ledger. What a batch has already is gone on with, and never paid again."""

from __future__ import annotations

import time
from itertools import islice
from typing import TYPE_CHECKING

from batches.errors import SettingError
from batches.manifest import ManifestError, Problem
from batches.planning import NO_EXPERIENCE, Premises, make_plan
from batches.store.ledger import standing, steering, submitting
from batches.store.ledger import survey as surveying
from batches.store.ledger.records import BatchTerms
from batches.store.ledger.sorting import JOBS_AT_ONCE
from console.actions.forecasting import experience_of
from workers.accounts import names_of, prices_together, slots_together

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from batches.manifest import Manifest
    from batches.planning import Plan
    from batches.store.ledger import Ledger
    from batches.store.ledger.records import Batch
    from batches.store.ledger.standing import Standing
    from batches.store.ledger.survey import Survey
    from workers.accounts import Account
    from workers.settings import Settings

JOBS_PER_TRANSACTION = 20_000
"""Written in half a second, for which workers that share the ledger have to wait."""


def plan_of(manifest: Manifest, settings: Settings, payers: Sequence[Account]) -> Plan:
    """The plan with the prices that earlier jobs of these accounts have told, so that those are reserved."""
    learnt = experience_of(settings, names_of(payers)) or NO_EXPERIENCE
    return make_plan(manifest, Premises(learnt, prices=prices_together(payers), slots=slots_together(payers)))


def refuse_late(manifest: Manifest, now: float) -> None:
    """Raise ManifestError for a deadline that is over: no job of the batch would begin."""
    deadline = manifest.policy.deadline
    if deadline is not None and deadline.at(now) <= now:
        place = manifest.place("policy", "deadline")
        raise ManifestError([Problem(place, "the `deadline` is over", "name a time to come, or leave it out")])


def survey(ledger: Ledger, plan: Plan, accounts: tuple[str, ...], *, again: bool) -> Survey:
    """What submitting this plan would come to. `again` makes a new batch of a finished one."""
    with ledger.read() as tx:
        found = surveying.survey(tx, plan, accounts)
    return surveying.all_new(plan) if again and found.continues and found.continues.rests else found


def submit(ledger: Ledger, plan: Plan, accounts: tuple[str, ...], surveyed: Survey) -> Standing:
    """Write what the survey found to be missing; returns how the batch stands then."""
    terms = BatchTerms(accounts=accounts, policy=plan.policy)
    with ledger.write() as tx:
        batch = _batch_for(tx, plan, terms, surveyed)
        if surveyed.added:
            steering.take_back_cancelling(tx, batch.id)
    if surveyed.added:
        _write_jobs(ledger, batch, plan)
    with ledger.write() as tx:
        submitting.complete(tx, batch.id, plan, terms, time.time())
        return standing.standing_of(tx, standing.find_batch(tx, batch.id) or batch)


def _batch_for(tx: Connection, plan: Plan, terms: BatchTerms, surveyed: Survey) -> Batch:
    if surveyed.continues is not None:
        return surveyed.continues.batch
    now = time.time()
    newest = submitting.newest_named(tx, plan.name, terms.accounts)
    if newest is not None and newest.fingerprint == plan.fingerprint:
        if newest.whole_at is None or not standing.standing_of(tx, newest).rests:
            return newest  # a submission of the same that was cut off, or that goes on beside us
        submitting.close(tx, newest.id, now)  # the workers may not have come to it yet
    return submitting.open_batch(tx, plan, terms, now)


def _write_jobs(ledger: Ledger, batch: Batch, plan: Plan) -> None:
    planned = plan.jobs()
    written = JOBS_PER_TRANSACTION
    while written == JOBS_PER_TRANSACTION:
        written = 0
        with ledger.write_many() as tx:  # what completes the batch waits for the disk, and for all of this
            while written < JOBS_PER_TRANSACTION and (chunk := list(islice(planned, JOBS_AT_ONCE))):
                submitting.add_jobs(tx, batch, chunk, reuse=plan.reuse, now=time.time())
                written += len(chunk)


def find(ledger: Ledger, text: str) -> Batch:
    """A batch by its id, by the beginning of its id, or the newest one of a manifest's name."""
    with ledger.read() as tx:
        batches = standing.list_batches(tx)
    exact = [batch for batch in batches if text == batch.id]
    named = [batch for batch in batches if text == batch.name]
    begun = [batch for batch in batches if batch.id.startswith(text)]
    for found in (exact, named[:1], begun):
        if len(found) == 1:
            return found[0]
    several = f"{len(begun)} batches begin with {text!r}." if begun else f"There is no batch {text!r}."
    raise SettingError(several, cure="`fluxbatch status` lists the batches.")
