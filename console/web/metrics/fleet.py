"""Who is at work, what rests, how long jobs wait, and how quick models are."""

from __future__ import annotations

from collections import Counter
from importlib.metadata import version
from typing import TYPE_CHECKING

from prometheus_client.core import InfoMetricFamily

from batches.store.ledger import backlog, presence, standing, stops
from batches.store.ledger.paces import all_paces
from console.web.metrics.families import gauge, single, sorted_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client import Metric
    from sqlalchemy import Connection

PARTS = (0.5, 0.9, 0.99)


def of_fleet(tx: Connection, now: float) -> Iterator[Metric]:
    """All of it."""
    yield InfoMetricFamily("fluxbatch_build", "What is served.", {"version": version("fluxbatch")})
    workers = Counter({("alive",): 0, ("silent",): 0})
    workers.update(("silent" if one.is_silent(now) else "alive",) for one in presence.at_work(tx, now))
    yield gauge("workers", "Processes that have not left; silent: not heard of for 10 s.", ("state",), workers.items())
    at_risk = single(presence.results_at_risk(tx, now))
    yield gauge("results_at_risk", "Results that are ready and not fetched, whose links die soon.", (), at_risk)
    batches = Counter({("running",): 0, ("paused",): 0})
    batches.update(("paused" if batch.paused else "running",) for batch in standing.going_on(tx))
    yield gauge("batches", "Batches that have not come to rest.", ("state",), batches.items())
    yield from _waiting(tx)


def _waiting(tx: Connection) -> Iterator[Metric]:
    rests = [((one.account, one.lane, one.reason), 1.0) for one in stops.all_stops(tx)]
    yield gauge("stopped", "1: an account, or one lane of it, rests.", ("account", "lane", "reason"), rests)
    dues = [((lane.value,), due) for lane, due in backlog.oldest_due(tx).items()]
    how = "When the first of the jobs that wait was due, or will be, in batches that go on."
    yield gauge("oldest_due_timestamp_seconds", how, ("lane",), dues)
    paces: dict[tuple[str, ...], float] = {
        (*whose, str(part)): seconds
        for whose, pace in all_paces(tx).items()
        for part in PARTS
        if (seconds := pace.within(part)) is not None
    }
    how = "From acceptance to the result, as the latest jobs of a model showed, to a fifth."
    yield gauge("pace_seconds", how, ("account", "model", "quantile"), sorted_values(paces))
