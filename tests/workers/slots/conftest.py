"""Counters of both kinds, in a time that the tests turn."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from workers.slots import MemorySlots, RedisSlots

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis import Redis

    from workers.slots import LaneView, Slots

LANE = "ours:standard"

MOMENTS = ("vouched_until", "rests_until", "cut_at")
"""What a lane's hash holds of time."""


class InMemory:
    """A fleet's slots in one process."""

    def __init__(self, per_second: float | None = None) -> None:
        self._ahead = 0.0
        self._per_second = per_second
        self.flush()

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self._ahead += seconds

    def flush(self) -> None:
        """Forget everything, as a broker does that was flushed."""
        self.slots: Slots = MemorySlots(per_second=self._per_second, clock=lambda: time.time() + self._ahead)


class InRedis:
    """A fleet's slots in the broker. Nobody turns its clock, so all moments that it has kept are set back instead."""

    def __init__(self, redis: Redis, per_second: float | None = None) -> None:
        self._redis = redis
        self.slots: Slots = RedisSlots(redis, per_second=per_second)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        for key in self._redis.scan_iter("fluxbatch:slots:*"):
            for holder in self._redis.zrange(key, 0, -1):
                self._redis.zincrby(key, -seconds * 1000, holder)
        for key in self._redis.scan_iter("fluxbatch:lane:*"):
            for name, moment in self._redis.hgetall(key).items():
                if name.decode() in MOMENTS:
                    self._redis.hset(key, name, int(moment) - round(seconds * 1000))
        for key in self._redis.scan_iter("fluxbatch:pace:*"):
            self._redis.incrbyfloat(key, -seconds * 1000)

    def flush(self) -> None:
        """Forget everything."""
        self._redis.flushall()


Fleet = InMemory | InRedis


@pytest.fixture(params=["memory", "redis"])
def make_fleet(request: pytest.FixtureRequest) -> Callable[..., Fleet]:
    """Makes a fleet's slots, all of them lost."""
    if request.param == "memory":
        return InMemory
    redis: Redis = request.getfixturevalue("redis")
    return lambda **options: InRedis(redis, **options)


@pytest.fixture
def fleet(make_fleet: Callable[..., Fleet]) -> Fleet:
    """A fleet's slots, of which the lane of the tests has three."""
    made = make_fleet()
    made.slots.restore(LANE, 3, [], 0)
    return made


@pytest.fixture
def slots(fleet: Fleet) -> Slots:
    """The same without its clock."""
    return fleet.slots


def view(slots: Slots, lane: str = LANE) -> LaneView:
    """How a lane stands that is not lost."""
    seen = slots.view(lane)
    assert seen is not None
    return seen
