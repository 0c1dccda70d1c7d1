"""Manifest -> plan -> batch in the ledger. A batch that exists is gone on with, never paid again."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batches.errors import SettingError
from batches.manifest import read_manifest
from batches.models import PRICES_AS_OF
from batches.planning import make_plan
from batches.store.ledger import standing, submitting
from batches.store.ledger.records import BatchTerms

if TYPE_CHECKING:
    from pathlib import Path

    from batches.planning import Plan
    from batches.store.ledger import Ledger
    from batches.store.ledger.records import Batch
    from batches.store.ledger.standing import Standing

UNSURE_SHARE = 100
"""Unsure jobs are submitted again while the money at risk stays within a hundredth of the plan's cost."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """What a submission came to."""

    batch: Batch
    is_new: bool  #: False: this very plan was submitted before, and is gone on with
    standing: Standing


def plan_of(manifest: Path) -> Plan:
    """Read a manifest and plan it."""
    return make_plan(read_manifest(manifest))


def earlier(ledger: Ledger, plan: Plan, account: str) -> Standing | None:
    """How the batch stands that this very plan became before."""
    with ledger.read() as tx:
        batch = submitting.newest_batch_of(tx, plan, account)
        return None if batch is None else standing.standing_of(tx, batch)


def submit(ledger: Ledger, plan: Plan, account: str, *, again: bool) -> Submitted:
    """Write the plan as a batch; or find the one it became before. `again` makes a new one of a finished batch."""
    terms = BatchTerms(account=account, prices_as_of=PRICES_AS_OF, unsure_bound=plan.micro_credits // UNSURE_SHARE)
    now = time.time()
    with ledger.write() as tx:
        batch = submitting.newest_batch_of(tx, plan, account)
        is_new = batch is None
        if batch is not None and again and standing.standing_of(tx, batch).rests:
            submitting.close(tx, batch.id, now)  # the workers may not have come to it yet
            is_new = True
        if is_new:
            batch = standing.find_batch(tx, submitting.add_batch(tx, plan, terms, now))
        assert batch is not None
        return Submitted(batch, is_new, standing.standing_of(tx, batch))


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
