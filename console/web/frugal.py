"""Costly reading for open pages: beside the hub, so that no other page waits, and no oftener than it is worth."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

REST = 20
"""Times as long as the last reading took: what is costly takes a twentieth of a core."""

_BESIDE = ThreadPoolExecutor(1, thread_name_prefix="costly")


class Frugal:
    """In the place of a costly reading: it answers at once, and with nothing while there is nothing new."""

    def __init__(self, read: Callable[[], Mapping[str, str]]) -> None:
        """Nothing is read yet."""
        self._read = read
        self._due = 0.0  # by the monotonic clock
        self._reading: Future[Mapping[str, str]] | None = None

    def __call__(self) -> Mapping[str, str]:
        """What was read since; raises what the reading raised."""
        if self._reading is None:
            if time.monotonic() >= self._due:
                self._reading = _BESIDE.submit(self._timed)
            return {}
        if not self._reading.done():
            return {}
        read, self._reading = self._reading, None
        return read.result()

    def _timed(self) -> Mapping[str, str]:
        began = time.monotonic()
        try:
            return self._read()
        finally:
            ended = time.monotonic()
            self._due = ended + REST * (ended - began)
