"""The pictures of a batch as they arrive, and those of one prompt side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, Response

from batches.store.images.errors import ImageMissing
from batches.store.ledger import histories, standing
from batches.store.ledger.states import State
from console.web.live import Source, Topic
from console.web.pages.frame import ORDER, head, page
from console.web.pages.jobs import Asked, Filters
from console.web.refusals import Refused
from console.web.rendering import render
from console.web.side_by_side import columns_of
from console.web.site import Here, JobNumber, Site, ThisBatch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batches.store.ledger.histories import Picture
    from batches.store.ledger.records import Batch

PAGE = 60

router = APIRouter()

Order = Annotated[Literal["plan", "newest"], Query()]
Over = Annotated[Literal["model", "seed"] | None, Query()]


@router.get("/batches/{batch_id}/gallery")
def gallery(site: Here, batch: ThisBatch, asked: Filters, order: Order = "plan") -> Response:
    """A page of pictures."""
    with site.ledger.read() as tx:
        models = histories.models_of(tx, batch.id)
    facts = {"asked": asked, "states": ORDER, "models": models, "order": order}
    parts = _topic(site, batch, asked, order).parts()
    live = f"/live/batches/{batch.id}/gallery{asked.query(order=order)}"
    return HTMLResponse(page("gallery.html", batch, "gallery", parts=parts, live=live, **facts))


@router.get("/live/batches/{batch_id}/gallery")
async def live(site: Here, batch: ThisBatch, asked: Filters, order: Order = "plan") -> Response:
    """The same, as it fills."""
    return site.hub.stream(_topic(site, batch, asked, order))


@router.get("/batches/{batch_id}/jobs/{number}/compare")
def compare(site: Here, batch: ThisBatch, number: JobNumber, over: Over = None) -> Response:
    """All that was made of the prompt of this job."""
    with site.ledger.read() as tx:
        found = histories.row_around(tx, batch.id, number)
    if not found.jobs:
        raise Refused(404, f"{batch.id} has no job {number}.")
    facts = {"number": number, "found": found, "shown": columns_of(found.jobs, over)}
    return HTMLResponse(page("compare.html", batch, "gallery", parts=head(site, batch), **facts))


@router.get("/batches/{batch_id}/jobs/{number}/thumbnail")
async def thumbnail(
    site: Here, batch: ThisBatch, number: JobNumber, request: Request, of: Annotated[str, Query(max_length=64)] = ""
) -> Response:
    """Its picture, small. `of` is the SHA-256 of the large one: then it never changes."""
    try:
        kept, data = await site.thumbnails.get(lambda: _picture(site, batch, number))
    except ImageMissing as error:
        raise Refused(404, error.message, cure="It was moved or deleted after it was stored.") from None
    lasts = "max-age=31536000, immutable" if of == kept.sha256 else "no-cache"
    headers = {"ETag": f'"small-{kept.sha256}"', "Cache-Control": f"private, {lasts}"}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(data, media_type="image/webp", headers=headers)


def _picture(site: Site, batch: Batch, number: int) -> Picture:
    with site.ledger.read() as tx:
        kept = histories.picture_of(tx, batch.id, number)
    if kept is None:
        raise Refused(404, f"Job {number} of {batch.id} has no picture.")
    return kept


def _topic(site: Site, batch: Batch, asked: Asked, order: Order) -> Topic:
    """A search for words may look through a million jobs: it is not done again and again."""
    is_costly = order == "plan" and (asked.text or asked.label)
    return Topic(
        key=f"gallery {batch.id} {asked.query(order=order)}",
        sources=(
            Source(every=0.5, read=lambda: head(site, batch)),
            Source(every=3600.0 if is_costly else 1.0, read=lambda: _pictures(site, batch, asked, order)),
        ),
    )


def _pictures(site: Site, batch: Batch, asked: Asked, order: Order) -> Mapping[str, str]:
    wanted = replace(asked.wanted, states=frozenset({asked.state or State.DONE}))
    with site.ledger.read() as tx:
        if order == "newest":
            found = histories.newest_jobs(tx, batch.id, wanted, limit=PAGE)
        else:
            found = histories.find_jobs(tx, batch.id, wanted, after=asked.after, limit=PAGE + 1)
        now = standing.find_batch(tx, batch.id) or batch
    facts = {"rows": found[:PAGE], "more": len(found) > PAGE, "asked": asked, "batch": now}
    return {"pictures": render("parts/pictures.html", **facts)}
