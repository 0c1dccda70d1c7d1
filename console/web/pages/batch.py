"""One batch: where it is, how fast, for what money, why pictures are missing, and by which rules it goes on."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from batches.store.ledger import payers, standing
from console.actions.overseeing import one_going
from console.actions.progressing import steps_of
from console.cli.rules import each_rule
from console.web import charts
from console.web.live import Source, Topic
from console.web.pages.frame import counts, head_of, page
from console.web.rendering import render
from console.web.site import Here, Site, ThisBatch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batches.store.ledger.records import Batch

MOST_REASONS = 8
"""Told one by one; the jobs of the others are listed."""

router = APIRouter()


@router.get("/batches/{batch_id}")
def summary(site: Here, batch: ThisBatch) -> Response:
    """How it stands."""
    live = f"/live/batches/{batch.id}"
    return HTMLResponse(page("batch.html", batch, "", parts=_topic(site, batch).parts(), live=live))


@router.get("/live/batches/{batch_id}")
async def live(site: Here, batch: ThisBatch) -> Response:
    """The same, as it changes."""
    return site.hub.stream(_topic(site, batch))


def _topic(site: Site, batch: Batch) -> Topic:
    return Topic(
        key=f"batch {batch.id}",
        sources=(
            Source(every=0.5, read=lambda: _now(site, batch)),
            Source(every=5.0, read=lambda: _so_far(site, batch)),
        ),
    )


def _now(site: Site, batch: Batch) -> Mapping[str, str]:
    now = time.time()
    with site.ledger.read() as tx:
        going = one_going(tx, batch, now)
    its = going.look.standing
    told = replace(its.batch.policy, budget=None, in_flight=None, priority=0, share=1)  # these have lines of their own
    facts = {"going": going, "its": its, "counts": counts(its), "rules": list(each_rule(told))}
    return {
        "head": head_of(its),
        **{name: render(f"parts/{name}.html", **facts) for name in ("state", "notices", "policy")},
    }


def _so_far(site: Site, batch: Batch) -> Mapping[str, str]:
    with site.ledger.read() as tx:
        found = standing.find_batch(tx, batch.id) or batch
        steps = steps_of(tx, found, time.time())
        reasons = standing.reasons(tx, batch.id)
        shares = payers.shares_of(tx, batch.id) if len(found.accounts) > 1 else ()
    cap = found.policy.budget.micro_credits if found.policy.budget else None
    drawn = [charts.throughput(steps, goes_on=found.ended_at is None), charts.spending(steps, cap)] if steps else []
    missing = {"reasons": reasons[:MOST_REASONS], "more": reasons[MOST_REASONS:], "batch": found}
    return {
        "charts": render("parts/charts.html", charts=drawn),
        "missing": render("parts/missing.html", **missing),
        "shares": render("parts/shares.html", shares=shares),
    }
