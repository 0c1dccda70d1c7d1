"""A few places for many, by who has the least time left."""

from __future__ import annotations

import threading
import time

from workers.bfl.turns import Turns


def wait_in(turns: Turns, deadline: float, had: list[float]) -> threading.Thread:
    """A thread that waits for its turn, and notes when it has it."""

    def wait() -> None:
        with turns.turn(deadline):
            had.append(deadline)

    before = turns.before(float("inf"))
    thread = threading.Thread(target=wait)
    thread.start()
    while turns.before(float("inf")) == before:
        time.sleep(0.001)
    return thread


def test_whoever_has_the_least_time_left_goes_first() -> None:
    turns, had = Turns(1), list[float]()
    with turns.turn(99):
        threads = [wait_in(turns, deadline, had) for deadline in (30, 10, 20, 10)]
    for thread in threads:
        thread.join()
    assert had == [10, 10, 20, 30]


def test_no_more_are_at_it_than_there_are_places() -> None:
    turns, at_it, most = Turns(3), list[int](), list[int]()

    def work() -> None:
        for _ in range(50):
            with turns.turn(0):
                at_it.append(1)
                most.append(len(at_it))
                time.sleep(0.0002)
                at_it.pop()

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 600
    assert max(most) == 3


def test_a_place_comes_free_however_it_was_used() -> None:
    turns = Turns(1)
    for _ in range(2):
        try:
            with turns.turn(5):
                raise KeyError
        except KeyError:
            assert turns.before(float("inf")) == 0


def test_those_whose_time_runs_out_are_counted_waiting_or_at_it() -> None:
    turns, had = Turns(1), list[float]()
    with turns.turn(10):
        threads = [wait_in(turns, 20, had), wait_in(turns, 30, had)]
        assert [turns.before(moment) for moment in (10, 11, 30, 31)] == [0, 1, 2, 3]
    for thread in threads:
        thread.join()
    assert turns.before(99) == 0
