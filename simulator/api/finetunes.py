"""Finetuned models: made by the retired /v1/finetune, listed, described and deleted."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import JSONResponse

from simulator import orders
from simulator.api.auth import caller
from simulator.api.shapes import DeleteFinetuneResponse, FinetuneDetailResponse, MyFinetunesResponse
from simulator.api.tickets import accept, ticket
from simulator.bodies.finetunes import DeleteFinetuneInputs, FinetuneInputs  # noqa: TC001 -- FastAPI reads it
from simulator.catalog import FINETUNE
from simulator.company import company_of
from simulator.inputs import Inputs
from simulator.training import images_in

router = APIRouter(prefix="/v1")


@router.post("/finetune", tags=["Models"], deprecated=True, response_model=None)
async def finetune(request: Request, body: FinetuneInputs, account: str = Depends(caller)) -> Response:
    """Begin to make one; the ticket's id is also the model's."""
    images = await asyncio.to_thread(images_in, body.file_data)
    order = orders.read(FINETUNE, body, Inputs())
    task = accept(request, account, order)
    details = body.model_dump(mode="json", exclude={"file_data", *orders.HOOKS})
    company_of(request).studio.add_finetune(task, details | {"finetune_id": task.id, "number_of_images": images})
    return JSONResponse(ticket(request, order, task) | {"finetune_id": task.id})


@router.get("/my_finetunes", tags=["Utility"], response_model=MyFinetunesResponse)
async def my_finetunes(request: Request, account: str = Depends(caller)) -> Response:
    """The ids of the caller's own."""
    finetunes = company_of(request).studio.finetunes.of(account)
    return JSONResponse({"finetunes": [each.id for each in finetunes]})


@router.get("/finetune_details", tags=["Utility"], response_model=FinetuneDetailResponse)
async def finetune_details(request: Request, finetune_id: str, account: str = Depends(caller)) -> Response:
    """What one of them was made with."""
    finetune = company_of(request).studio.finetunes.own(account, finetune_id)
    return JSONResponse({"finetune_details": finetune.details})


@router.post("/delete_finetune", tags=["Utility"], response_model=DeleteFinetuneResponse)
async def delete_finetune(request: Request, body: DeleteFinetuneInputs, account: str = Depends(caller)) -> Response:
    """Delete one of them."""
    company_of(request).studio.delete_finetune(account, body.finetune_id)
    answer = {
        "status": "success",
        "message": "Finetune deleted",
        "deleted_finetune_id": body.finetune_id,
        "timestamp": datetime.now(UTC).isoformat(),
    }
    return JSONResponse(answer)
