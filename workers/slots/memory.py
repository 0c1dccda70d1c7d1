"""Slots in memory: the twin of Redis for one process."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from typing import TYPE_CHECKING

from workers.slots.seam import LEASE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class MemorySlots:
    """See Slots."""

    def __init__(self, lease_seconds: float = LEASE_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        """Count by this clock."""
        self._lease = lease_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._ends: dict[str, dict[str, float]] = defaultdict(dict)

    def take(self, lane: str, holder: str, limit: int) -> bool:
        """See Slots."""
        with self._lock:
            taken = self._living(lane)
            if holder not in taken and len(taken) >= limit:
                return False
            taken[holder] = self._clock() + self._lease
            return True

    def hold(self, lane: str, holders: Iterable[str]) -> None:
        """See Slots."""
        with self._lock:
            self._ends[lane].update(dict.fromkeys(holders, self._clock() + self._lease))

    def release(self, lane: str, holder: str) -> None:
        """See Slots."""
        with self._lock:
            self._ends[lane].pop(holder, None)

    def held(self, lane: str) -> int:
        """See Slots."""
        with self._lock:
            return len(self._living(lane))

    def _living(self, lane: str) -> dict[str, float]:
        now = self._clock()
        self._ends[lane] = {holder: ends for holder, ends in self._ends[lane].items() if ends > now}
        return self._ends[lane]
