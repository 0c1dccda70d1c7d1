"""The time that a report is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from math import ceil, floor
from zoneinfo import ZoneInfo, available_timezones

from batches.errors import SettingError
from batches.models.spelling import did_you_mean
from batches.store.ledger.quarters import QUARTER_SECONDS

AGO = re.compile(r"(\d{1,4})([hdw])")
UNITS = {"h": 3600, "d": 86_400, "w": 604_800}
UTC = ZoneInfo("UTC")

DAYS_AGO = {"today": 0, "yesterday": 1}

NO_MOMENT = -1.0

FARTHEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()
"""Seconds since the epoch; later ones have no date in some zones."""

CURE = "Write a date (2026-08-14), a time (2026-08-14T18:30), `today`, `yesterday`, or how long ago: 12h, 7d, 2w."


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From one moment to another one, by the clocks of a time zone; None: from the beginning, to the end."""

    since: float | None = None  #: seconds since the epoch; this moment is in it
    until: float | None = None  #: seconds since the epoch; this moment is not
    zone: ZoneInfo = UTC  #: whose days and hours are meant

    @property
    def first(self) -> int | None:
        """The first quarter of an hour in it."""
        return None if self.since is None else floor(self.since / QUARTER_SECONDS)

    @property
    def end(self) -> int | None:
        """The first quarter of an hour after it."""
        return None if self.until is None else ceil(self.until / QUARTER_SECONDS)

    @property
    def is_all(self) -> bool:
        """Whether it has neither beginning nor end."""
        return self.since is None and self.until is None

    @property
    def is_exact(self) -> bool:
        """Whether it begins and ends with a quarter of an hour: what is summed up is told by whole ones."""
        return all(moment is None or moment % QUARTER_SECONDS == 0 for moment in (self.since, self.until))

    @property
    def told(self) -> tuple[str | None, str | None]:
        """From when to when the figures are, as its clocks show it."""
        return self._show(self.first), self._show(self.end)

    def _show(self, quarter: int | None) -> str | None:
        if quarter is None:
            return None
        return datetime.fromtimestamp(quarter * QUARTER_SECONDS, self.zone).isoformat(timespec="minutes")


EVER = Period()


def period_of(since: str | None, until: str | None, zone: str, now: float) -> Period:
    """The period that these words mean now. Raises SettingError for words that mean none."""
    clocks = zone_of(zone)
    begin = None if since is None else moment_of(since, clocks, now, option="--since")
    end = None if until is None else moment_of(until, clocks, now, option="--until")
    if begin is not None and end is not None and begin >= end:
        raise SettingError(
            f"--since {since} is not before --until {until}.", cure="Give a beginning that is earlier than the end."
        )
    return Period(since=begin, until=end, zone=clocks)


def zone_of(name: str) -> ZoneInfo:
    """A time zone by its name."""
    known = available_timezones()
    if name in known:
        return ZoneInfo(name)
    hint = did_you_mean(name, known)
    raise SettingError(
        f"--zone {name!r} is no time zone{'; ' if hint else '.'}{hint}", cure="Write one such as Europe/Berlin or UTC."
    )


def moment_of(text: str, zone: ZoneInfo, now: float, *, option: str) -> float:
    """The moment that a date, a time or a word means, in seconds since the epoch."""
    try:
        moment = _moment(text, zone, now)
    except (ValueError, OverflowError):
        moment = NO_MOMENT
    if not 0 <= moment < FARTHEST:
        raise SettingError(f"{option} {text!r} is no time.", cure=CURE)
    return moment


def _moment(text: str, zone: ZoneInfo, now: float) -> float:
    if (days := DAYS_AGO.get(text)) is not None:
        today = datetime.fromtimestamp(now, zone).date()
        return datetime.combine(today - timedelta(days), time(tzinfo=zone)).timestamp()
    if ago := AGO.fullmatch(text):
        return now - int(ago[1]) * UNITS[ago[2]]
    written = datetime.fromisoformat(text)
    return (written if written.tzinfo else written.replace(tzinfo=zone)).timestamp()
