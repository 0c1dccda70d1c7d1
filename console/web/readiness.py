"""Whether ledger and broker can be reached, tried anew once a second at most, however often it is asked."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Literal

from sqlalchemy import select

from batches.errors import FluxbatchError
from workers.broker import connect
from workers.embedded import running_broker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batches.store.ledger import Ledger
    from workers.settings import Settings

REMEMBERED_SECONDS = 1.0

Word = Literal["ok", "out of reach", "not up: it comes with the first worker"]
"""No address, and nothing of what went wrong: everybody may ask."""


class Readiness:
    """What was found when it was last tried."""

    def __init__(self) -> None:
        """Nothing was tried yet."""
        self._turn = threading.Lock()
        self._until = 0.0
        self._found: Mapping[str, Word] = {}

    def look(self, settings: Settings, ledger: Ledger) -> Mapping[str, Word]:
        """A word for each. Who asks while somebody tries waits for that."""
        with self._turn:
            if time.monotonic() >= self._until:
                self._found = {"ledger": _ledger(ledger), "broker": _broker(settings)}
                self._until = time.monotonic() + REMEMBERED_SECONDS
            return self._found


def _ledger(ledger: Ledger) -> Word:
    try:
        with ledger.read() as tx:
            tx.execute(select(1))
    except FluxbatchError:
        return "out of reach"
    return "ok"


def _broker(settings: Settings) -> Word:
    """An embedded one is up while workers are, and needs nobody to start it."""
    if settings.broker_url is None:
        return "ok" if running_broker(settings.home) else "not up: it comes with the first worker"
    try:
        connect(settings.broker_url).close()
    except FluxbatchError:
        return "out of reach"
    return "ok"
