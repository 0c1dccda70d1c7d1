"""POST /v1/<model>: a ticket, or a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import JSONResponse

from simulator import orders
from simulator.api.auth import caller
from simulator.api.shapes import AsyncResponse, AsyncWebhookResponse
from simulator.api.tickets import accept, ticket
from simulator.catalog import ENDPOINTS
from simulator.company import company_of
from simulator.inputs import inputs_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from simulator.bodies.shared import Body
    from simulator.catalog import Endpoint

router = APIRouter()


def _submission(endpoint: Endpoint) -> Callable[..., Awaitable[Response]]:
    async def submit(request: Request, body: Body, account: str = Depends(caller)) -> Response:
        asked = body.asked()
        order = orders.read(endpoint, asked, await inputs_of(asked, company_of(request)))
        return JSONResponse(ticket(request, order, accept(request, account, order)))

    submit.__annotations__["body"] = endpoint.body  # FastAPI reads it there, and it differs per route
    return submit


for _endpoint in ENDPOINTS.values():
    router.add_api_route(
        f"/v1/{_endpoint.name}",
        _submission(_endpoint),
        methods=["POST"],
        name=f"submit {_endpoint.name}",
        tags=["Models"],
        deprecated=_endpoint.retired or None,
        response_model=AsyncResponse | AsyncWebhookResponse if _endpoint.hooked else AsyncResponse,
    )
