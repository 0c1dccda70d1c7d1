"""The web application: all routes over one company."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from starlette.responses import JSONResponse

from simulator.api import account, control, delivery, finetunes, licences, results, submissions
from simulator.company import Company
from simulator.faults.middleware import Faulty
from simulator.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from simulator.config import Config


def create_app(config: Config) -> FastAPI:
    """A company with its own books; everything it knows lives as long as the application."""
    company = Company(config)
    app = FastAPI(title="BFL API (simulated)", version="0.0.1", docs_url=None, redoc_url=None, lifespan=_lifespan)
    app.state.company = company
    # Polls first: routes are tried in this order, and most requests are polls.
    for room in (results, delivery, submissions, finetunes, licences, account, control):
        app.include_router(room.router)
    app.add_middleware(Faulty, company=company)
    _add_refusals(app, company)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Begin where the books end."""
    company: Company = app.state.company
    company.webhooks.expect_all_unfinished()
    yield


def _add_refusals(app: FastAPI, company: Company) -> None:
    """How errors look, and that they are counted."""

    async def refused(_request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)
        company.tally.refused[error.status] += 1
        return JSONResponse({"detail": error.detail}, status_code=error.status, headers=error.headers)

    async def invalid(_request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        company.tally.refused[422] += 1
        return Response(_json(error.errors()), status_code=422, media_type="application/json")

    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(RequestValidationError, invalid)


def _json(errors: Sequence[Any]) -> bytes:
    """The errors with what was sent, though that may have held NaN, or half of a surrogate pair."""
    kept = json.loads(json.dumps(jsonable_encoder(errors)), parse_constant=str)
    return json.dumps({"detail": kept}, separators=(",", ":")).encode()
