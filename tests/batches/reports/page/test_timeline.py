"""What happened when, cut into as many slices as a chart can show."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from batches.reports.page.timeline import MOST_SLICES, timeline
from batches.store.ledger.quarters import Amounts, What
from batches.store.ledger.totals import Total

BERLIN, UTC = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")


def total(at: datetime, what: What = What.DONE, **amounts: float) -> Total:
    quarter = int(at.timestamp() // 900)
    return Total(key={"quarter": quarter, "model": "flux-dev"}, what=what, amounts=Amounts(**amounts))  # type: ignore[arg-type]  # whole numbers, mostly


def clock(text: str, zone: ZoneInfo = UTC) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("hours", "step"),
    [
        (0, timedelta(minutes=15)),
        (17, timedelta(minutes=15)),
        (19, timedelta(minutes=30)),
        (60, timedelta(hours=1)),
        (24 * 60, timedelta(days=1)),
        (24 * 365, timedelta(days=7)),
        (24 * 365 * 10, timedelta(days=91)),
    ],
    ids=str,
)
def test_any_time_is_cut_into_few_enough_slices(hours: int, step: timedelta) -> None:
    first = clock("2026-03-02 00:00")
    slices = timeline([total(first, images=1), total(first + timedelta(hours=hours), images=1)], UTC)
    assert {one.end - one.start for one in slices} == {step}
    assert len(slices) <= MOST_SLICES
    assert sum(one.figures.images for one in slices) == 2


def test_a_slice_in_which_nothing_ended_is_there_and_empty() -> None:
    slices = timeline([total(clock("2026-03-02 10:00")), total(clock("2026-03-02 10:45"))], UTC)
    assert [one.figures.attempts for one in slices] == [1, 0, 0, 1]


def test_what_was_only_planned_is_no_slice() -> None:
    assert timeline([total(clock("2026-03-02 10:00"), What.PLANNED)], UTC) == []


def test_rates_know_how_long_a_slice_is() -> None:
    [one] = timeline([total(clock("2026-03-02 10:00"), images=30, slot_seconds=1800)], UTC)
    assert (one.seconds, one.images_per_hour, one.slots) == (900, 120, 2)


def test_the_day_on_which_the_clocks_change_has_23_hours() -> None:
    days = ["2026-03-01 12:00", "2026-03-29 12:00", "2026-04-10 12:00"]
    slices = timeline([total(clock(day, BERLIN)) for day in days], BERLIN)
    long = {one.start.isoformat(): one.seconds / 3600 for one in slices}
    assert long["2026-03-29T00:00:00"] == 23
    assert long["2026-03-30T00:00:00"] == 24
