"""The contract of slots, proven on every counter."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from redis import Redis

from workers.errors import BrokerError
from workers.slots import MemorySlots, RedisSlots, Slots

if TYPE_CHECKING:
    from collections.abc import Callable

LANE = "ours:standard"
SHORT = 0.4
"""Seconds of a lease that a test can wait out, and a slow machine can renew in time."""


@pytest.fixture(params=["memory", "redis"])
def make(request: pytest.FixtureRequest) -> Callable[[float], Slots]:
    """Makes slots with leases of so many seconds."""
    if request.param == "memory":
        return MemorySlots
    redis: Redis = request.getfixturevalue("redis")
    return lambda lease_seconds: RedisSlots(redis, lease_seconds)


@pytest.fixture
def slots(make: Callable[[float], Slots]) -> Slots:
    """Slots whose leases outlast the test."""
    return make(20)


def test_a_lane_has_so_many_slots_and_no_more(slots: Slots) -> None:
    assert [slots.take(LANE, f"job-{number}", 3) for number in range(5)] == [True] * 3 + [False] * 2
    assert slots.held(LANE) == 3


def test_lanes_count_apart(slots: Slots) -> None:
    assert slots.take("ours:standard", "job-1", 1)
    assert slots.take("ours:video", "job-2", 1)
    assert slots.take("theirs:standard", "job-3", 1)


def test_a_released_slot_is_free_at_once(slots: Slots) -> None:
    slots.take(LANE, "job-1", 1)
    slots.release(LANE, "job-1")
    assert slots.take(LANE, "job-2", 1)


def test_releasing_what_one_does_not_have_frees_nothing(slots: Slots) -> None:
    slots.take(LANE, "job-1", 1)
    slots.release(LANE, "job-2")
    assert not slots.take(LANE, "job-2", 1)


def test_a_slot_that_one_has_is_taken_again_though_the_lane_is_full(slots: Slots) -> None:
    assert slots.take(LANE, "job-1", 1)
    assert slots.take(LANE, "job-1", 1)
    assert slots.held(LANE) == 1


def test_a_lane_without_slots_lets_nobody_in(slots: Slots) -> None:
    assert not slots.take(LANE, "job-1", 0)


def test_a_lease_that_is_not_renewed_runs_out(make: Callable[[float], Slots]) -> None:
    slots = make(SHORT)
    slots.take(LANE, "job-1", 1)
    assert not slots.take(LANE, "job-2", 1)
    time.sleep(SHORT * 1.2)
    assert slots.held(LANE) == 0
    assert slots.take(LANE, "job-2", 1)


@pytest.mark.parametrize("renew", ["take", "hold"])
def test_a_lease_that_is_renewed_lasts(make: Callable[[float], Slots], renew: str) -> None:
    slots = make(SHORT)
    slots.take(LANE, "job-1", 1)
    for _ in range(5):
        time.sleep(SHORT / 4)
        slots.take(LANE, "job-1", 1) if renew == "take" else slots.hold(LANE, ["job-1"])
    assert not slots.take(LANE, "job-2", 1)


def test_what_is_true_at_bfl_is_held_even_above_the_limit(slots: Slots) -> None:
    slots.take(LANE, "job-1", 1)
    slots.hold(LANE, ["job-2", "job-3"])
    assert slots.held(LANE) == 3
    slots.release(LANE, "job-1")
    slots.release(LANE, "job-2")
    assert not slots.take(LANE, "job-4", 1), "job-3 is still there"


def test_holding_nothing_holds_nothing(slots: Slots) -> None:
    slots.hold(LANE, [])
    assert slots.held(LANE) == 0


def test_never_more_than_the_limit_under_many_threads(slots: Slots) -> None:
    limit, inside, most = 5, 0, 0
    count = threading.Lock()

    def come_and_go(number: int) -> None:
        nonlocal inside, most
        dice = random.Random(number)
        for visit in range(10):
            holder = f"job-{number}-{visit}"
            while not slots.take(LANE, holder, limit):
                time.sleep(dice.uniform(0, 0.002))
            with count:
                inside += 1
                most = max(most, inside)
            time.sleep(dice.uniform(0, 0.002))
            with count:
                inside -= 1
            slots.release(LANE, holder)

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(come_and_go, range(32)))
    assert most == limit, "all slots were used, and never one more"
    assert slots.held(LANE) == 0


def test_a_flushed_broker_knows_the_slots_again_after_a_renewal(redis: Redis) -> None:
    slots = RedisSlots(redis)
    slots.take(LANE, "job-1", 1)
    redis.flushall()
    slots.hold(LANE, ["job-1"])
    assert not slots.take(LANE, "job-2", 1)


def test_a_lane_that_nobody_uses_leaves_nothing_in_the_broker(redis: Redis) -> None:
    slots = RedisSlots(redis, SHORT)
    slots.take(LANE, "job-1", 1)
    slots.hold(LANE, ["job-1"])
    time.sleep(SHORT * 2.5)
    assert redis.keys() == []


@pytest.mark.parametrize(
    "ask",
    [
        lambda slots: slots.take(LANE, "job-1", 1),
        lambda slots: slots.hold(LANE, ["job-1"]),
        lambda slots: slots.release(LANE, "job-1"),
        lambda slots: slots.held(LANE),
    ],
    ids=["take", "hold", "release", "held"],
)
def test_a_broker_that_is_away_is_said_in_our_words(ask: Callable[[Slots], object]) -> None:
    slots = RedisSlots(Redis.from_url("unix:///nowhere/broker.sock"))
    with pytest.raises(BrokerError, match="cannot be reached"):
        ask(slots)
