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
    outstanding: OutstandingTold


WRITTEN = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in KINDS.values()}


@router.get("/report", response_model=ReportTold, responses={200: {"content": WRITTEN}})
def report(
    site: Here,
    batch: Annotated[list[str], Query(description="Ids, their beginnings, or names of manifests; all, if none.")] = [],  # noqa: B006  # FastAPI copies it
    since: Annotated[str | None, Query(description="A date, a time, `today`, `yesterday`, or 12h, 7d, 2w ago.")] = None,
    until: Annotated[str | None, Query(description="The same.")] = None,
    zone: Annotated[str, Query(description="Whose days and hours are meant.")] = "UTC",
    by: Annotated[str, Query(description="One or two of day, hour, batch, model, account, lane, state, reason, label:KEY.")] = "model",
    format: Annotated[Format, Query(description="What it is written as.")] = Format.JSON,  # noqa: A002  # its name in the address
) -> Response:
    """Images, megapixels and credits by model, day, label …, what was wasted, and what is outstanding."""
    period, axes = period_of(since, until, zone, time.time()), axes_of(by)
    question = question_of(batches_for(site.ledger, batch, period, every=not batch), period, axes)
    with site.ledger.read() as tx:
        made = make_report(tx, question)
    match format:
        case Format.JSON:
            return JSONResponse(ReportTold.model_validate(formats.as_json(made)).model_dump(mode="json"))
        case Format.CSV:
            written: str | bytes = formats.as_csv(made)
        case Format.MARKDOWN:
            written = formats.as_markdown(made)
        case Format.PARQUET:
            written = formats.as_parquet(made)
    return Response(written, media_type=KINDS[format])
