"""Virtual time: fibers that run one at a time, in an order that the dice decide."""

from __future__ import annotations

import heapq
from itertools import count
from typing import TYPE_CHECKING, Any

from greenlet import GreenletExit, getcurrent, greenlet

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

START = 1_800_000_000.0
"""Seconds since the epoch at which every world begins."""

STEP_SECONDS = 0.02
"""Between two steps of a fiber up to so much passes, so that others come in between."""


class Fiber:
    """Something that goes on by itself and may be killed between any two of its steps."""

    def __init__(self, hub: Hub, work: Callable[[], Any]) -> None:
        self._hub = hub
        self._greenlet = greenlet(work, hub.main)
        self.turn = -1  #: the entry in the hub's calendar that wakes it

    def go_on(self) -> None:
        """Until its next pause."""
        self._greenlet.switch()

    @property
    def is_over(self) -> bool:
        return self._greenlet.dead

    def kill(self) -> None:
        """End it here and now, as a SIGKILL would: nothing it would have done next is done."""
        self.turn = -1
        if getcurrent() is self._greenlet:
            raise GreenletExit
        if self._greenlet and not self.is_over:
            self._greenlet.parent = getcurrent()  # where things go on after its end
            self._greenlet.throw(GreenletExit)


class Hub:
    """The clock, and the calendar of who goes on when."""

    def __init__(self, dice: Random) -> None:
        self.main = getcurrent()
        self.now = START
        self.dice = dice
        self._turns = count()
        self._calendar: list[tuple[float, float, int, Fiber]] = []
        self._running: Fiber | None = None
        self.dying = False

    def start(self, work: Callable[[], Any], after: float = 0.0) -> Fiber:
        """Let something go on by itself from then on."""
        fiber = Fiber(self, work)
        self.wake(fiber, after)
        return fiber

    def wake(self, fiber: Fiber, after: float = 0.0) -> None:
        """Let a fiber go on then, whatever it was waiting for."""
        fiber.turn = next(self._turns)
        heapq.heappush(self._calendar, (self.now + after, self.dice.random(), fiber.turn, fiber))

    def pause(self, seconds: float) -> None:
        """Of the fiber that runs: go on after so many seconds, or when somebody wakes it."""
        if self.dying or self._running is None:
            return
        self.wake(self._running, seconds)
        self.main.switch()

    def step(self) -> None:
        """A moment in which others may come in between, or everything may end."""
        self.pause(self.dice.random() * STEP_SECONDS)

    @property
    def running(self) -> Fiber | None:
        return self._running

    def run(self, until: float) -> None:
        """Let all of them go on until then."""
        while self._calendar and self._calendar[0][0] <= until:
            self.now, _, turn, fiber = heapq.heappop(self._calendar)
            if turn == fiber.turn and not fiber.is_over:
                self._running = fiber
                try:
                    fiber.go_on()
                finally:
                    self._running = None
        self.now = until

    def end(self) -> None:
        """Nothing goes on any more."""
        self.dying = True
        for *_, fiber in self._calendar:
            fiber.kill()
        self._calendar.clear()
