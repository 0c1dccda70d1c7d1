"""One job: its picture, what was asked, and every attempt with every line of money."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from batches.store.ledger import histories
from batches.store.ledger.states import RETRIABLE
from console.web.live import Source, Topic
from console.web.pages.frame import head, page
from console.web.refusals import Refused
from console.web.rendering import render
from console.web.site import Here, JobNumber, Site, ThisBatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batches.store.ledger.histories import Charged, History, Tried
    from batches.store.ledger.records import Batch

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened in an attempt."""

    at: float  #: seconds since the epoch
    what: str
    charge: Charged | None = None  #: the line of money it is


@router.get("/batches/{batch_id}/jobs/{number}")
def job(site: Here, batch: ThisBatch, number: JobNumber) -> Response:
    """All there is to know."""
    found = _history(site, batch, number)
    facts = {"number": number, "row": found.job, "manifest": as_manifest(batch, found)}
    parts = _topic(site, batch, number).parts()
    live = f"/live/batches/{batch.id}/jobs/{number}"
    return HTMLResponse(page("job.html", batch, "jobs", parts=parts, live=live, **facts))


@router.get("/live/batches/{batch_id}/jobs/{number}")
async def live(site: Here, batch: ThisBatch, number: JobNumber) -> Response:
    """The same, as it changes."""
    return site.hub.stream(_topic(site, batch, number))


def as_manifest(batch: Batch, found: History) -> str:
    """A manifest that asks for this job alone, to be changed and submitted anew."""
    params = {name: _named(value) for name, value in found.job["params"].items()}
    prompt = params.pop("prompt", "")
    told = {
        "version": 1,
        "name": f"{batch.name}-{found.job['number']}",
        "model": found.job["model"],
        "params": params,
        "labels": found.job["labels"],
        "prompts": [prompt],
    }
    return yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=100)


def _named(value: object) -> object:
    """A value as a manifest has it: a picture by the name of its file."""
    match value:
        case list():
            return [_named(one) for one in value]
        case {"file": str(path), "sha256": str()}:
            return Path(path).name
    return value


def moments(tried: Tried) -> Iterator[Moment]:
    """Whatever happened in an attempt, in the order of time."""
    told = [Moment(one.at, one.kind, one) for one in tried.charges]
    if tried.accepted_at is not None:
        told.append(Moment(tried.accepted_at, "accepted by BFL"))
    yield from sorted([Moment(tried.started_at, "intent written"), *told], key=lambda one: one.at)
    if tried.ended_at is not None:
        yield Moment(tried.ended_at, tried.outcome or "ended")


def _topic(site: Site, batch: Batch, number: int) -> Topic:
    return Topic(
        key=f"job {batch.id} {number}",
        sources=(Source(every=0.5, read=lambda: {**head(site, batch), **_parts(site, batch, number)}),),
    )


def _parts(site: Site, batch: Batch, number: int) -> Mapping[str, str]:
    found = _history(site, batch, number)
    attempts = [(tried, list(moments(tried))) for tried in found.attempts]
    lines = [one for tried in found.attempts for one in tried.charges]
    settled = [one.micro_credits for one in lines if one.kind in {"settled", "corrected"}]
    facts = {
        "batch": batch,
        "row": found.job,
        "picture_of": found.picture_of,
        "attempts": attempts,
        "settled": sum(one or 0 for one in settled),
        "unknown": settled.count(None),
        "may_retry": found.job["state"] in RETRIABLE,
    }
    return {name: render(f"parts/{name}.html", **facts) for name in ("picture", "facts", "attempts")}


def _history(site: Site, batch: Batch, number: int) -> History:
    with site.ledger.read() as tx:
        found = histories.history_of(tx, batch.id, number)
    if found is None:
        raise Refused(404, f"{batch.id} has no job {number}.")
    return found
