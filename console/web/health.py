"""Whether this process lives, and whether it can reach what it needs: for load balancers and supervisors.

Everybody may ask, so the answers name no address and no batch; `fluxbatch doctor` says more, and the cure.
"""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from console.web.site import Here

router = APIRouter()


@router.get("/healthz")
def healthz() -> Response:
    """This process answers."""
    return JSONResponse({"alive": True})


@router.get("/readyz")
def readyz(site: Here) -> Response:
    """200 where all can be reached, else 503, with a word for each."""
    found = site.readiness.look(site.settings, site.ledger)
    ready = "out of reach" not in found.values()
    return JSONResponse({"ready": ready, **found}, status_code=200 if ready else 503)
