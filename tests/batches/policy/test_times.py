"""Windows and deadlines go by the clocks on the wall, also in the nights in which these are changed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batches.policy import Deadline, Window

BERLIN = "Europe/Berlin"  # 2026: an hour ahead of UTC, two from 29 March 01:00Z to 25 October 01:00Z
NIGHT = Window(begin=22 * 60, end=(24 + 7) * 60, time_zone=BERLIN)
DAY = Window(begin=8 * 60, end=17 * 60, time_zone=BERLIN)
LATE = Window(begin=150, end=170, time_zone=BERLIN)
"""From 02:30 to 02:50: clocks show it twice in October, and never on the last Sunday of March."""
HOUR = 3600


def at(text: str) -> float:
    return datetime.fromisoformat(f"2026-{text}Z").timestamp()


def told(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("window", "now", "opening"),
    [
        (NIGHT, "11-21 12:00", "11-21 21:00"),  # at noon it waits for the evening
        (NIGHT, "11-21 20:59", "11-21 21:00"),
        (NIGHT, "11-21 21:00", "11-21 21:00"),  # open from its first second
        (NIGHT, "11-22 00:30", "11-22 00:30"),  # since yesterday
        (NIGHT, "11-22 05:59", "11-22 05:59"),
        (NIGHT, "11-22 06:00", "11-22 21:00"),  # and closed from its last
        (DAY, "11-21 06:00", "11-21 07:00"),
        (DAY, "11-21 15:59", "11-21 15:59"),
        (DAY, "11-21 16:00", "11-22 07:00"),
        (NIGHT, "07-01 12:00", "07-01 20:00"),  # summer time
        (NIGHT, "03-29 04:59", "03-29 04:59"),  # 06:59 in the night that lacks an hour
        (NIGHT, "03-29 05:00", "03-29 20:00"),
        (NIGHT, "10-25 05:59", "10-25 05:59"),  # 06:59 in the night that has one more
        (NIGHT, "10-25 06:00", "10-25 21:00"),
        (LATE, "03-29 00:00", "03-29 01:30"),  # skipped: as long after midnight as ever
        (LATE, "10-25 00:00", "10-25 00:30"),  # shown twice: the first time
        (LATE, "10-25 01:30", "10-26 01:30"),  # and not the second
    ],
)
def test_a_window_opens_by_the_clocks_of_its_zone(window: Window, now: str, opening: str) -> None:
    assert told(window.next_opening(at(now))) == opening
    assert window.is_open(at(now)) == (now == opening)


@pytest.mark.parametrize(
    ("window", "now", "hours", "end"),
    [
        (NIGHT, "11-21 12:00", 9, "11-22 06:00"),  # the whole of the coming night
        (NIGHT, "11-21 12:00", 10, "11-22 22:00"),  # and an hour of the next
        (NIGHT, "11-21 23:00", 1, "11-22 00:00"),  # within the night that is
        (NIGHT, "11-22 05:00", 2, "11-22 22:00"),  # an hour of this, an hour of the next
        (NIGHT, "03-28 12:00", 9, "03-29 21:00"),  # this night has 8 hours
        (NIGHT, "10-24 12:00", 10, "10-25 06:00"),  # and this has 10
        (DAY, "11-21 07:00", 9 * 365, "11-20 16:00"),  # a year of days
    ],
)
def test_work_goes_on_while_the_window_is_open(window: Window, now: str, hours: int, end: str) -> None:
    assert told(window.working_end(at(now), hours * HOUR)) == end


def test_work_beyond_ten_years_ends_never() -> None:
    assert DAY.working_end(at("11-21 12:00"), 1e9) == inf


ZONES = st.sampled_from([BERLIN, "UTC", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia", "Africa/Casablanca"])
WINDOWS = st.builds(
    lambda begin, minutes, zone: Window(begin=begin, end=begin + minutes, time_zone=zone),
    st.integers(0, 1439),
    st.integers(10, 1440),
    ZONES,
)
MOMENTS = st.integers(int(at("01-01 00:00")), int(at("12-31 23:59")))


@given(window=WINDOWS, now=MOMENTS, seconds=st.integers(0, 3 * 86_400))
def test_the_work_ends_after_just_so_many_open_seconds(window: Window, now: int, seconds: int) -> None:
    assert window.is_open(opening := window.next_opening(now))
    end = window.working_end(now, seconds)
    assert end >= opening + seconds
    assert window.working_end(now, seconds + 60) >= end + 60
    assert window.working_end(window.working_end(now, seconds // 2), seconds - seconds // 2) == end
    if seconds:
        assert window.is_open(end - 0.5), "the last of the work is done while it is open"


@given(window=WINDOWS, now=MOMENTS)
def test_a_window_that_is_shut_stays_shut_until_it_opens(window: Window, now: int) -> None:
    opening = window.next_opening(now)
    assert all(not window.is_open(now + (opening - now) * part / 7) for part in range(7) if opening > now)


@pytest.mark.parametrize(
    ("deadline", "now", "moment"),
    [
        (Deadline(day=date(2026, 11, 21), minutes=420, time_zone=BERLIN), "11-20 12:00", "11-21 06:00"),
        (Deadline(day=date(2026, 11, 21), minutes=420, time_zone=BERLIN), "12-24 12:00", "11-21 06:00"),  # it is over
        (Deadline(day=date(2026, 7, 1), minutes=420, time_zone=BERLIN), "11-20 12:00", "07-01 05:00"),
        (Deadline(day=date(2026, 11, 21), minutes=420, time_zone="+05:30"), "11-20 12:00", "11-21 01:30"),
        (Deadline(minutes=420, time_zone=BERLIN), "11-20 05:59", "11-20 06:00"),  # still today
        (Deadline(minutes=420, time_zone=BERLIN), "11-20 06:00", "11-21 06:00"),  # not now, but tomorrow
        (Deadline(minutes=420, time_zone=BERLIN), "11-19 23:30", "11-20 06:00"),  # it is the 20th in Berlin
        (Deadline(minutes=420, time_zone=BERLIN), "03-28 12:00", "03-29 05:00"),  # summer time has begun by then
        (Deadline(minutes=150, time_zone=BERLIN), "03-29 00:30", "03-29 01:30"),  # 02:30 is skipped that day
        (Deadline(minutes=150, time_zone=BERLIN), "10-25 00:00", "10-25 00:30"),  # the first 02:30 of two
        (Deadline(minutes=150, time_zone=BERLIN), "10-25 00:45", "10-26 01:30"),  # it is over
        (Deadline(minutes=420, time_zone="Z"), "11-20 12:00", "11-21 07:00"),
    ],
)
def test_a_deadline_is_a_moment_once_the_batch_is_submitted(deadline: Deadline, now: str, moment: str) -> None:
    assert told(deadline.at(at(now))) == moment
