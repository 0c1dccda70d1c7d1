"""Who may plan now. A page that asks anew gives up what it asked before, and nobody plans without end."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from console.web.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

AT_ONCE = 2
"""Plans that are made: each takes a core for a while, and pages want one too."""

MOST_SECONDS = 20.0

MOST_IMAGES = 100_000

CURE = "The command line plans any number: `fluxbatch plan`, then `fluxbatch submit`."


class Turns:
    """All pages on which somebody writes."""

    def __init__(self) -> None:
        """Nobody writes yet."""
        self._room = threading.BoundedSemaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._newest: dict[str, object] = {}

    @contextmanager
    def turn(self, page: str) -> Iterator[Callable[[int], None]]:
        """Room to plan for this page; hands out what has to be told how many images there are so far."""
        mine = object()
        with self._lock:
            self._newest[page] = mine
        try:
            with self._room:
                until = time.monotonic() + MOST_SECONDS
                self._judge(page, mine, 0, until)  # it may have waited
                yield lambda images: self._judge(page, mine, images, until)
        finally:
            with self._lock:
                if self._newest.get(page) is mine:
                    del self._newest[page]

    def _judge(self, page: str, mine: object, images: int, until: float) -> None:
        if self._newest.get(page) is not mine:
            raise Refused(409, "This was changed while it was planned.")
        if images > MOST_IMAGES:
            raise Refused(422, f"This asks for more than {MOST_IMAGES:,} images, the most of a page.", cure=CURE)
        if time.monotonic() > until:
            raise Refused(422, f"This takes longer than {MOST_SECONDS:.0f} seconds to plan.", cure=CURE)
