"""Who gets the places of a lane."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batches.policy import Canary, Deadline, Policy, Window
from batches.store.ledger.records import Batch, PauseReason
from workers.sharing import Waiting, may_begin, shares

NOON = 1_800_014_400.0  # 2027-01-15 12:00 UTC
LANE = "standard"

BATCH = Batch(
    id="a", name="a", accounts=("main",), manifest_sha256="", prices_as_of="", prices_sha256="", policy=Policy(),
    planned_micro_credits=0, fingerprint="", created_at=0, whole_at=0, deadline_at=None,
    approved_at=None, ended_at=None, paused=None, paused_message="", paused_for=None,
)  # fmt: skip


def waiting(
    name: str, *, busy: int = 0, due: tuple[str, ...] = (LANE,), priority: int = 0, share: int = 1,
    in_flight: int | None = None, urgent: bool = False,
) -> Waiting:  # fmt: skip
    policy = Policy(priority=priority, share=share, in_flight=in_flight)
    return Waiting(batch=replace(BATCH, id=name, policy=policy), busy={LANE: busy}, due=due, urgent=urgent)


def given_to(batches: list[Waiting], room: int) -> dict[str, int]:
    return {batch_id: jobs for (batch_id, _), jobs in shares(batches, {LANE: room}, {LANE: 2}).items()}


@pytest.mark.parametrize(
    ("batches", "room", "expected", "reason"),
    [
        ([waiting("a"), waiting("b")], 10, {"a": 5, "b": 5}, "equals share evenly"),
        ([waiting("a"), waiting("b")], 3, {"a": 2, "b": 1}, "the odd place goes to the older"),
        ([waiting("a", share=3), waiting("b")], 8, {"a": 6, "b": 2}, "by their shares"),
        ([waiting("a", busy=6), waiting("b")], 4, {"b": 4}, "who has nothing yet catches up"),
        ([waiting("a"), waiting("b", priority=1)], 4, {"b": 4}, "the greater priority takes all"),
        ([waiting("a"), waiting("b", priority=1, in_flight=1)], 4, {"b": 1, "a": 3}, "and leaves what it may not use"),
        ([waiting("a", in_flight=5, busy=3)], 9, {"a": 2}, "what is busy counts against the most in flight"),
        ([waiting("a", in_flight=5, busy=7)], 9, {}, "also where there is more than that"),
        ([waiting("a", due=())], 9, {}, "nothing waits"),
        ([waiting("a")], 0, {}, "no room"),
        ([waiting("a")], -3, {}, "more is busy than there are places"),
        ([], 5, {}, "no batch"),
        ([waiting("a", busy=9), waiting("b", priority=1, urgent=True)], 0, {"b": 2}, "beyond the window: the reserve"),
        ([waiting("a"), waiting("b", priority=1, urgent=True)], 1, {"b": 3}, "and what is free"),
        ([waiting("a", busy=9), waiting("b", priority=1)], 0, {}, "a big batch has no part in the reserve"),
        ([waiting("b", busy=2, priority=1, urgent=True)], -2, {}, "it is used up"),
    ],
)
def test_places_are_shared_by_policy(batches: list[Waiting], room: int, expected: dict[str, int], reason: str) -> None:
    assert given_to(batches, room) == expected, reason


def test_the_most_in_flight_counts_all_lanes_together() -> None:
    one = waiting("a", due=(LANE, "video"), in_flight=3)
    assert sum(shares([one], {LANE: 2, "video": 5}, {LANE: 2, "video": 1}).values()) == 3


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(-2, 2), st.integers(1, 5), st.none() | st.integers(1, 40)), max_size=5
    ),
    st.integers(0, 40),
)
def test_no_place_is_given_twice_and_none_is_left_to_waste(
    rules: list[tuple[int, int, int, int | None]], room: int
) -> None:
    batches = [
        waiting(str(number), busy=busy, priority=priority, share=share, in_flight=most)
        for number, (busy, priority, share, most) in enumerate(rules)
    ]
    given_places = Counter(given_to(batches, room))
    free = [room if most is None else max(0, most - busy) for busy, _, _, most in rules]
    assert given_places.total() == min(room, sum(free))
    assert all(given_places[str(number)] <= most for number, most in enumerate(free))


@pytest.mark.parametrize(
    ("batch", "begins"),
    [
        (BATCH, True),
        (replace(BATCH, deadline_at=NOON + 1), True),
        (replace(BATCH, deadline_at=NOON), False),
        (replace(BATCH, policy=Policy(window=Window(begin=11 * 60, end=13 * 60, time_zone="UTC"))), True),
        (replace(BATCH, policy=Policy(window=Window(begin=13 * 60, end=14 * 60, time_zone="UTC"))), False),
        (replace(BATCH, policy=Policy(canary=Canary(first=1))), True),
        (replace(BATCH, policy=Policy(deadline=Deadline(day=date(2020, 1, 1), minutes=0, time_zone="Z"))), True),
    ],
    ids=["free", "in time", "too late", "in its hours", "not in its hours", "canary", "its moment is what counts"],
)
def test_a_batch_begins_jobs_when_its_policy_says_so(batch: Batch, begins: bool) -> None:  # noqa: FBT001  # a table's column
    assert may_begin(batch, NOON) == begins


@pytest.mark.parametrize("reason", ["person", "budget", "canary", "deadline"])
def test_a_paused_batch_begins_nothing(reason: PauseReason) -> None:
    assert not may_begin(replace(BATCH, paused=reason), NOON)
