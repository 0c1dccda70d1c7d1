"""Slots in Redis, for a whole fleet."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from workers.broker import translating
from workers.slots.seam import LEASE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from redis import Redis

KEY = "fluxbatch:slots:{lane}"


class RedisSlots:
    """See Slots. The counting happens inside Redis, in take.lua and hold.lua."""

    def __init__(self, redis: Redis, lease_seconds: float = LEASE_SECONDS) -> None:
        """Count in this Redis."""
        self._redis = redis
        self._lease_ms = int(lease_seconds * 1000)
        here = Path(__file__).parent
        self._take = redis.register_script((here / "take.lua").read_text())
        self._hold = redis.register_script((here / "hold.lua").read_text())

    def take(self, lane: str, holder: str, limit: int) -> bool:
        """See Slots."""
        with translating():
            return bool(self._take(keys=[KEY.format(lane=lane)], args=[holder, limit, self._lease_ms]))

    def hold(self, lane: str, holders: Iterable[str]) -> None:
        """See Slots."""
        if names := list(holders):
            with translating():
                self._hold(keys=[KEY.format(lane=lane)], args=[self._lease_ms, *names])

    def release(self, lane: str, holder: str) -> None:
        """See Slots."""
        with translating():
            self._redis.zrem(KEY.format(lane=lane), holder)

    def held(self, lane: str) -> int:
        """See Slots."""
        with translating():
            return int(self._redis.zcount(KEY.format(lane=lane), time.time() * 1000, "+inf"))
