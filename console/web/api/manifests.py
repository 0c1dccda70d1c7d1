"""From a manifest to its bill, and to a batch. No file of this server is ever read for it."""

from __future__ import annotations

import secrets
import time
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Query, Response
from pydantic import Field

from batches.manifest import ManifestError
from batches.manifest.policy_values import MOST_MONEY
from batches.money import micro_credits, show_credits
from batches.reports.cost import standing_json
from console.actions.uploads import Uploads
from console.web.api.shapes import BatchTold, Cost, Number, Shape
from console.web.drafting import FILE, Draft, drafted, submit
from console.web.refusals import BadManifest, Refused
from console.web.site import Here

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batches.manifest import Problem
    from console.web.drafting import Drafted
    from console.web.site import Site

MOST_TEXT = 2_000_000
"""Letters of a manifest. More prompts than fit in are a file of their own."""

router = APIRouter(tags=["manifests"])


class FileKept(Shape):
    """A file that is there now."""

    name: str
    sha256: str = Field(description="By which `files` names it.")
    bytes: int


class Written(Shape):
    """A manifest, as its file would say it, and the files beside it."""

    manifest: str = Field(max_length=MOST_TEXT, description="YAML.", examples=["version: 1\nname: hello\n…"])
    files: dict[str, str] = Field(default={}, description="SHA-256 by name, of files that were sent before.")
    simulate: bool = Field(default=False, description="Let the simulator make it, which costs nothing.")
    again: bool = Field(default=False, description="Make all of it anew, also what a finished batch has.")


class Agreed(Written):
    """A manifest, and what somebody agrees to pay."""

    most_credits: Decimal = Field(
        ge=0, le=MOST_MONEY, description="If what is new costs more than this by its estimate, nothing is submitted."
    )


class Prices(Shape):
    """The price table of an estimate."""

    as_of: str
    sha256: str


class PlanCost(Cost):
    """An estimate with its span."""

    low: Cost
    high: Cost


class ModelBill(PlanCost):
    """What is asked of one model."""

    lane: str
    jobs: int
    copies: int
    output_megapixels: Number
    unknown_sizes: int
    input_megapixels: Number
    unmeasured_inputs: int
    unknown_prices: int
    learnt_prices: int
    negotiated: bool
    stored_megapixels: dict[str, Number]


class PaceTold(Shape):
    """How long an image takes."""

    seconds: Number
    learnt_from: int = Field(description="Jobs; 0: it is what was published or measured by others.")


class DurationTold(Shape):
    """How long all of it takes."""

    seconds: Number
    lanes: dict[str, Number]
    seconds_per_image: dict[str, PaceTold]


class DiskTold(Shape):
    """What room the pictures need."""

    bytes: int
    learnt: bool
    free_bytes: int | None


class FinishTold(Shape):
    """Whether it is done by the policy's deadline."""

    by: str | None
    at: str | None
    in_time: bool
    share: Number


class SurveyTold(Shape):
    """What the ledger has already, and what is new."""

    known: int = Field(description="Jobs that its batch has already.")
    new: int = Field(description="Jobs to make and pay.")
    copies: int = Field(description="Jobs that get a copy of another one's picture.")
    reused: int = Field(description="Jobs whose picture another batch has made.")
    credits: Number = Field(description="What the new ones will cost, as far as prices are known.")
    unknown_prices: int = Field(description="New ones that this leaves out.")


class Bill(Shape):
    """What a manifest comes to."""

    name: str
    manifest_sha256: str
    fingerprint: str = Field(description="The same for the same name, jobs and file names.")
    jobs: int
    unique_jobs: int
    output_megapixels: Number
    input_megapixels: Number
    cost: PlanCost = Field(description="Of all of it, also what is there already.")
    unknown_prices: int
    learnt_prices: int
    prices: Prices
    models: dict[str, ModelBill]
    warnings: list[str]
    duration: DurationTold
    disk: DiskTold
    finish: FinishTold | None
    batch: str | None = Field(description="The batch that it goes on with; null: it becomes a new one.")
    submitting: SurveyTold = Field(description="What submitting it would add.")


class Submitted(Shape):
    """The batch that a manifest became, or went on with."""

    message: str
    batch: BatchTold
    submitted: SurveyTold


@router.post("/files")
def keep_file(
    site: Here,
    name: Annotated[str, Query(max_length=120, description="As the manifest names it.")],
    data: Annotated[bytes, Body(media_type="application/octet-stream")],
) -> FileKept:
    """Send a file that a manifest names: prompts, or an input image. It is kept for a day; once submitted, for good."""
    sha256 = Uploads(site.settings.home).keep(name, data, time.time())
    return FileKept(name=name, sha256=sha256, bytes=len(data))


@router.post("/plan")
def plan(site: Here, written: Written) -> Bill:
    """What it comes to. Nothing is ordered, and nothing is written into the ledger."""
    with _drafted(site, written, Uploads(site.settings.home).draft(written.files)) as made:
        known = made.survey.continues
        money = {"batch": known.batch.id if known else None, "submitting": made.survey.as_json()}
        return Bill.model_validate({**made.plan.as_json(), **made.figures.as_json(), **money})


@router.post("/batches", status_code=201, responses={200: {"model": Submitted, "description": "It was there."}})
def submit_batch(site: Here, agreed: Agreed, response: Response) -> Submitted:
    """Write it into the ledger; workers carry it out. What was submitted before is gone on with, and not paid again.

    So it can be sent again after an answer that got lost: 201 says that there is a new batch, 200 that there was one.
    """
    with _drafted(site, agreed, Uploads(site.settings.home).submitted(agreed.files)) as made:
        new, agreed_to = made.survey, micro_credits(agreed.most_credits)
        if new.micro_credits > agreed_to:
            told = f"It will cost about {show_credits(new.micro_credits)}, more than the {show_credits(agreed_to)}"
            raise Refused(409, f"{told} you agreed to.", cure="Send `most_credits` as high as that.", code="too_dear")
        standing = submit(made, site.settings, site.ledger)
    if new.continues is not None:
        response.status_code = 200
    said = (
        f"{standing.batch.id}: {new.added:,} jobs were added." if new.added else f"{standing.batch.id} has all of it."
    )
    batch = BatchTold.model_validate(standing_json(standing))
    return Submitted(message=said, batch=batch, submitted=SurveyTold.model_validate(new.as_json()))


@contextmanager
def _drafted(site: Site, written: Written, folder: Path) -> Iterator[Drafted]:
    """The plan, while nobody else's takes its place."""
    draft = Draft(text=written.manifest, files=written.files, simulate=written.simulate, again=written.again)
    with site.turns.turn(secrets.token_hex(8)) as heed:
        try:
            yield drafted(draft, folder, settings=site.settings, ledger=site.ledger, heed=heed, now=time.time())
        except ManifestError as error:
            raise BadManifest([_told(one, folder) for one in error.problems], more=error.more) from None


def _told(problem: Problem, folder: Path) -> dict[str, Any]:
    """Where files lie is nothing to a reader."""
    return {
        "file": Path(problem.place.file).name or FILE,
        "line": problem.place.line,
        "column": problem.place.column,
        "message": problem.message.replace(f"{folder}/", ""),
        "cure": problem.hint,
        "alike": problem.alike,
    }
