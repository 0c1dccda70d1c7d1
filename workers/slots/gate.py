"""Waits for a slot, keeps it alive while it is needed, and wakes the next one in line."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING

from workers.errors import BrokerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workers.slots.seam import Slots

ASK_EVERY_SECONDS = 0.1
"""A slot freed in this process wakes a waiter at once; one freed elsewhere is seen within this time."""


class Gate:
    """One worker's side of the slots: its threads wait here, and its heartbeat renews what they hold.

    While the broker is away nobody gets a slot and nobody loses one; that is a wait like any other.
    """

    def __init__(self, slots: Slots, limits: Mapping[str, int], giving_up: Callable[[], bool]) -> None:
        """Wait on these slots with these limits per lane class, until told to give up."""
        self._slots = slots
        self._limits = limits
        self._giving_up = giving_up
        self._changed = threading.Condition()
        self._freed = 0
        self._held: dict[str, set[str]] = defaultdict(set)

    def take(self, account: str, lane: str, holder: str, *, patience_seconds: float) -> bool:
        """Wait for a slot. False when patience or the worker's time ran out."""
        name = _name(account, lane)
        deadline = time.monotonic() + patience_seconds
        while not self._giving_up():
            freed_before = self._freed
            if self._try(name, holder, self._limits[lane]):
                with self._changed:
                    self._held[name].add(holder)
                return True
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self._wait(freed_before, min(left, ASK_EVERY_SECONDS))
        return False

    def hold(self, account: str, lane: str, holder: str) -> None:
        """State that this job is active at BFL already, whatever the limit says."""
        with self._changed:
            self._held[_name(account, lane)].add(holder)
        with suppress(BrokerError):  # the next renewal says it again
            self._slots.hold(_name(account, lane), [holder])

    def release(self, account: str, lane: str, holder: str) -> None:
        """The ticket is no longer active: the next job may have the slot."""
        self.forget(account, lane, holder)
        with suppress(BrokerError):  # then the lease runs out
            self._slots.release(_name(account, lane), holder)
        with self._changed:
            self._freed += 1
            self._changed.notify_all()

    def forget(self, account: str, lane: str, holder: str) -> None:
        """Stop renewing, but leave the lease to run out: the job may still be active at BFL."""
        with self._changed:
            self._held[_name(account, lane)].discard(holder)

    def renew(self) -> None:
        """Keep all slots of this worker alive."""
        with self._changed:
            held = {name: tuple(holders) for name, holders in self._held.items() if holders}
        for name, holders in held.items():
            self._slots.hold(name, holders)

    def _try(self, name: str, holder: str, limit: int) -> bool:
        try:
            return self._slots.take(name, holder, limit)
        except BrokerError:
            return False

    def _wait(self, freed_before: int, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._freed != freed_before, timeout=seconds)


def _name(account: str, lane: str) -> str:
    return f"{account}:{lane}"
