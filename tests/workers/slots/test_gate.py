"""The gate: threads wait for slots, a freed one wakes the next, and a broker that is away is a wait like any other."""

from __future__ import annotations

import math
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.workers.slots.conftest import view
from workers.errors import BrokerError
from workers.slots import Gate, MemorySlots
from workers.slots import gate as gate_module
from workers.slots.rule import GROW_EVERY
from workers.slots.seam import LEASE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterable

LANE = "ours", "standard"


class Flaky(MemorySlots):
    """Slots whose broker can be away, by a clock that the test moves."""

    def __init__(self) -> None:
        super().__init__(clock=lambda: self.now)
        self.now = 0.0
        self.away = False
        self.asked = 0
        self.restore("ours:standard", 1, [], 0)
        self.restore("ours:video", 1, [], 0)

    @property
    def used(self) -> int:
        """How many slots are taken."""
        return view(self, "ours:standard").used

    def _check(self) -> None:
        if self.away:
            raise BrokerError("The broker is away.")

    def take(self, lane: str, holder: str, *, urgent: bool = False) -> int | None:
        self._check()
        self.asked += 1
        return super().take(lane, holder, urgent=urgent)

    def hold(self, lane: str, holders: Iterable[str]) -> None:
        self._check()
        super().hold(lane, holders)

    def release(self, lane: str, holder: str) -> None:
        self._check()
        super().release(lane, holder)

    def accepted(self, lane: str) -> None:
        self._check()
        super().accepted(lane)

    def refused(self, lane: str, cuts: int, why: str, rest_seconds: float) -> int | None:
        self._check()
        return super().refused(lane, cuts, why, rest_seconds)


@pytest.fixture
def slots() -> Flaky:
    return Flaky()


@pytest.fixture
def leaving() -> threading.Event:
    return threading.Event()


@pytest.fixture
def gate(slots: Flaky, leaving: threading.Event) -> Gate:
    return Gate(slots, leaving.is_set)


def test_a_free_slot_is_taken_at_once(gate: Gate, slots: Flaky) -> None:
    assert gate.take(*LANE, "job-1", patience_seconds=0)
    assert slots.used == 1


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
    slots.take("ours:standard", "job-1")
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
    slots.restore("ours:standard", 1, [], 0)
    assert slots.used == 0


def test_renewing_keeps_what_is_held_and_only_that(gate: Gate, slots: Flaky) -> None:
    gate.take(*LANE, "job-1", patience_seconds=0)
    gate.hold(*LANE, "job-2")
    gate.hold(*LANE, "job-3")
    gate.forget(*LANE, "job-3")
    assert slots.used == 3, "a forgotten slot is not freed"
    slots.now += LEASE_SECONDS * 0.75
    gate.renew()
    slots.now += LEASE_SECONDS * 0.75
    slots.restore("ours:standard", 1, [], 0)
    assert slots.used == 2, "but it runs out"


def test_what_could_not_be_held_is_held_with_the_next_renewal(gate: Gate, slots: Flaky) -> None:
    slots.away = True
    gate.hold(*LANE, "job-1")
    slots.away = False
    gate.renew()
    assert slots.used == 1


def test_of_all_who_wait_only_the_first_in_line_asks_the_broker(gate: Gate, slots: Flaky) -> None:
    gate.take(*LANE, "job-0", patience_seconds=0)
    slots.asked = 0
    with ThreadPoolExecutor(20) as pool:
        waiting = [pool.submit(gate.take, *LANE, f"job-{number}", patience_seconds=0.3) for number in range(1, 21)]
        assert not any(one.result() for one in waiting)
    asked_by_one = 0.3 / gate_module.ASK_EVERY_SECONDS
    assert slots.asked < 20 * asked_by_one / 2, "the others ask once or twice, when their turn comes at last"


def test_a_refusal_rests_and_cuts_the_lane_of_the_whole_fleet(gate: Gate, slots: Flaky) -> None:
    slots.vouch("ours:standard", 8)
    for number in range(3):
        gate.take(*LANE, f"job-{number}", patience_seconds=0)
    for number in range(3):
        gate.refused(*LANE, f"job-{number}", "429", 30.0)
    seen = view(slots)
    assert (seen.limit, seen.rests_seconds) == (6, 30), "one burst, one cut"
    assert not gate.take(*LANE, "job-4", patience_seconds=0.01)


@pytest.mark.parametrize(
    ("asked", "rests", "reason"),
    [(None, 1, "BFL names no time"), (0.0, 1, "nor does this"), (math.inf, 600, "we look again after ten minutes")],
)
def test_a_rest_has_its_bounds(gate: Gate, slots: Flaky, asked: float | None, rests: float, reason: str) -> None:
    gate.take(*LANE, "job-1", patience_seconds=0)
    gate.refused(*LANE, "job-1", "429", asked)
    assert view(slots).rests_seconds == rests, reason


def test_a_refusal_without_a_slot_of_ours_says_nothing(gate: Gate, slots: Flaky) -> None:
    gate.hold(*LANE, "job-1")
    gate.refused(*LANE, "job-1", "429", 30.0)
    gate.refused(*LANE, "job-2", "429", 30.0)
    assert view(slots).cut is None


def test_what_the_broker_does_not_hear_of_is_no_harm(gate: Gate, slots: Flaky) -> None:
    gate.take(*LANE, "job-1", patience_seconds=0)
    slots.away = True
    gate.accepted(*LANE)
    gate.refused(*LANE, "job-1", "429", 30.0)
    slots.away = False
    assert view(slots).cut is None


def test_accepted_jobs_give_slots_back(gate: Gate, slots: Flaky) -> None:
    slots.vouch("ours:standard", 8)
    gate.take(*LANE, "job-1", patience_seconds=0)
    gate.refused(*LANE, "job-1", "429", None)
    for _ in range(GROW_EVERY):
        gate.accepted(*LANE)
    assert view(slots).limit == 7


def test_an_urgent_job_goes_before_those_in_line(gate: Gate, slots: Flaky) -> None:
    assert gate.take(*LANE, "job-1", patience_seconds=0)
    order: list[str] = []

    def wait(holder: str, *, urgent: bool) -> None:
        if gate.take(*LANE, holder, patience_seconds=20, urgent=urgent):
            order.append(holder)
            gate.release(*LANE, holder)

    with ThreadPoolExecutor(6) as pool:
        for number in range(5):
            pool.submit(wait, f"usual-{number}", urgent=False)
        time.sleep(0.1)
        pool.submit(wait, "urgent", urgent=True)
        time.sleep(0.1)
        gate.release(*LANE, "job-1")
    assert (order[0], len(order)) == ("urgent", 6)
    assert slots.used == 0
