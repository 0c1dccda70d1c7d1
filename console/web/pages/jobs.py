"""The jobs of a batch, a page at a time, by state, model, label or any words."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from starlette.responses import HTMLResponse, Response

from batches.store.ledger import histories
from batches.store.ledger.histories import Wanted
from batches.store.ledger.states import State
from console.web.live import Source, Topic
from console.web.pages.frame import ORDER, head, page
from console.web.rendering import render
from console.web.site import Here, Site, ThisBatch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batches.store.ledger.records import Batch

PAGE = 50

router = APIRouter()

Words = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address says: which jobs, and behind which number the page begins."""

    state: State | None = None
    model: str = ""
    label: str = ""
    text: str = ""
    after: int = 0

    @property
    def wanted(self) -> Wanted:
        """Which jobs."""
        states = frozenset({self.state} if self.state else ())
        return Wanted(states=states, model=self.model, label=self.label, text=self.text)

    def query(self, **changed: object) -> str:
        """The same as part of an address."""
        told = {name: value for name, value in {**asdict(self), **changed}.items() if value}
        return f"?{urlencode(told)}" if told else ""


def _asked(
    state: Annotated[State | Literal[""], Query()] = "",
    model: Words = "",
    label: Words = "",
    text: Words = "",
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
) -> Asked:
    return Asked(state or None, model.strip(), label.strip(), text.strip(), after)


Filters = Annotated[Asked, Depends(_asked)]


@router.get("/batches/{batch_id}/jobs")
def jobs(site: Here, batch: ThisBatch, asked: Filters) -> Response:
    """A page of them."""
    with site.ledger.read() as tx:
        models = histories.models_of(tx, batch.id)
    facts = {"asked": asked, "states": ORDER, "models": models}
    parts = {**head(site, batch), **_page(site, batch, asked)}
    live = f"/live/batches/{batch.id}/jobs{asked.query()}"
    return HTMLResponse(page("jobs.html", batch, "jobs", parts=parts, live=live, **facts))


@router.get("/live/batches/{batch_id}/jobs")
async def live(site: Here, batch: ThisBatch, asked: Filters) -> Response:
    """The same, as it changes."""
    return site.hub.stream(_topic(site, batch, asked))


def _topic(site: Site, batch: Batch, asked: Asked) -> Topic:
    """A search for words may look through a million jobs, so what it found stays as it was."""
    jobs_too = () if asked.text or asked.label else (Source(every=1.0, read=lambda: _page(site, batch, asked)),)
    return Topic(key=f"jobs {batch.id} {asked.query()}", sources=(Source(0.5, lambda: head(site, batch)), *jobs_too))


def _page(site: Site, batch: Batch, asked: Asked) -> Mapping[str, str]:
    with site.ledger.read() as tx:
        found = histories.find_jobs(tx, batch.id, asked.wanted, after=asked.after, limit=PAGE + 1)
    facts = {"rows": found[:PAGE], "more": len(found) > PAGE, "asked": asked, "batch": batch}
    return {"jobs": render("parts/jobs.html", **facts)}
