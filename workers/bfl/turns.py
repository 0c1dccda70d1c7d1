"""A few places for many: whoever has the least time left goes first."""

from __future__ import annotations

import heapq
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Turns:
    """So many may be at it at once; of those that wait, the one with the earliest deadline is next."""

    def __init__(self, places: int) -> None:
        """Begin with all places free."""
        self._free = places
        self._changed = threading.Condition()
        self._waiting: list[tuple[float, int]] = []
        self._here: dict[int, float] = {}  #: deadlines of all that wait or are at it
        self._numbers = 0

    @contextmanager
    def turn(self, deadline: float) -> Iterator[None]:
        """Wait for a place and have it for the block. The deadline only orders: whoever is late has a turn too."""
        with self._changed:
            self._numbers += 1
            number = self._numbers
            self._here[number] = deadline
            heapq.heappush(self._waiting, (deadline, number))
            self._changed.wait_for(lambda: self._free and self._waiting[0][1] == number)
            heapq.heappop(self._waiting)
            self._free -= 1
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                del self._here[number]
                self._changed.notify_all()

    def before(self, moment: float) -> int:
        """How many of those that wait or are at it have a deadline before this moment."""
        with self._changed:
            return sum(deadline < moment for deadline in self._here.values())
