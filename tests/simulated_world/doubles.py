"""What the workers work with, in virtual time: each may be interrupted, lost or full."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from batches.store.images import ImageStoreAway, ImageStoreError, MemoryStore
from batches.store.ledger import LedgerError
from workers import slots

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    from batches.store.ledger import Ledger
    from tests.simulated_world.hub import Hub
    from tests.simulated_world.weather import Weather

PATIENT_SLICE = 0.1
"""Seconds between two looks for a slot."""


class SteppingLedger:
    """The ledger, with a moment before and after each transaction in which everything may end."""

    def __init__(self, ledger: Ledger, hub: Hub, weather: Weather) -> None:
        self._ledger = ledger
        self._hub = hub
        self._weather = weather

    @contextmanager
    def write(self, *, flush: bool = True) -> Iterator[Connection]:  # noqa: ARG002  # there is no disk
        self._hub.step()
        if self._weather.strikes("broken ledger"):
            raise LedgerError("the ledger cannot be written")
        with self._ledger.write() as tx:
            yield tx
        self._hub.step()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        self._hub.step()
        with self._ledger.read() as tx:
            yield tx


class Redis:
    """As much of it as elects a leader."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._lease: tuple[str, float] | None = None

    def set(self, _key: str, holder: str, *, nx: bool, px: int) -> bool:
        assert nx
        if self._lease and self._lease[1] > self._hub.now:
            return False
        self._lease = (holder, self._hub.now + px / 1000)
        return True

    def get(self, _key: str) -> bytes | None:
        return self._lease[0].encode() if self._lease and self._lease[1] > self._hub.now else None

    def pexpire(self, _key: str, px: int) -> None:
        if self._lease:
            self._lease = (self._lease[0], self._hub.now + px / 1000)

    def flush(self) -> None:
        self._lease = None


class Gate(slots.Gate):
    """A worker's side of the slots, which waits in virtual time."""

    def __init__(self, hub: Hub, counter: slots.Slots, leaving: Callable[[], bool]) -> None:
        super().__init__(counter, leaving)
        self._hub = hub

    def take(self, account: str, lane: str, holder: str, *, patience_seconds: float, urgent: bool = False) -> bool:
        until = self._hub.now + patience_seconds
        while not self._giving_up():
            self._hub.step()
            if self._try(slots.lane_name(account, lane), holder, urgent=urgent):
                return True
            if self._hub.now >= until:
                return False
            self._hub.pause(PATIENT_SLICE)
        return False


class Turnstile:
    """A semaphore of fibers."""

    def __init__(self, hub: Hub, places: int) -> None:
        self._hub = hub
        self._free = places

    def __enter__(self) -> None:
        while self._free == 0:
            self._hub.pause(0.05)
        self._free -= 1

    def __exit__(self, *_: object) -> None:
        self._free += 1


class Slots(slots.MemorySlots):
    """Slots that may be lost."""

    def flush(self) -> None:
        self._lanes.clear()


class Store(MemoryStore):
    """Pictures in memory, now and then away or full, and in some worlds with one that no worker survives."""

    def __init__(self, hub: Hub, weather: Weather, crash: Callable[[], None]) -> None:
        super().__init__()
        self.poison = hub.dice.choice([*7 * [None], "1.png"])  #: the name of that one
        self._hub = hub
        self._weather = weather
        self._crash = crash

    def put(self, key: str, data: bytes) -> None:
        self._hub.step()
        if key.endswith(f"/{self.poison}"):
            self._crash()
        if self._weather.strikes("full store"):
            away = self._weather.struck["full store"] % 2
            raise ImageStoreAway("away") if away else ImageStoreError("full")
        super().put(key, data)
