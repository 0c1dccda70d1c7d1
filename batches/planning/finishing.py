"""Will it be done by then? Times are seconds since the epoch; what a person writes and reads is local time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from math import isfinite
from typing import TYPE_CHECKING

from batches.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable

CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
DAY_SECONDS = 24 * 3600
HALVINGS = 20  # bring the share to a millionth


@dataclass(frozen=True, slots=True)
class Finish:
    """When a plan would be done, and how that compares with a time that was named."""

    by: float  #: when it should be done
    at: float  #: when it would be; infinite where that is too far to tell
    share: float  #: of the work that is done by then, from 0 to 1

    @property
    def in_time(self) -> bool:
        """Whether it would be done by then."""
        return self.at <= self.by

    def say(self, now: float) -> str:
        """In a sentence."""
        by = show_moment(self.by, now)
        at = "about " + show_moment(self.at, now) if isfinite(self.at) else "not for years"
        if self.in_time:
            return f"Would be done {at}, in time for {by}."
        percent = min(99, round(100 * self.share))  # what is not done is never 100 %
        return f"Not by {by}: {at}; by then {percent} % would be done."

    def as_json(self) -> dict[str, object]:
        """All of it, for machines."""
        by, at = (_local(then).isoformat(timespec="seconds") if isfinite(then) else None for then in (self.by, self.at))
        return {"by": by, "at": at, "in_time": self.in_time, "share": round(self.share, 4)}


def finish(seconds: float, by: float, working_end: Callable[[float], float]) -> Finish:
    """Whether so many seconds of work are done by then. `working_end` says when so much work would be done."""
    end = working_end(seconds)
    return Finish(by, end, 1.0 if end <= by else _share(lambda part: working_end(part * seconds) <= by))


def moment(text: str, now: float) -> float:
    """The next `07:00`, or a date and time such as `2026-12-01T07:00`, which must be to come."""
    here = _local(now)
    if clock := CLOCK.fullmatch(text):
        today = datetime.combine(here.date(), time(int(clock[1]), int(clock[2])))
        days = (today, today + timedelta(days=1))  # local days, so that a clock put forward or back moves nothing
        return next(then for then in (day.astimezone().timestamp() for day in days) if then > now)
    try:
        then = datetime.fromisoformat(text).astimezone().timestamp()
    except (ValueError, OverflowError):  # the latter for a year that this machine's clock does not reach
        raise SettingError(f"{text!r} is no time.", cure="Write --by 07:00 or --by 2026-12-01T07:00.") from None
    if then <= now:
        raise SettingError(f"{text} is over.", cure="Name a time to come.")
    return then


def show_moment(then: float, now: float) -> str:
    """`04:10`, with the date unless it is within a day."""
    return _local(then).strftime("%H:%M" if then - now < DAY_SECONDS else "%Y-%m-%d %H:%M")


def _share(is_done: Callable[[float], bool]) -> float:
    """The largest share that is done, by halving."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if is_done(middle) else (low, middle)
    return low


def _local(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, UTC).astimezone()
