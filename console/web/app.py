"""The web application: every page and every verb of the API over one site, behind the guard."""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from console.web import health, hooks
from console.web.api import ROUTERS as VERBS
from console.web.api.shapes import ErrorBody
from console.web.guard import Guard
from console.web.metrics import exposing
from console.web.pages import ROUTERS as PAGES
from console.web.refusals import add_refusals

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from console.web.site import Site

API = "/api/v1"
"""Below it are the verbs. What can be asked there only grows; a change that breaks programs makes it `v2`."""

ERRORS: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": ErrorBody, "description": "It cannot be done as asked."},
    "5XX": {"model": ErrorBody, "description": "The ledger, the broker or BFL is out of reach."},
}

STATIC = Path(__file__).parent / "static"


def make_app(site: Site) -> FastAPI:
    """Everything that is served. The site lives longer than the application."""
    app = FastAPI(title="fluxbatch", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json", lifespan=_lifespan)
    app.state.site = site
    for page in PAGES:
        app.include_router(page, include_in_schema=False)
    for machines in (exposing.router, health.router, hooks.router):
        app.include_router(machines, include_in_schema=False)
    for verbs in VERBS:
        app.include_router(verbs, prefix=API, responses=ERRORS, generate_unique_id_function=lambda verb: verb.name)
    app.mount("/static", StaticFiles(directory=STATIC))
    app.add_middleware(Guard, access=site.access)
    add_refusals(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    site: Site = app.state.site
    site.hub.start()
    yield
    site.hub.close()
