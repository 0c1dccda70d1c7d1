"""GET /results/... and /ephemeral/...: the bytes, for whoever holds a link that is alive."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from fastapi import APIRouter, Request, Response

from simulator import links
from simulator.company import company_of
from simulator.drafts import Draft, sealed
from simulator.pictures import Picture
from simulator.standing import MEDIA_TYPES

if TYPE_CHECKING:
    from simulator.tasks import Task

router = APIRouter(include_in_schema=False)


@router.api_route("/results/{shard}/{name}/{digest}/{file}", methods=["GET", "HEAD"])
@router.api_route("/ephemeral/{shard}/{name}/{digest}/{file}", methods=["GET", "HEAD"])
async def deliver(request: Request, name: str, file: str) -> Response:
    """The delivery host, which here is this same server."""
    company = company_of(request)
    if not links.alive(request.url.path, request.query_params, now=company.clock()):
        company.tally.refused[403] += 1
        return Response(links.REFUSED, status_code=403, media_type="application/xml")
    task = company.studio.tasks.get(str(UUID(name)))
    if task is None:  # signed before a restart without books
        return Response(links.FORGOTTEN, status_code=404, media_type="application/xml")
    company.tally.downloads += 1
    if file == "draft_cache.bin":
        return Response(sealed(_draft(task)), media_type=MEDIA_TYPES["bin"])
    return Response(await company.gallery.bytes_of(_picture(task)), media_type=MEDIA_TYPES[task.format])


def _picture(task: Task) -> Picture:
    return Picture(
        prompt=task.prompt,
        model=task.endpoint,
        seed=task.seed,
        width=task.width,
        height=task.height,
        format=task.format,
        seconds=task.seconds,
    )


def _draft(task: Task) -> Draft:
    return Draft(task.prompt, task.seed, task.width, task.height, task.seconds)
