"""One look at a batch: how it stands, where it leads, and what there is to tell of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batches.reports.cost import standing_json
from batches.reports.projection import project
from batches.store.ledger import courses, exhausted, notices, payers, standing, stops
from batches.store.ledger.records import EVERY_LANE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from sqlalchemy import Connection

    from batches.reports.projection import Projection
    from batches.store.ledger.exhausted import Exhausted
    from batches.store.ledger.notices import Notice
    from batches.store.ledger.records import Batch, Stop
    from batches.store.ledger.standing import Standing

LOOK_SECONDS = 0.25

NOTICE_SECONDS = 86_400
"""A notice is shown for a day."""

MOST_NOTICES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is seen."""

    standing: Standing
    projection: Projection | None  #: None: the batch has come to rest
    notices: Sequence[Notice]  #: of the batch and of wide budgets, the newest last
    stop: Stop | None  #: why its accounts rest
    exhausted: Sequence[Exhausted]  #: those of its accounts that pay no more, because of a budget of their own

    def as_json(self) -> dict[str, object]:
        """For machines."""
        return {
            **standing_json(self.standing),
            "projected": self.projection.as_json() if self.projection else None,
            "exhausted": [
                {"account": one.account, "budget": one.budget, "message": one.message} for one in self.exhausted
            ],
            "notices": [{"event": notice.event.value, "text": notice.text, "at": notice.at} for notice in self.notices],
        }


def look_at(tx: Connection, batch: Batch, now: float) -> Look:
    """How this batch stands now."""
    seen = standing.standing_of(tx, standing.find_batch(tx, batch.id) or batch)
    no_more = exhausted.of_batch(tx, batch.id) if len(seen.batch.accounts) > 1 and not seen.rests else ()
    return Look(
        standing=seen,
        projection=None if seen.rests else _projection(tx, seen, now),
        notices=notices.latest(tx, batch.id, since=now - NOTICE_SECONDS, limit=MOST_NOTICES),
        stop=_standstill(tx, seen.batch, {one.account for one in no_more}),
        exhausted=no_more,
    )


def _projection(tx: Connection, seen: Standing, now: float) -> Projection:
    speed = courses.speed_of(tx, seen.batch, now)
    return project(seen, courses.courses_of(tx, seen.batch.id), speed, now)


def _standstill(tx: Connection, batch: Batch, no_more: AbstractSet[str]) -> Stop | None:
    """What keeps every job of the batch waiting. While one of its accounts goes on, that one takes all there is left.

    But for tickets: those that nobody carries are waiting for a key that is refused.
    """
    stopped = {stop.account: stop for stop in stops.all_stops(tx) if stop.lane == EVERY_LANE}
    able = [account for account in batch.accounts if account not in no_more]
    if able and stopped.keys() >= set(able):
        return stopped[able[0]]
    theirs = [account for account in payers.with_tickets(tx, batch.id) if account in stopped]
    if theirs and payers.is_left_to(tx, batch.id, theirs):
        return stopped[theirs[0]]
    return None
