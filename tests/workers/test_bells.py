"""A bell wakes the journey that waits for its ticket, and nothing depends on it."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from workers.bells import Bells, ring_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from redis import Redis

LONG = 30.0


@pytest.fixture
def leaving() -> threading.Event:
    return threading.Event()


@pytest.fixture
def bells(redis: Redis, leaving: threading.Event) -> Iterator[Bells]:
    """Those of a worker that listens."""
    bells = Bells(redis, leaving)
    bells.start()
    yield bells
    bells.stop()


def woken(bells: Bells, wake: Callable[[], object], ticket: str = "t-1") -> tuple[bool, bool]:
    """Whether a wait ends within seconds of this, which is done until it does; and what it says then."""
    said: list[bool] = []
    waiting = threading.Thread(target=lambda: said.append(bells.wait(ticket, LONG)))
    waiting.start()
    deadline = time.monotonic() + 5
    while waiting.is_alive() and time.monotonic() < deadline:
        wake()
        waiting.join(0.02)
    awake = not waiting.is_alive()
    bells.wake_all()
    waiting.join(5)
    return awake, said[0]


def test_a_ring_for_its_ticket_ends_a_wait(bells: Bells, redis: Redis) -> None:
    assert woken(bells, lambda: ring_for(redis, "t-1")) == (True, False)


def test_a_worker_that_leaves_waits_for_nothing(bells: Bells, leaving: threading.Event) -> None:
    def leave() -> None:
        leaving.set()
        bells.wake_all()

    assert woken(bells, leave) == (True, True)
    assert bells.wait("t-1", LONG) is True


def test_a_wait_without_a_ring_ends_in_its_time(bells: Bells) -> None:
    began = time.monotonic()
    assert bells.wait("t-1", 0.05) is False
    assert time.monotonic() - began < 5


def test_rings_for_others_wake_nobody(bells: Bells, redis: Redis) -> None:
    waiting = threading.Thread(target=bells.wait, args=("t-1", 0.4))
    waiting.start()
    for garbage in ("t-2", "", "\udcff".encode(errors="surrogateescape")):
        redis.publish("fluxbatch:bells", garbage)
    waiting.join(0.2)
    assert waiting.is_alive()
    waiting.join(5)
    assert not waiting.is_alive()
