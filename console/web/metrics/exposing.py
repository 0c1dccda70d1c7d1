"""`/metrics`, read anew at each scrape."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from starlette.responses import Response

from console.web.metrics.fleet import of_fleet
from console.web.metrics.jobs import of_jobs
from console.web.metrics.slots import of_slots
from console.web.site import Here, Site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client import Metric

router = APIRouter()


class Fleet(Collector):
    """All metrics of a ledger and its broker."""

    def __init__(self, site: Site) -> None:
        """Nothing is read before somebody asks."""
        self._site = site

    def collect(self) -> Iterator[Metric]:
        """Read them."""
        with self._site.ledger.read() as tx:
            now = time.time()
            yield from of_jobs(tx, self._site.sums.read(tx, now))
            yield from of_fleet(tx, now)
        yield from of_slots(self._site.settings, self._site.ledger)


@router.get("/metrics")
def metrics(site: Here, request: Request) -> Response:
    """In the format that the scraper takes."""
    encoder, kind = choose_encoder(request.headers.get("accept", ""))
    return Response(encoder(Fleet(site)), media_type=kind)
