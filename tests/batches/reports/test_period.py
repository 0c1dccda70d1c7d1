"""The time of a report, as people write it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from batches.errors import SettingError
from batches.reports.period import EVER, period_of

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 10, 26, 9, 30, tzinfo=BERLIN).timestamp()
"""The clocks were set back the night before."""


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        ("2026-08-14", datetime(2026, 8, 14, tzinfo=BERLIN)),
        ("2026-08-14T18:30", datetime(2026, 8, 14, 18, 30, tzinfo=BERLIN)),
        ("2026-08-14 18:30", datetime(2026, 8, 14, 18, 30, tzinfo=BERLIN)),
        # what names an offset means it
        ("2026-08-14T18:30Z", datetime(2026, 8, 14, 20, 30, tzinfo=BERLIN)),
        ("today", datetime(2026, 10, 26, tzinfo=BERLIN)),
        # a day of 25 hours
        ("yesterday", datetime(2026, 10, 25, tzinfo=BERLIN)),
        ("12h", datetime(2026, 10, 25, 21, 30, tzinfo=BERLIN)),
        # by the hours that went by, and not by what clocks showed
        ("2d", datetime(2026, 10, 24, 10, 30, tzinfo=BERLIN)),
        ("1w", datetime(2026, 10, 19, 10, 30, tzinfo=BERLIN)),
    ],
)
def test_a_moment_is_a_date_a_time_a_word_or_how_long_ago(words: str, begins: datetime) -> None:
    assert period_of(words, None, "Europe/Berlin", NOW).since == begins.timestamp()


@pytest.mark.parametrize(
    ("since", "until", "zone", "said"),
    [
        ("yestrday", None, "UTC", "--since 'yestrday' is no time"),
        (None, "2026-13-01", "UTC", "--until '2026-13-01' is no time"),
        ("-7d", None, "UTC", "is no time"),
        ("", None, "UTC", "is no time"),
        # before the epoch, and where some clocks have no date any more
        ("9999w", None, "UTC", "is no time"),
        ("0001-01-01", None, "Europe/Berlin", "is no time"),
        (None, "9999-12-31", "UTC", "is no time"),
        ("today", "yesterday", "UTC", "--since today is not before --until yesterday"),
        ("today", "today", "UTC", "is not before"),
        (None, None, "Europe/Berln", 'did you mean "Europe/Berlin"?'),
        (None, None, "../etc/passwd", "is no time zone"),
    ],
)
def test_words_that_mean_no_time_are_one_error_with_its_cure(
    since: str | None, until: str | None, zone: str, said: str
) -> None:
    with pytest.raises(SettingError) as refused:
        period_of(since, until, zone, NOW)
    assert said in refused.value.message
    assert refused.value.cure


def test_a_period_is_told_by_the_quarters_of_an_hour_that_it_touches() -> None:
    period = period_of("2026-08-14T18:40", "2026-08-14T19:05", "UTC", NOW)
    assert period.told == ("2026-08-14T18:30+00:00", "2026-08-14T19:15+00:00")
    assert not period.is_exact
    assert period_of("2026-08-14", "2026-08-14T18:45", "Asia/Kathmandu", NOW).is_exact, "its days begin at 18:15 in UTC"


def test_without_words_it_is_all_of_the_time() -> None:
    assert period_of(None, None, "UTC", NOW) == EVER
    assert (EVER.is_all, EVER.told) == (True, (None, None))
