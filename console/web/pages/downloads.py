"""The report of a batch as it stands now, and a line per job, to keep."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from batches.reports import Question, axes_of, formats, make_report
from batches.reports.receipt import as_csv
from batches.store.ledger.receipts import job_lines, manifest_of
from console.actions.reporting import page_of
from console.actions.running import report_of
from console.web.refusals import Refused
from console.web.site import Here, Site, ThisBatch
from workers.bounds import bounds_of

if TYPE_CHECKING:
    from batches.reports import Report
    from batches.store.ledger.records import Batch

router = APIRouter()


@router.get("/batches/{batch_id}/report.html")
def as_page(site: Here, batch: ThisBatch) -> Response:
    """The page with its charts; it needs no network either."""
    page = page_of(site.ledger, _question(batch), report_of(site.ledger, batch), bounds_of(site.settings))
    return _file(batch, "report.html", "text/html", page.encode(errors="backslashreplace"))


@router.get("/batches/{batch_id}/report.json")
def as_json(site: Here, batch: ThisBatch) -> Response:
    """As `fluxbatch report --json` prints it."""
    told = {**report_of(site.ledger, batch).as_json(), **formats.as_json(_report(site, batch))}
    return _file(batch, "report.json", "application/json", json.dumps(told, indent=2).encode())


@router.get("/batches/{batch_id}/report.csv")
def as_table(site: Here, batch: ThisBatch) -> Response:
    """By model."""
    return _file(batch, "report.csv", "text/csv", formats.as_csv(_report(site, batch)).encode())


@router.get("/batches/{batch_id}/jobs.csv")
def each_job(site: Here, batch: ThisBatch) -> Response:
    """A line per job, however many there are."""
    return StreamingResponse(
        as_csv(job_lines(site.ledger, batch.id)), media_type="text/csv", headers=_kept_as(batch, "jobs.csv")
    )


@router.get("/batches/{batch_id}/manifest.yaml")
def manifest(site: Here, batch: ThisBatch) -> Response:
    """What was asked, as it was written."""
    with site.ledger.read() as tx:
        text = manifest_of(tx, batch.manifest_sha256)
    if text is None:
        raise Refused(404, "The manifest was too long to be kept.", cure="Its prompts are in jobs.csv.")
    return _file(batch, "manifest.yaml", "application/yaml", text.encode())


def _question(batch: Batch) -> Question:
    return Question(batches=frozenset({batch.id}), by=axes_of("model"))


def _report(site: Site, batch: Batch) -> Report:
    with site.ledger.read() as tx:
        return make_report(tx, _question(batch))


def _file(batch: Batch, name: str, kind: str, data: bytes) -> Response:
    return Response(data, media_type=kind, headers=_kept_as(batch, name))


def _kept_as(batch: Batch, name: str) -> dict[str, str]:
    """Saved and not shown: it may not run as a page of ours."""
    return {"Content-Disposition": f'attachment; filename="{batch.id}-{name}"'}
