"""What takes long holds nobody up, and is read seldom."""

from __future__ import annotations

import threading
import time

import pytest

from console.web.frugal import Frugal


def answer(frugal: Frugal) -> dict[str, str]:
    """Ask until there is something new, as the hub does."""
    until = time.monotonic() + 10
    while not (told := frugal()) and time.monotonic() < until:
        time.sleep(0.001)
    return dict(told)


def test_nobody_waits_while_it_reads() -> None:
    may = threading.Event()

    def read() -> dict[str, str]:
        may.wait(10)
        return {"part": "read"}

    frugal = Frugal(read)
    assert frugal() == {}
    assert frugal() == {}
    may.set()
    assert answer(frugal) == {"part": "read"}


def test_it_rests_as_long_as_it_is_costly() -> None:
    read: list[float] = []

    def reading() -> dict[str, str]:
        read.append(time.monotonic())
        time.sleep(0.01)
        return {"part": f"{len(read)}"}

    frugal = Frugal(reading)
    assert [answer(frugal), answer(frugal)] == [{"part": "1"}, {"part": "2"}]
    assert read[1] - read[0] >= 0.2


def test_what_goes_wrong_is_told_to_who_asks() -> None:
    frugal = Frugal(lambda: {"part": str(1 // 0)})
    with pytest.raises(ZeroDivisionError):
        answer(frugal)
