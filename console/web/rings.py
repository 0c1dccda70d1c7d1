"""Which webhooks ring a bell. Whoever repeats one, or sends them in floods, rings no more often than this. Pure."""

from __future__ import annotations

import threading
from collections import OrderedDict

MOST = 200
"""Rings within `SECONDS`: several times what all lanes of a large account can finish. More than that are dropped."""

SECONDS = 1.0
"""A ticket rings once in so long: what BFL sends twice, or somebody has recorded, makes one poll."""


class Rings:
    """Those of late. Threads share it."""

    def __init__(self) -> None:
        """Nothing has rung yet."""
        self._lock = threading.Lock()
        self._late: OrderedDict[str, float] = OrderedDict()

    def may(self, ticket_id: str, now: float) -> bool:
        """Whether it may ring for this ticket now; if so, it does."""
        with self._lock:
            while self._late and next(iter(self._late.values())) <= now - SECONDS:
                self._late.popitem(last=False)
            if ticket_id in self._late or len(self._late) >= MOST:
                return False
            self._late[ticket_id] = now
            return True
