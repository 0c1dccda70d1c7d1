"""Wrong tokens of late: who guesses too often has to wait. Pure, but for what it remembers."""

from __future__ import annotations

from collections import deque

MOST_GUESSES = 5
"""Wrong ones of one address within `GUESS_SECONDS`; then it has to wait."""

GUESS_SECONDS = 60.0

MOST_ADDRESSES = 1_000
"""That are remembered; more of them than this are refused together."""


class Guesses:
    """Wrong tokens of late, by the address they came from."""

    def __init__(self) -> None:
        """Nobody has guessed yet."""
        self._wrong: dict[str, deque[float]] = {}

    def may(self, address: str, now: float) -> bool:
        """Whether this address may guess once more."""
        self._forget(now)
        known = self._wrong.get(address)
        return len(self._wrong) < MOST_ADDRESSES if known is None else len(known) < MOST_GUESSES

    def was_wrong(self, address: str, now: float) -> None:
        """It did, in vain."""
        self._wrong.setdefault(address, deque()).append(now)

    def _forget(self, now: float) -> None:
        for address, times in list(self._wrong.items()):
            while times and times[0] < now - GUESS_SECONDS:
                times.popleft()
            if not times:
                del self._wrong[address]
