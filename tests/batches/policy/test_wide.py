"""A wide budget begins anew at its own midnight, and covers what it says."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batches.policy import Budget, Per, WideBudget

QUARTER_SECONDS = 900


def wide(per: Per = Per.EVER, **more: object) -> WideBudget:
    return WideBudget(name="cats", budget=Budget(micro_credits=5), per=per, **more)


def at(moment: str, zone: str) -> float:
    return datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone)).timestamp()


@pytest.mark.parametrize(
    ("per", "zone", "now", "since", "until"),
    [
        (Per.DAY, "UTC", "2026-11-20 13:05", "2026-11-20 00:00", "2026-11-21 00:00"),
        (Per.DAY, "Europe/Berlin", "2026-11-20 00:00", "2026-11-20 00:00", "2026-11-21 00:00"),
        (Per.DAY, "Europe/Berlin", "2026-10-25 23:00", "2026-10-25 00:00", "2026-10-26 00:00"),  # a day of 25 hours
        (Per.DAY, "Asia/Kathmandu", "2026-01-31 23:59", "2026-01-31 00:00", "2026-02-01 00:00"),  # 5:45 from UTC
        (Per.MONTH, "UTC", "2026-12-31 23:59", "2026-12-01 00:00", "2027-01-01 00:00"),
        (Per.MONTH, "America/New_York", "2026-02-01 00:00", "2026-02-01 00:00", "2026-03-01 00:00"),
    ],
)
def test_a_period_goes_from_midnight_to_midnight(per: Per, zone: str, now: str, since: str, until: str) -> None:
    budget = wide(per, zone=zone)
    assert budget.since(at(now, zone)) == at(since, zone)
    assert budget.until(at(now, zone)) == at(until, zone)


def test_ever_has_no_end() -> None:
    assert (wide().since(5e8), wide().until(5e8)) == (0, None)


@given(
    now=st.floats(1.7e9, 2.5e9),
    per=st.sampled_from([Per.DAY, Per.MONTH]),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Santiago"]),
)
def test_every_moment_is_in_one_period_which_begins_with_a_quarter_of_an_hour(now: float, per: Per, zone: str) -> None:
    budget = wide(per, zone=zone)
    until = budget.until(now)
    assert until is not None
    assert budget.since(now) <= now < until
    assert budget.since(now) % QUARTER_SECONDS == 0
    assert budget.since(until) == until


@pytest.mark.parametrize(
    ("rules", "account", "labels", "covered"),
    [
        ({}, "main", {}, True),
        ({}, "simulator", {}, False),  # its money is none
        ({"account": "simulator"}, "simulator", {}, True),  # unless somebody wants to try budgets with it
        ({"account": "studio"}, "main", {}, False),
        ({"labels": {"project": "cats"}}, "main", {"project": "cats", "size": "xl"}, True),
        ({"labels": {"project": "cats"}}, "main", {"project": "dogs"}, False),
        ({"labels": {"project": "cats"}}, "main", {}, False),
        ({"labels": {"project": "cats", "size": "xl"}}, "main", {"project": "cats"}, False),  # all of them
    ],
)
def test_a_budget_covers_jobs_by_account_and_label(
    rules: dict[str, object],
    account: str,
    labels: dict[str, str],
    covered: bool,  # noqa: FBT001  # a table's column
) -> None:
    assert wide(**rules).covers(account, labels) == covered
