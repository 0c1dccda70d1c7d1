"""How batches and their jobs stand."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from batches.megapixels import megapixels
from batches.money import credits_of, json_number
from batches.reports.cost import standing_json
from batches.store.ledger import histories, standing
from batches.store.ledger.histories import Wanted
from batches.store.ledger.states import State
from console.actions.looking import look_at
from console.web.api.shapes import BatchTold, Cost, Moment, Number, Shape
from console.web.refusals import Refused
from console.web.site import ID, MOST_NUMBER, Here, JobNumber, ThisBatch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import RowMapping

    from batches.store.ledger.histories import Charged, Tried

router = APIRouter(tags=["batches"])

MOST_AT_ONCE = 1000


class BatchPage(Shape):
    """Some batches, the newest first."""

    batches: list[BatchTold]
    next: str | None = Field(description="What `after` has to be for those that follow; null: there are none.")


class NoticeTold(Shape):
    """Something that people were told."""

    event: str
    text: str
    at: Moment


class Projected(Shape):
    """Where a batch leads."""

    low: Cost
    likely: Cost
    high: Cost
    unpriced_jobs: int = Field(description="That these leave out.")
    per_image: Cost | None
    done_at: Moment | None = Field(description="Null while it is not known.")


class ExhaustedTold(Shape):
    """An account that pays no more for this batch."""

    account: str
    budget: str
    message: str


class BatchSeen(BatchTold):
    """A batch with all there is to say of it as a whole."""

    projected: Projected | None = Field(description="Null once it is at rest.")
    exhausted: list[ExhaustedTold] = Field(description="Accounts of its pool whose budget has no room.")
    notices: list[NoticeTold] = Field(description="Of the last day.")
    policy: dict[str, Any] = Field(description="Its rules; see the manifest's page.")
    manifest_sha256: str
    created_at: Moment
    ended_at: Moment | None


class Picture(Shape):
    """What was verified and stored."""

    url: str = Field(description="Where this server hands it out.")
    key: str = Field(description="Where it is in the image store.")
    sha256: str
    format: str
    width: int
    height: int
    bytes: int


class JobTold(Shape):
    """A job."""

    number: int = Field(description="Its place in the plan, from 1.")
    row: str = Field(description="The prompt's id.")
    state: State
    reason: str = Field(description="Why it is in this state.")
    model: str
    lane: str
    account: str | None = Field(description="For which it was called last; null: it never was.")
    prompt: str | None
    labels: dict[str, str]
    output_name: str
    attempts: int
    estimated_credits: Number | None = Field(description="Null: its price is not known.")
    credits: Number | None = Field(description="What its attempts cost; null: nothing is settled, or nobody said it.")
    picture: Picture | None
    changed_at: Moment


class JobPage(Shape):
    """Some jobs, in the order of the plan."""

    jobs: list[JobTold]
    next: int | None = Field(description="What `after` has to be for those that follow; null: there are none.")


class ChargeTold(Shape):
    """A line of money."""

    kind: str = Field(description="reserved, released, reported, settled or corrected.")
    credits: Number | None = Field(description="Null: nobody said how much.")
    input_megapixels: Number | None
    output_megapixels: Number | None
    source: str = Field(description="Who said it.")
    at: Moment


class AttemptTold(Shape):
    """One submission that may have cost money."""

    number: int
    account: str
    started_at: Moment
    ticket_id: str | None = Field(description="Null: BFL's answer never came.")
    accepted_at: Moment | None
    ended_at: Moment | None = Field(description="Null: it is under way.")
    outcome: str | None = Field(description="done, refused, failed, moderated or lost.")
    message: str
    charges: list[ChargeTold]


class CopyOf(Shape):
    """The job whose picture another one gets a copy of."""

    batch: str
    number: int


class JobSeen(JobTold):
    """A job with everything that happened to it."""

    params: dict[str, Any] = Field(description="What is sent; an input image by its file and digest.")
    picture_of: CopyOf | None
    history: list[AttemptTold]


class WhichBatches(Shape):
    """A page of the list."""

    name: str = Field(default="", max_length=200, description="Only those of manifests with this name.")
    after: str | None = Field(default=None, pattern=ID, description="The `next` of the page before.")
    limit: int = Field(default=50, ge=1, le=MOST_AT_ONCE)


class WhichJobs(Shape):
    """A page of the jobs of a batch."""

    state: list[State] = Field(default=[], description="In one of these states; any, if none is named.")
    model: str = Field(default="", max_length=200)
    label: str = Field(default="", max_length=200, description="`key=value`, or a part of any label.")
    text: str = Field(default="", max_length=200, description="In the prompt, id, file name or reason.")
    after: int = Field(default=0, ge=0, le=MOST_NUMBER, description="The `next` of the page before.")
    limit: int = Field(default=100, ge=1, le=MOST_AT_ONCE)


@router.get("/batches")
def list_batches(site: Here, asked: Annotated[WhichBatches, Query()]) -> BatchPage:
    """Batches, the newest first."""
    with site.ledger.read() as tx:
        behind = None if asked.after is None else standing.find_batch(tx, asked.after)
        if asked.after is not None and behind is None:
            raise Refused(404, f"There is no batch {asked.after}.", cure="Begin again, without `after`.")
        found = standing.newest(tx, name=asked.name, behind=behind, limit=asked.limit + 1)
        stands = standing.standings_of(tx, found[: asked.limit])
    told = [BatchTold.model_validate(standing_json(one)) for one in stands]
    return BatchPage(batches=told, next=told[-1].batch if len(found) > asked.limit else None)


@router.get("/batches/{batch_id}")
def show_batch(site: Here, batch: ThisBatch) -> BatchSeen:
    """One batch: states, money, where it leads, its rules."""
    with site.ledger.read() as tx:
        look = look_at(tx, batch, time.time())
    now = look.standing.batch
    more = {name: getattr(now, name) for name in ("manifest_sha256", "created_at", "ended_at")}
    return BatchSeen.model_validate({**look.as_json(), "policy": now.policy.as_json(), **more})


@router.get("/batches/{batch_id}/jobs")
def list_jobs(site: Here, batch: ThisBatch, asked: Annotated[WhichJobs, Query()]) -> JobPage:
    """Its jobs in the order of the plan."""
    wanted = Wanted(states=frozenset(asked.state), model=asked.model, label=asked.label, text=asked.text)
    with site.ledger.read() as tx:
        found = histories.find_jobs(tx, batch.id, wanted, after=asked.after, limit=asked.limit + 1)
    told = [JobTold.model_validate(_job(row)) for row in found[: asked.limit]]
    return JobPage(jobs=told, next=told[-1].number if len(found) > asked.limit else None)


@router.get("/batches/{batch_id}/jobs/{number}")
def show_job(site: Here, batch: ThisBatch, number: JobNumber) -> JobSeen:
    """One job: what is asked, its picture, every attempt with every line of money."""
    with site.ledger.read() as tx:
        found = histories.history_of(tx, batch.id, number)
    if found is None:
        raise Refused(404, f"{batch.id} has no job {number}.")
    settled = [one.micro_credits for tried in found.attempts for one in tried.charges if one.kind == "settled"]
    known = [micro for micro in settled if micro is not None]
    row = {**found.job, "attempts": len(found.attempts), "settled_micro_credits": sum(known) if known else None}
    return JobSeen.model_validate(
        {
            **_job(row),
            "params": found.job["params"],
            "picture_of": found.picture_of and dict(zip(("batch", "number"), found.picture_of, strict=True)),
            "history": [_attempt(tried) for tried in found.attempts],
        }
    )


def _job(row: RowMapping | Mapping[str, Any]) -> dict[str, Any]:
    same = ("number", "state", "reason", "model", "lane", "account", "labels", "output_name", "attempts", "changed_at")
    return {
        **{name: row[name] for name in same},
        "row": row["row_id"],
        "prompt": row["params"].get("prompt"),
        "estimated_credits": _credits(row["estimate_micro_credits"]),
        "credits": _credits(row["settled_micro_credits"]),
        "picture": None if row["image_key"] is None else _picture(row),
    }


def _picture(row: RowMapping | Mapping[str, Any]) -> dict[str, Any]:
    names = ("key", "sha256", "format", "width", "height", "bytes")
    url = f"/batches/{row['batch_id']}/jobs/{row['number']}/image"
    return {"url": url, **{name: row[f"image_{name}"] for name in names}}


def _attempt(tried: Tried) -> dict[str, Any]:
    told = {name: getattr(tried, name) for name in AttemptTold.model_fields if name != "charges"}
    return {**told, "charges": [_charge(one) for one in tried.charges]}


def _charge(one: Charged) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "credits": _credits(one.micro_credits),
        "input_megapixels": _megapixels(one.input_micro_mp),
        "output_megapixels": _megapixels(one.output_micro_mp),
        "source": one.source,
        "at": one.at,
    }


def _credits(micro: int | None) -> Number | None:
    return None if micro is None else json_number(credits_of(micro))


def _megapixels(micro: int | None) -> Number | None:
    return None if micro is None else megapixels(micro)
