"""What the broker knows: the slots of each lane, and doorbells that nobody has answered yet."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from console.actions.limiting import every_lane
from console.web.metrics.families import counter, gauge, single
from workers.app import waiting_doorbells
from workers.broker import connect
from workers.embedded import running_broker
from workers.errors import BrokerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from prometheus_client import Metric

    from batches.store.ledger import Ledger
    from console.actions.limiting import LaneLine
    from workers.settings import Settings
    from workers.slots import LaneView


class OfLane(NamedTuple):
    """A gauge of each lane."""

    name: str
    told: str
    of: Callable[[LaneView], float]


OF_LANES = (
    OfLane("lane_slots_used", "Slots that are taken.", lambda view: view.used),
    OfLane("lane_slots_limit", "Slots a lane has now: its ceiling, less what 429s have cut.", lambda view: view.limit),
    OfLane("lane_slots_ceiling", "The most slots a lane may have.", lambda view: view.ceiling),
    OfLane("lane_resting_seconds", "For so long it gives no slot.", lambda view: view.rests_seconds),
)


def of_slots(settings: Settings, ledger: Ledger) -> Iterator[Metric]:
    """All of it. Where the broker is out of reach, that alone; an embedded one is up while workers are."""
    try:
        lines = every_lane(settings, ledger)
        doorbells = _doorbells(settings, lines)
    except BrokerError:
        lines, doorbells = {}, None
    yield gauge("broker_up", "Whether the broker answers.", (), single(doorbells is not None))
    yield from _lanes(lines)
    how = "Messages that no worker has taken yet."
    yield gauge("doorbells", how, ("account",), [((name,), many) for name, many in (doorbells or {}).items()])


def _lanes(lines: Mapping[str, Sequence[LaneLine]]) -> Iterator[Metric]:
    views = [((account, one.lane), one.view) for account, its in lines.items() for one in its]
    for name, how, of in OF_LANES:
        values = [(labels, of(view)) for labels, view in views if view is not None]
        yield gauge(name, how, ("account", "lane"), values)
    cuts = [(labels, float(view.cuts)) for labels, view in views if view is not None]
    how = "How often bursts of 429s have cut it; from 0 again once the broker has forgotten it."
    yield counter("lane_cuts", how, ("account", "lane"), cuts)
    last = [(labels, view.cut.at) for labels, view in views if view is not None and view.cut is not None]
    yield gauge("lane_cut_timestamp_seconds", "When 429s last cut it.", ("account", "lane"), last)


def _doorbells(settings: Settings, accounts: Iterable[str]) -> Mapping[str, int] | None:
    """By account; None where no broker is up."""
    url = settings.broker_url or running_broker(settings.home)
    if url is None:
        return None
    with closing(connect(url)) as redis:
        return {account: waiting_doorbells(redis, account) for account in accounts}
