"""How many pictures come in a minute, as somebody sees who looks on."""

from __future__ import annotations

from collections import deque

MOST_SECONDS = 180.0
"""What happened longer ago does not count."""

LEAST_SECONDS = 5.0
"""A shorter look tells nothing."""

STEP_SECONDS = 1.0
"""Looks that are closer to each other are not kept."""


class Rate:
    """Told from time to time how many there are."""

    def __init__(self) -> None:
        """Nothing has been seen."""
        self._seen: deque[tuple[float, int]] = deque()

    def see(self, count: int, now: float) -> float | None:
        """There are so many at this moment; returns how many more come in a minute, or None while that is not known."""
        while self._seen and self._seen[0][0] < now - MOST_SECONDS:
            self._seen.popleft()
        if not self._seen or self._seen[-1][0] <= now - STEP_SECONDS:
            self._seen.append((now, count))
        began, before = self._seen[0]
        seconds = now - began
        return (count - before) * 60 / seconds if seconds >= LEAST_SECONDS else None
