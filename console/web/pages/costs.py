"""Costs: what `fluxbatch report` tells, live, with its charts, and every budget as it burns down."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import HTMLResponse, Response

from batches.errors import SettingError
from batches.reports import formats, make_report
from batches.reports.axes import AXES, LABEL
from batches.reports.page import facts_of
from batches.reports.sentences import sentences
from batches.store.ledger import standing
from batches.store.ledger.totals import Scope, totals
from console.actions.burning import burning
from console.web import charts
from console.web.costs import USUAL, Wanted, drawn_of
from console.web.frugal import Frugal
from console.web.live import Source, Topic
from console.web.refusals import Refused
from console.web.rendering import render
from console.web.site import ID, Here, Site

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection

    from batches.reports import Report

PERIODS = {"today": "Today", "7d": "7 days", "30d": "30 days", "": "All time"}

MOST_BATCHES = 200
"""Offered to choose from."""

KINDS: Mapping[str, tuple[str, Callable[[Report], bytes]]] = {
    "csv": ("text/csv", lambda report: formats.as_csv(report).encode()),
    "md": ("text/markdown", lambda report: formats.as_markdown(report).encode()),
    "json": ("application/json", lambda report: json.dumps(formats.as_json(report), indent=2).encode()),
    "parquet": ("application/vnd.apache.parquet", formats.as_parquet),
}

router = APIRouter()

Words = Annotated[str, Query(max_length=100)]


def _wanted(
    since: Words = USUAL,
    until: Words = "",
    zone: Words = "UTC",
    by: Words = "model",
    then: Words = "",
    *,
    batch: Annotated[str, Query(pattern=rf"^$|{ID}")] = "",
) -> Wanted:
    return Wanted(since.strip(), until.strip(), zone.strip(), by, then, batch)


Asked = Annotated[Wanted, Depends(_wanted)]


@router.get("/costs")
def costs(site: Here, asked: Asked) -> Response:
    """The report, and what to ask it."""
    wrong = ""
    try:
        parts = {**_told(site, asked), **_burning(site)}
    except SettingError as error:
        wrong, parts = f"{error.message} {error.cure}", {"report": "", **_burning(site)}
    with site.ledger.read() as tx:
        choices = {"batches": standing.list_batches(tx)[:MOST_BATCHES], "axes": [*AXES, *_labels(tx)]}
    facts = {"asked": asked, "periods": PERIODS, "kinds": KINDS, "wrong": wrong, "parts": parts, **choices}
    live = {} if wrong else {"live": f"/live/costs{asked.query()}"}
    return HTMLResponse(render("costs.html", here="/costs", **facts, **live))


@router.get("/live/costs")
async def live(site: Here, asked: Asked) -> Response:
    """The same, as it changes."""
    return site.hub.stream(
        Topic(
            key=f"costs {asked.query()}",
            sources=(
                Source(every=2.0, read=Frugal(lambda: _told(site, asked))),
                Source(every=2.0, read=Frugal(lambda: _burning(site))),
            ),
        )
    )


@router.get("/costs/charts")
def drawings(site: Here, asked: Asked) -> Response:
    """The charts, which take a moment to draw."""
    with site.ledger.read() as tx:
        facts = facts_of(tx, asked.question(), now=time.time())
    return HTMLResponse(render("parts/exhibits.html", exhibits=drawn_of(facts)))


@router.get("/costs/report.{kind}")
def download(site: Here, asked: Asked, kind: str) -> Response:
    """To keep."""
    if kind not in KINDS:
        raise Refused(404, f"There is no report as {kind}.", cure=f"There is {', '.join(KINDS)}.")
    media, spelt = KINDS[kind]
    headers = {"Content-Disposition": f'attachment; filename="costs.{kind}"'}
    return Response(spelt(_report(site, asked)), media_type=media, headers=headers)


def _told(site: Site, asked: Wanted) -> Mapping[str, str]:
    report = _report(site, asked)
    titles, rows, total = formats.table_of(report)
    facts = {
        "report": report,
        "titles": titles,
        "rows": rows,
        "total": total,
        "words": len(report.question.by),
        "sentences": [(said.strip(), said.startswith("  ")) for said in sentences(report)],
        "wasted": sum(one.settled for one in report.wasted),
    }
    return {"report": render("parts/report.html", **facts)}


def _report(site: Site, asked: Wanted) -> Report:
    question = asked.question()
    with site.ledger.read() as tx:
        return make_report(tx, question)


def _burning(site: Site) -> Mapping[str, str]:
    now = time.time()
    with site.ledger.read() as tx:
        found = list(burning(tx, site.budgets(), now))
    shown = [(one, charts.spending(one.steps, one.purse.budget.micro_credits) if one.steps else None) for one in found]
    return {"burning": render("parts/burning.html", budgets=shown)}


def _labels(tx: Connection) -> Sequence[str]:
    """As `by` takes them."""
    names = {name for one in totals(tx, ["labels"], Scope()) for name in json.loads(str(one.key["labels"]))}
    return [f"{LABEL}{name}" for name in sorted(names)]
