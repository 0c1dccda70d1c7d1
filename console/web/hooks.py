"""Where BFL calls back: what is genuine rings for the journey that waits, and answers nothing that was not known.

The guard lets everybody come here, so the secret is what counts. What a webhook says of a result is not read.
"""

from __future__ import annotations

import time
from contextlib import closing
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from console.web.refusals import Refused
from console.web.site import Here
from workers.bells import ring_for
from workers.broker import connect
from workers.embedded import running_broker
from workers.webhooks import intake_of, ticket_in

MOST_BYTES = 64_000
"""BFL's have less than two thousand."""

router = APIRouter()


async def _body(request: Request) -> bytes:
    read = b""
    async for part in request.stream():
        read += part
        if len(read) > MOST_BYTES:
            raise Refused(413, "This is too long for a webhook.")
    return read


@router.post("/hooks/bfl")
def bfl(site: Here, request: Request, body: Annotated[bytes, Depends(_body)]) -> Response:
    """Ask for this result now. Too many hints, or the same again, are taken and dropped: polls find results anyway."""
    intake = intake_of(site.settings)
    if intake is None:
        raise Refused(404, "No webhooks are taken here.", cure="Set FLUXBATCH_WEBHOOK_SECRET, also for the workers.")
    if not intake.is_genuine(request.headers, body):
        raise Refused(403, "This webhook is not genuine.", cure="Its sender has to know FLUXBATCH_WEBHOOK_SECRET.")
    ticket = ticket_in(body)
    if ticket is None:
        raise Refused(400, "This is no webhook: it names no ticket.")
    if site.rings.may(ticket, time.monotonic()) and (
        url := site.settings.broker_url or running_broker(site.settings.home)
    ):
        with closing(connect(url)) as redis:
            ring_for(redis, ticket)
    return Response(status_code=204)
