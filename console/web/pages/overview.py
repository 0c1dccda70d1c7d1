"""The first page: what goes on, in which slots, with which workers, for what money; and what is over."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse, Response

from batches.errors import SettingError
from batches.store.ledger import standing
from console.actions import limiting
from console.actions.overseeing import oversee
from console.actions.services import SIMULATOR
from console.web.live import Source, Topic
from console.web.pages.frame import counts
from console.web.rendering import render
from console.web.site import Here, Site
from workers.accounts import Accounts
from workers.errors import BrokerError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from console.actions.limiting import LaneLine
    from workers.accounts import Account

PAGE = 20
"""Batches at rest that are told at once."""

PARTS = ("alerts", "tiles", "going", "workers", "budgets", "lately")
"""Those that are looked at with every look."""

router = APIRouter()

PageNumber = Annotated[int, Query(ge=1, le=1_000_000, description="Of the batches at rest.")]


@router.get("/")
def overview(site: Here, page: PageNumber = 1) -> Response:
    """How everything stands."""
    parts = _topic(site, page).parts()
    return HTMLResponse(render("overview.html", parts=parts, here="/", live=f"/live/overview?page={page}"))


@router.get("/live/overview")
async def live(site: Here, page: PageNumber = 1) -> Response:
    """The same, as it changes."""
    return site.hub.stream(_topic(site, page))


def _topic(site: Site, page: int) -> Topic:
    return Topic(
        key=f"overview {page}",
        sources=(
            Source(every=0.5, read=lambda: _going(site)),
            Source(every=1.0, read=lambda: _lanes(site)),
            Source(every=2.0, read=lambda: _rested(site, page)),
        ),
    )


def _going(site: Site) -> Mapping[str, str]:
    now, budgets = time.time(), site.budgets()
    with site.ledger.read() as tx:
        seen = oversee(tx, budgets, now)
    facts = {"seen": seen, "now": now, "counts": counts}
    return {
        name: render(f"parts/{name}.html", **facts)
        for name in ("alerts", "tiles", "going", "workers", "budgets", "lately")
    }


def _lanes(site: Site) -> Mapping[str, str]:
    trouble = ""
    lines: dict[str, Sequence[LaneLine]] = {}
    try:
        lines = {one.name: limiting.lanes(site.settings, one, site.ledger) for one in _accounts(site)}
    except BrokerError as error:
        trouble = str(error)
    return {"lanes": render("parts/lanes.html", lines=lines, trouble=trouble, now=time.time())}


def _accounts(site: Site) -> Sequence[Account]:
    """Those that can be used, and those that pay for a batch that goes on."""
    with site.ledger.read() as tx:
        paying = {name for batch in standing.going_on(tx) for name in batch.accounts}
    known = {one.name: one for one in (*Accounts.of(site.settings), SIMULATOR)}
    return [one for one in known.values() if one.name in paying or (one is not SIMULATOR and _has_key(one))]


def _has_key(account: Account) -> bool:
    try:
        account.key()
    except SettingError:
        return False
    return True


def _rested(site: Site, page: int) -> Mapping[str, str]:
    with site.ledger.read() as tx:
        found = standing.at_rest(tx, limit=PAGE + 1, offset=(page - 1) * PAGE)
        stands = standing.standings_of(tx, found[:PAGE])
    facts = {"stands": stands, "page": page, "more": len(found) > PAGE, "counts": counts}
    return {"rested": render("parts/rested.html", **facts)}
