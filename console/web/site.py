"""What all pages need, and how a page gets it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Path, Request

from batches.store.images import ImageStore
from batches.store.ledger import Ledger, standing
from batches.store.ledger.records import Batch
from console.web.access import Access
from console.web.guesses import Guesses
from console.web.live import Hub
from console.web.metrics.sums import Sums
from console.web.readiness import Readiness
from console.web.refusals import Refused
from console.web.rings import Rings
from console.web.thumbnails import Thumbnails
from console.web.turns import Turns
from workers.budgets import Budgets
from workers.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One server."""

    settings: Settings
    ledger: Ledger
    images: ImageStore
    access: Access  #: who may look
    budgets: Budgets  #: wider than a batch, as the file says them now
    hub: Hub  #: what open pages listen to
    thumbnails: Thumbnails
    guesses: Guesses = field(default_factory=Guesses)  #: wrong tokens
    rings: Rings = field(default_factory=Rings)  #: webhooks of late
    sums: Sums = field(default_factory=Sums)  #: what metrics have read of the ledger
    readiness: Readiness = field(default_factory=Readiness)  #: what could be reached of late
    turns: Turns = field(default_factory=Turns)  #: who may plan


def _site_of(request: Request) -> Site:
    site: Site = request.app.state.site
    return site


Here = Annotated[Site, Depends(_site_of)]
"""The server, as an argument of a route."""

ID = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$"
"""What a batch's id looks like."""

MOST_NUMBER = 2**31 - 1
"""Jobs of a batch, at the very most."""

BatchId = Annotated[str, Path(pattern=ID, description="A batch's id, in full.")]
JobNumber = Annotated[int, Path(ge=1, le=MOST_NUMBER, description="Place of the job in its plan, from 1.")]


def batch_of(site: Here, batch_id: BatchId) -> Batch:
    """The batch that an address names."""
    with site.ledger.read() as tx:
        found = standing.find_batch(tx, batch_id)
    if found is None:
        raise Refused(404, f"There is no batch {batch_id}.", cure="The overview lists the batches.")
    return found


ThisBatch = Annotated[Batch, Depends(batch_of)]
"""The batch in the path, as an argument of a route."""
