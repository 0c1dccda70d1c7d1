"""POST /v1/licenses/models/{model_slug}/usage: reports of self-hosted use, which cost nothing here."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response
from starlette.responses import JSONResponse

from simulator.api.auth import caller
from simulator.bodies.finetunes import Usage  # noqa: TC001 -- FastAPI reads it
from simulator.refusals import Refusal

router = APIRouter()


@router.post(
    "/v1/licenses/models/{model_slug}/usage",
    tags=["Licenses"],
    response_model=None,
    dependencies=[Depends(caller)],
)
async def report_usage(model_slug: str, body: Usage) -> Response:  # noqa: ARG001 -- its validity is all we ask
    """Every open FLUX model is licensed to everybody."""
    if not model_slug.startswith("flux-"):
        raise Refusal(400, f"Model slug {model_slug} is not supported for usage reporting")
    return JSONResponse({"message": "Usage recorded successfully"})
