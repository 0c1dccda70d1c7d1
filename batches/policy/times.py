"""When a batch may begin jobs and when it has to be done, by the clocks of a time zone.

A moment is in seconds since the epoch. Where a zone changes its clocks, a time that they show twice is the first of
the two, and one that they skip comes as long after the last midnight as on other days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import count
from math import inf
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

MINUTES_PER_DAY = 1440

FARTHEST_DAYS = 3660
"""How far a window is looked ahead: ten years."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The hours of each day in which jobs begin. What has begun goes on when it closes."""

    begin: int  #: minutes after midnight, 0 to 1439
    end: int  #: minutes after the same midnight, more than `begin`; beyond 1440 they are of the next morning
    time_zone: str  #: whose clocks count, such as `Europe/Berlin`

    def is_open(self, now: float) -> bool:
        """Whether jobs may begin at this moment."""
        return self.next_opening(now) == now

    def next_opening(self, now: float) -> float:
        """The first moment from now on at which jobs may begin: now, where it is open."""
        return next(opening for opening, _ in self._openings(now))

    def working_end(self, now: float, seconds: float) -> float:
        """The moment at which it has been open for so many seconds from now on; infinite beyond ten years."""
        for opening, closing in self._openings(now):
            if seconds <= closing - opening:
                return opening + seconds
            seconds -= closing - opening
        return inf

    def _openings(self, now: float) -> Iterator[tuple[float, float]]:
        """From when to when it is open, one after the other and never twice at once, beginning with now."""
        zone = ZoneInfo(self.time_zone)
        today = datetime.fromtimestamp(now, zone).date()
        for days in range(-1, FARTHEST_DAYS):
            day = today + timedelta(days)
            opening, closing = max(now, moment_of(day, self.begin, zone)), moment_of(day, self.end, zone)
            if opening < closing:
                yield opening, closing
                now = closing


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """When a batch should be done."""

    day: date | None = None  #: None: the day on which the clocks next show this time
    minutes: int  #: after midnight, 0 to 1439
    time_zone: str  #: whose clocks count: a name, an offset such as `+01:00`, or `Z`

    def at(self, now: float) -> float:
        """The moment it means to a batch that is submitted now; without a day always later than now."""
        zone = _zone(self.time_zone)
        if self.day is not None:
            return moment_of(self.day, self.minutes, zone)
        today = datetime.fromtimestamp(now, zone).date()
        moments = (moment_of(today + timedelta(days), self.minutes, zone) for days in count())
        return next(moment for moment in moments if moment > now)


def moment_of(day: date, minutes: int, zone: tzinfo | None) -> float:
    """When the clocks of a zone show so many minutes after the midnight of a day, in seconds since the epoch."""
    days, minutes = divmod(minutes, MINUTES_PER_DAY)
    clock = time(*divmod(minutes, 60), tzinfo=zone)
    return datetime.combine(day + timedelta(days), clock).timestamp()


def _zone(name: str) -> tzinfo | None:
    return time.fromisoformat(f"00:00{name}").tzinfo if name[0] in "+-Z" else ZoneInfo(name)
