"""What was made and paid, by whatever a person asks."""

from __future__ import annotations

import time
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from batches.reports import axes_of, formats, make_report, period_of
from console.actions.reporting import batches_for, question_of
from console.web.api.shapes import Cost, Number, Shape
from console.web.site import Here

router = APIRouter(tags=["reports"])


class Format(StrEnum):
    """What a report is written as."""

    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"
    PARQUET = "parquet"


KINDS = {
    Format.CSV: "text/csv",
    Format.MARKDOWN: "text/markdown",
    Format.PARQUET: "application/vnd.apache.parquet",
}


class FiguresTold(BaseModel):
    """The figures of a line. Beside them it has a text for each word of `by`."""

    model_config = ConfigDict(extra="allow")

    jobs: int
    attempts: int
    images: int
    output_megapixels: Number
    input_megapixels: Number
    credits: Number
    usd: Number
    cost_unknown: int
    credits_per_image: Number | None
    credits_per_megapixel: Number | None
    estimated_credits: Number
    estimate_unknown: int
    difference_credits: Number
    difference_percent: Number | None
    drift: bool
    deduped_credits: Number
    reused_credits: Number


class WasteTold(Shape):
    """Money that brought no picture, for one reason."""

    outcome: str
    reason: str
    attempts: int
    cost: Cost
    cost_unknown: int


class CorrectionTold(Shape):
    """What charges were corrected by afterwards, for one reason."""

    reason: str
    attempts: int
    difference: Cost


class OutstandingTold(Shape):
    """What is reserved and at risk now, whatever the period."""

    reserved: Cost
    at_risk: Cost
    expired: Cost


class ReportTold(Shape):
    """A report."""

    since: str | None
    until: str | None
    zone: str
    by: list[str]
    lines: list[FiguresTold]
    totals: FiguresTold
    wasted: list[WasteTold]
    corrections: list[CorrectionTold]
    outstanding: OutstandingTold


WRITTEN = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in KINDS.values()}


class Asked(Shape):
    """What a report is about."""

    batch: list[str] = Field(default=[], description="Ids, their beginnings, or names of manifests; all, if none.")
    since: str | None = Field(default=None, description="A date, a time, `today`, `yesterday`, or ago: 12h, 7d, 2w.")
    until: str | None = Field(default=None, description="The same.")
    zone: str = Field(default="UTC", description="Whose days and hours are meant.")
    by: str = Field(
        default="model",
        description="One or two of day, hour, batch, model, account, lane, state, reason, label:KEY.",
    )
    format: Format = Format.JSON


@router.get("/report", response_model=ReportTold, responses={200: {"content": WRITTEN}})
def report(site: Here, asked: Annotated[Asked, Query()]) -> Response:
    """Images, megapixels and credits by model, day, label …, what was wasted, and what is outstanding."""
    period = period_of(asked.since, asked.until, asked.zone, time.time())
    found = batches_for(site.ledger, asked.batch, period, every=not asked.batch)
    with site.ledger.read() as tx:
        made = make_report(tx, question_of(found, period, axes_of(asked.by)))
    match asked.format:
        case Format.JSON:
            return JSONResponse(ReportTold.model_validate(formats.as_json(made)).model_dump(mode="json"))
        case Format.CSV:
            written: str | bytes = formats.as_csv(made)
        case Format.MARKDOWN:
            written = formats.as_markdown(made)
        case Format.PARQUET:
            written = formats.as_parquet(made)
    return Response(written, media_type=KINDS[asked.format])
