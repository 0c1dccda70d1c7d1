"""The control plane under /_sim, which the real service does not have: the company's own books."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from math import isfinite
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response
from starlette.responses import JSONResponse

from simulator.catalog import LIMITS
from simulator.company import company_of
from simulator.faults.table import BadFault, read_faults
from simulator.money import number
from simulator.refusals import Refusal

if TYPE_CHECKING:
    from simulator.company import Company
    from simulator.tasks import Task

router = APIRouter(prefix="/_sim", include_in_schema=False)


@router.get("/stats")
async def stats(request: Request) -> Response:
    """What tests compare a client's books with."""
    return JSONResponse(_stats(company_of(request)))


@router.get("/tasks")
async def tasks(request: Request) -> Response:
    """Every task, oldest first."""
    company = company_of(request)
    now = company.clock()
    return JSONResponse({"tasks": [_told(task, now) for task in company.studio.tasks.values()]})


@router.get("/faults")
async def list_faults(request: Request) -> Response:
    """The faults in force and how often they struck."""
    return JSONResponse({"faults": company_of(request).faults.told()})


@router.post("/faults")
async def add_faults(request: Request, content: dict[str, Any] | list[dict[str, Any]]) -> Response:
    """Put a fault, or a list of them, in force."""
    try:
        faults = read_faults(content if isinstance(content, list) else [content])
    except BadFault as error:
        raise Refusal(422, str(error)) from None
    company_of(request).faults.add(faults)
    return JSONResponse({"added": len(faults)})


@router.delete("/faults")
async def clear_faults(request: Request) -> Response:
    """Put all out of force."""
    company_of(request).faults.clear()
    return JSONResponse({"cleared": True})


def _stats(company: Company) -> dict[str, Any]:
    studio, tally = company.studio, company.tally
    accounts, billed = studio.accounts(), studio.billed()
    active = sum((account.active for account in accounts), Counter[str]())
    return {
        "accepted": len(studio.tasks),
        "billed_credits": number(billed),
        "billed_micro_credits": billed,
        "polls": tally.polls,
        "downloads": tally.downloads,
        "active": {lane: active[lane] for lane in LIMITS},
        "peak_active": {lane: max((each.peak[lane] for each in accounts), default=0) for lane in LIMITS},
        "refused": {str(code): count for code, count in sorted(tally.refused.items())},
        "refused_429": tally.refused[429],
        "accepted_by_body": {
            "distinct_bodies": len(studio.bodies),
            "accepted_more_than_once": sum(count > 1 for count in studio.bodies.values()),
        },
    }


def _told(task: Task, now: float) -> dict[str, Any]:
    fields = asdict(task) | {"status": task.progress(now).status}
    del fields["hook"]  # it has a secret
    return fields | {"finished_at": task.finished_at if isfinite(task.finished_at) else None}
