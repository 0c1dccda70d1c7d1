"""What happened when: sums by quarter of an hour, cut into as many slices as a chart can show. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from batches.reports.figures import Figures
from batches.store.ledger.quarters import QUARTER_SECONDS, WRITTEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from batches.store.ledger.totals import Total

MOST_SLICES = 72
"""More bars than that are no wider than the gaps between them."""

HOURS = (0.25, 0.5, 1, 2, 3, 6, 12)
DAYS = (1, 2, 7, 14, 28, 91, 364)
STEPS = (*(timedelta(hours=hours) for hours in HOURS), *(timedelta(days=days) for days in DAYS))

MONDAY = datetime(1970, 1, 5)  # noqa: DTZ001  # what clocks show, in whatever zone
"""Slices are counted from here, so that weeks begin with a Monday and days at midnight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """What came to its end in a stretch of time."""

    start: datetime  #: as the clocks of the report's zone show it, without the zone
    end: datetime  #: where the next one starts
    seconds: float  #: how long it is: a day has 23 hours when the clocks change
    figures: Figures
    settled: Mapping[str, int]  #: micro-credits by model

    @property
    def images_per_hour(self) -> float:
        """How many pictures an hour were stored."""
        return self.figures.images * 3600 / self.seconds

    @property
    def slots(self) -> float:
        """How many slots were in use on average."""
        return self.figures.slot_seconds / self.seconds


def timeline(told: Iterable[Total], zone: ZoneInfo) -> Sequence[Slice]:
    """Sums by quarter and model in the order of time, the slices without any among them."""
    ended = [(_clock(one, zone), one) for one in told if one.what not in WRITTEN]
    if not ended:
        return []
    moments = [moment for moment, _ in ended]
    step = step_for(min(moments), max(moments))
    together: defaultdict[datetime, list[Total]] = defaultdict(list)
    for moment, one in ended:
        together[_floor(moment, step)].append(one)
    return [_slice(together[start], start, start + step, zone) for start in _starts(min(together), max(together), step)]


def step_for(first: datetime, last: datetime) -> timedelta:
    """The shortest step that cuts this time into few enough slices."""
    fitting = (step for step in STEPS if (_floor(last, step) - _floor(first, step)) / step < MOST_SLICES)
    return next(fitting, STEPS[-1])


def _starts(first: datetime, last: datetime, step: timedelta) -> Iterator[datetime]:
    while first <= last:
        yield first
        first += step


def _slice(told: Sequence[Total], start: datetime, end: datetime, zone: ZoneInfo) -> Slice:
    settled: defaultdict[str, int] = defaultdict(int)
    for one in told:
        settled[str(one.key["model"])] += one.amounts.settled
    return Slice(
        start=start,
        end=end,
        seconds=end.replace(tzinfo=zone).timestamp() - start.replace(tzinfo=zone).timestamp(),
        figures=Figures.total(Figures.of(one.what, one.amounts) for one in told),
        settled=settled,
    )


def _clock(one: Total, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(int(one.key["quarter"]) * QUARTER_SECONDS, zone).replace(tzinfo=None)


def _floor(moment: datetime, step: timedelta) -> datetime:
    return MONDAY + (moment - MONDAY) // step * step
