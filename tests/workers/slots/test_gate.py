"""The gate: threads wait for slots, a freed one wakes the next, and a broker that is away is a wait like any other."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from workers.errors import BrokerError
from workers.slots import Gate, MemorySlots
from workers.slots import gate as gate_module
from workers.slots.seam import LEASE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterable

LIMITS = {"standard": 1, "video": 1}
LANE = "ours", "standard"


class Flaky(MemorySlots):
    """Slots whose broker can be away, by a clock that the test moves."""

    def __init__(self) -> None:
        super().__init__(clock=lambda: self.now)
        self.now = 0.0
        self.away = False

    def _check(self) -> None:
        if self.away:
            raise BrokerError("The broker is away.")

    def take(self, lane: str, holder: str, limit: int) -> bool:
        self._check()
        return super().take(lane, holder, limit)

    def hold(self, lane: str, holders: Iterable[str]) -> None:
        self._check()
        super().hold(lane, holders)

    def release(self, lane: str, holder: str) -> None:
        self._check()
        super().release(lane, holder)


@pytest.fixture
def slots() -> Flaky:
    return Flaky()


@pytest.fixture
def leaving() -> threading.Event:
    return threading.Event()


@pytest.fixture
def gate(slots: Flaky, leaving: threading.Event) -> Gate:
    return Gate(slots, LIMITS, leaving.is_set)


def test_a_free_slot_is_taken_at_once(gate: Gate, slots: Flaky) -> None:
    assert gate.take(*LANE, "job-1", patience_seconds=0)
    assert slots.held("ours:standard") == 1


def test_patience_ends(gate: Gate) -> None:
    gate.take(*LANE, "job-1", patience_seconds=0)
    assert not gate.take(*LANE, "job-2", patience_seconds=0.05)


def test_a_freed_slot_wakes_the_next_in_line_without_waiting_to_ask_again(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate_module, "ASK_EVERY_SECONDS", 60.0)
    gate.take(*LANE, "job-0", patience_seconds=0)

    def come_and_go(number: int) -> bool:
        taken = gate.take(*LANE, f"job-{number}", patience_seconds=60)
        gate.release(*LANE, f"job-{number}")
        return taken

    began = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        waiting = pool.map(come_and_go, range(1, 9))
        gate.release(*LANE, "job-0")
        assert list(waiting) == [True] * 8
    assert time.monotonic() - began < 30, "nobody slept until the next time to ask"


def test_a_slot_freed_elsewhere_is_seen_when_asking_again(gate: Gate, slots: Flaky) -> None:
    slots.take("ours:standard", "job-1", 1)
    elsewhere = threading.Timer(0.05, slots.release, ("ours:standard", "job-1"))
    elsewhere.start()
    assert gate.take(*LANE, "job-2", patience_seconds=30)
    elsewhere.join()


def test_a_leaving_worker_waits_no_more(gate: Gate, leaving: threading.Event) -> None:
    gate.take(*LANE, "job-1", patience_seconds=0)
    threading.Timer(0.05, leaving.set).start()
    assert not gate.take(*LANE, "job-2", patience_seconds=60)
    assert not gate.take("ours", "video", "job-3", patience_seconds=60), "not even for a free one"


def test_a_broker_that_is_away_is_waited_for(gate: Gate, slots: Flaky) -> None:
    slots.away = True
    back = threading.Timer(0.05, setattr, (slots, "away", False))
    back.start()
    assert gate.take(*LANE, "job-1", patience_seconds=30)
    back.join()


def test_a_slot_that_cannot_be_released_runs_out(gate: Gate, slots: Flaky) -> None:
    gate.take(*LANE, "job-1", patience_seconds=0)
    slots.away = True
    gate.release(*LANE, "job-1")
    slots.away = False
    gate.renew()
    slots.now += LEASE_SECONDS
    assert slots.held("ours:standard") == 0


def test_renewing_keeps_what_is_held_and_only_that(gate: Gate, slots: Flaky) -> None:
    gate.take(*LANE, "job-1", patience_seconds=0)
    gate.hold(*LANE, "job-2")
    gate.hold(*LANE, "job-3")
    gate.forget(*LANE, "job-3")
    assert slots.held("ours:standard") == 3, "a forgotten slot is not freed"
    slots.now += LEASE_SECONDS * 0.75
    gate.renew()
    slots.now += LEASE_SECONDS * 0.75
    assert slots.held("ours:standard") == 2, "but it runs out"


def test_what_could_not_be_held_is_held_with_the_next_renewal(gate: Gate, slots: Flaky) -> None:
    slots.away = True
    gate.hold(*LANE, "job-1")
    slots.away = False
    gate.renew()
    assert slots.held("ours:standard") == 1
