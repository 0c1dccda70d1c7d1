"""What all pages of one batch have in common: its name, how it stands, and what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.reports.cost import state_of
from batches.store.ledger import standing
from batches.store.ledger.states import RETRIABLE, State
from console.web.rendering import render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batches.store.ledger.records import Batch
    from batches.store.ledger.standing import Standing
    from console.web.site import Site

ORDER = (
    *(State.DONE, State.MODERATED, State.FAILED, State.CANCELLED, State.UNSURE),
    *(State.FETCHING, State.RENDERING, State.SUBMITTING, State.CALLED, State.QUEUED),
)
"""From what is over to what is to come, as a bar shows it."""


def counts(now: Standing) -> list[tuple[State, int]]:
    """Jobs by state, in the order of a bar."""
    return [(state, now.jobs[state]) for state in ORDER if now.jobs.get(state)]


def head(site: Site, batch: Batch) -> Mapping[str, str]:
    """Its state, and the buttons that fit it."""
    with site.ledger.read() as tx:
        now = standing.standing_of(tx, standing.find_batch(tx, batch.id) or batch)
    return {"head": head_of(now)}


def head_of(now: Standing) -> str:
    """The same of a batch that was just looked at."""
    missing = sum(now.jobs.get(state, 0) for state in RETRIABLE)
    return render("parts/head.html", its=now, state=state_of(now), missing=missing)


def page(template: str, batch: Batch, tab: str, **facts: object) -> str:
    """A page of a batch."""
    retriable = [state for state in ORDER if state in RETRIABLE]
    return render(template, batch=batch, tab=tab, retriable=retriable, **facts)
