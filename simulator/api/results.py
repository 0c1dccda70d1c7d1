"""GET /v1/get_result: how a task stands. Answered without a key."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.responses import JSONResponse

from simulator.api.origin import in_the_right_place, origin
from simulator.api.shapes import ResultResponse, SettledCostResultResponse
from simulator.company import company_of
from simulator.standing import answer, standing

router = APIRouter()


@router.get("/v1/get_result", tags=["Utility"], response_model=SettledCostResultResponse | ResultResponse)
async def get_result(request: Request, id: str) -> Response:  # noqa: A002 -- the parameter's public name
    """How the task stands."""
    company = company_of(request)
    company.tally.polls += 1
    task = company.studio.tasks.get(id)
    if task is None or not in_the_right_place(request, company.config):
        return JSONResponse(answer(id, "Task not found"), status_code=404)
    told = standing(task, now=company.clock(), origin=origin(request, company.config))
    return JSONResponse(told if company.config.progress else told | {"progress": None})
