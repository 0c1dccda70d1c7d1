"""The ledger's sums, of which those of quarters of an hour that are over are read once a quarter.

A scrape every few seconds would add up the same months again each time. What is written into a quarter long over, as a
correction is, is told with the next one.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from batches.store.ledger.purses import LIVE_QUARTERS
from batches.store.ledger.quarters import QUARTER_SECONDS
from batches.store.ledger.totals import Scope, totals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from batches.store.ledger.totals import Total

BY = ("batch_id", "account", "lane", "model")


class Sums:
    """By batch, account, lane, model and what happened. Threads share it."""

    def __init__(self) -> None:
        """Nothing is read before somebody asks."""
        self._turn = threading.Lock()
        self._over: Sequence[Total] = ()
        self._before = -1

    def read(self, tx: Connection, now: float) -> Sequence[Total]:
        """All of them. Those of one key may come in two parts."""
        live = int(now // QUARTER_SECONDS) - LIVE_QUARTERS + 1
        with self._turn:
            if self._before != live:
                self._over, self._before = list(totals(tx, BY, Scope(end=live))), live
            return [*self._over, *totals(tx, BY, Scope(first=live))]
