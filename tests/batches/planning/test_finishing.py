"""Done by then, or how much of it."""

from __future__ import annotations

import time
from datetime import datetime
from math import inf
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from batches.errors import SettingError
from batches.planning import finish, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3600.0


def at(text: str) -> float:
    """A moment in Berlin."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()


EVENING = at("2026-11-20T22:00")


@pytest.fixture(autouse=True)
def _in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def steadily(work: float) -> float:
    """All night long."""
    return EVENING + work


def only_one_hour(work: float) -> float:
    """From 22:00 to 23:00, and the rest from six o'clock on."""
    return EVENING + (work if work <= HOUR else work + 7 * HOUR)


def only_one_hour_ever(work: float) -> float:
    """From 22:00 to 23:00."""
    return EVENING + work if work <= HOUR else inf


@pytest.mark.parametrize(
    ("text", "now", "then"),
    [
        ("07:00", "2026-11-20T22:00", "2026-11-21T07:00"),
        ("7:00", "2026-11-20T22:00", "2026-11-21T07:00"),
        ("23:30", "2026-11-20T22:00", "2026-11-20T23:30"),
        ("22:00", "2026-11-20T22:00", "2026-11-21T22:00"),  # not now
        ("2026-12-01T07:00", "2026-11-20T22:00", "2026-12-01T07:00"),
        ("2026-12-01 07:00", "2026-11-20T22:00", "2026-12-01T07:00"),
        ("2026-12-01T06:00+00:00", "2026-11-20T22:00", "2026-12-01T07:00"),
        ("07:00", "2026-10-24T22:00", "2026-10-25T07:00"),  # the night of 25 hours
        ("07:00", "2026-03-28T22:00", "2026-03-29T07:00"),  # the night of 23 hours
    ],
)
def test_a_time_is_the_next_of_its_name(text: str, now: str, then: str) -> None:
    assert moment(text, at(now)) == at(then)


@pytest.mark.parametrize(
    "text", ["7", "25:00", "07:60", "soon", "", "2026-13-01", "0001-01-01", "2026-11-20T21:59", "2020-01-01"]
)
def test_what_is_no_time_or_over_is_refused(text: str) -> None:
    with pytest.raises(SettingError):
        moment(text, EVENING)


@pytest.mark.parametrize(
    ("hours", "by", "working_end", "said"),
    [
        (6 + 1 / 6, "07:00", steadily, "Would be done about 04:10, in time for 07:00."),
        (9, "07:00", steadily, "Would be done about 07:00, in time for 07:00."),
        (11.6667, "07:00", steadily, "Not by 07:00: about 09:40; by then 77 % would be done."),
        (30, "07:00", steadily, "Not by 07:00: about 2026-11-22 04:00; by then 30 % would be done."),
        (4, "05:00", only_one_hour, "Not by 05:00: about 09:00; by then 25 % would be done."),
        (4, "05:00", only_one_hour_ever, "Not by 05:00: not for years; by then 25 % would be done."),
        (4, "08:00", only_one_hour, "Not by 08:00: about 09:00; by then 75 % would be done."),
    ],
)
def test_the_answer_is_a_sentence(hours: float, by: str, working_end: Callable[[float], float], said: str) -> None:
    found = finish(hours * HOUR, moment(by, EVENING), working_end)
    assert found.say(EVENING) == said


def test_what_is_never_done_has_no_date() -> None:
    assert finish(4 * HOUR, moment("07:00", EVENING), only_one_hour_ever).as_json()["at"] is None


def test_machines_read_local_times_with_their_offset() -> None:
    assert finish(12 * HOUR, moment("07:00", EVENING), steadily).as_json() == {
        "by": "2026-11-21T07:00:00+01:00",
        "at": "2026-11-21T10:00:00+01:00",
        "in_time": False,
        "share": 0.75,
    }
