"""What may stand after a key of a manifest's policy, and in what words it is refused."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Annotated, NamedTuple
from zoneinfo import available_timezones

from pydantic import Field, PlainValidator

from batches.money import plain
from batches.policy.times import MINUTES_PER_DAY

MOST_MONEY = 1_000_000_000
"""Credits or dollars: with six decimals beside it a float still holds the amount exactly."""

MOST_PERCENT = 100
"""A threshold beyond the cap would tell what only a soft one lets happen."""

SMALLEST_MONEY = Decimal("0.000001")

TIME = "([01]?[0-9]|2[0-3]):([0-5][0-9])"
HOURS = f"^{TIME} ?- ?({TIME}|24:00)$"
DUE = f"^((2[0-9]{{3}}-[0-9]{{2}}-[0-9]{{2}})[ T])?({TIME})(Z|[+-][01][0-9]:[0-5][0-9])?$"
PERCENT = r"^([0-9]{1,3}(\.[0-9]{1,4})?)%$"


class Hours(NamedTuple):
    """A part of each day, in minutes after one midnight."""

    begin: int
    end: int  #: later than `begin`: beyond 1440 it is the next morning


class Due(NamedTuple):
    """A time by which something is wanted."""

    day: date | None  #: None: any
    minutes: int  #: after midnight
    zone: str | None  #: `Z` or an offset; None: none is said


def _money(written: object) -> Decimal:
    if type(written) in {int, float}:
        amount = Decimal(str(written))
        if 0 < amount <= MOST_MONEY and amount == amount.quantize(SMALLEST_MONEY):
            return amount
    raise ValueError(f"must be a number above 0, at most {MOST_MONEY:,} and with at most 6 decimals")


def _percent(written: object) -> Decimal:
    if not isinstance(written, str) or not (found := re.fullmatch(PERCENT, written)):
        raise ValueError('must be a percentage below 1000%, such as "5%"')
    return plain(Decimal(found[1]) / 100)


def _part(written: object) -> Decimal:
    if (part := _percent(written)) > 1:
        raise ValueError("must be at most 100%")
    return part


def _thresholds(written: object) -> tuple[int, ...]:
    wanted = range(1, MOST_PERCENT + 1)
    if not isinstance(written, list | tuple) or not all(type(one) is int and one in wanted for one in written):
        raise ValueError(f"must be a list of whole percentages from 1 to {MOST_PERCENT}, such as [50, 80, 100]")
    return tuple(sorted(set(written)))


def _hours(written: object) -> Hours:
    if not isinstance(written, str) or not re.fullmatch(HOURS, written):
        raise ValueError('must be hours such as "22:00-07:00"')
    begin, end = map(_minutes, written.split("-"))
    if begin == end:
        raise ValueError("must end at another time than it begins")
    return Hours(begin, end if end > begin else end + MINUTES_PER_DAY)


def _due(written: object) -> Due:
    if isinstance(written, str) and (found := re.fullmatch(DUE, written)):
        with suppress(ValueError):  # a 30th of February
            day = date.fromisoformat(found[2]) if found[2] else None
            return Due(day, _minutes(found[3]), found[6])
    raise ValueError('must be a time such as "07:00" or "2026-11-21 07:00"')


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)


def _time_zone(written: object) -> str:
    if not isinstance(written, str) or written not in available_timezones():
        raise ValueError("must be a time zone such as Europe/Berlin")
    return written


Money = Annotated[Decimal, PlainValidator(_money, json_schema_input_type=Annotated[float, Field(gt=0, le=MOST_MONEY)])]
PercentText = Annotated[str, Field(pattern=PERCENT)]
Percent = Annotated[Decimal, PlainValidator(_percent, json_schema_input_type=PercentText)]
Thresholds = Annotated[
    tuple[int, ...],
    PlainValidator(_thresholds, json_schema_input_type=list[Annotated[int, Field(ge=1, le=MOST_PERCENT)]]),
]
Part = Annotated[Decimal, PlainValidator(_part, json_schema_input_type=PercentText)]
DailyHours = Annotated[Hours, PlainValidator(_hours, json_schema_input_type=Annotated[str, Field(pattern=HOURS)])]
DueTime = Annotated[Due, PlainValidator(_due, json_schema_input_type=Annotated[str, Field(pattern=DUE)])]
TimeZone = Annotated[str, PlainValidator(_time_zone, json_schema_input_type=str)]
