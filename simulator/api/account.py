"""GET /v1/credits."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import JSONResponse

from simulator.api.auth import caller
from simulator.api.shapes import CreditsResponse
from simulator.company import company_of
from simulator.money import number

router = APIRouter()


@router.get("/v1/credits", response_model=CreditsResponse)
async def get_credits(request: Request, account: str = Depends(caller)) -> Response:
    """The balance of the caller's key."""
    return JSONResponse({"credits": number(company_of(request).studio.account(account).balance)})
