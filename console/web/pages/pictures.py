"""Pictures by the job that they are of. No key and no path comes from outside."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from batches.store.images.errors import ImageMissing
from batches.store.ledger import histories
from console.web.refusals import Refused
from console.web.site import Here, JobNumber, ThisBatch

if TYPE_CHECKING:
    from collections.abc import Iterator

router = APIRouter()

KINDS = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
"""What a browser may show; everything else is only to be saved."""


@router.get("/batches/{batch_id}/jobs/{number}/image")
def image(site: Here, batch: ThisBatch, number: JobNumber, request: Request) -> Response:
    """The bytes that were verified and stored."""
    with site.ledger.read() as tx:
        kept = histories.picture_of(tx, batch.id, number)
    if kept is None:
        raise Refused(404, f"Job {number} of {batch.id} has no picture.")
    headers = {"ETag": f'"{kept.sha256}"', "Cache-Control": "private, no-cache"}
    if kept.sha256 in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    parts = site.images.stream(kept.key)
    try:
        first = next(parts, b"")  # before anything is promised
    except ImageMissing as error:
        raise Refused(404, error.message, cure="It was moved or deleted after it was stored.") from None
    kind = KINDS.get(kept.format)
    headers["Content-Disposition"] = "inline" if kind else "attachment"
    return StreamingResponse(_all(first, parts), media_type=kind or "application/octet-stream", headers=headers)


def _all(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    return chain([first], rest)
