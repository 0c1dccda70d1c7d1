"""Writes receipts in a thread of its own, so that nobody who feeds or carries jobs waits for them."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from batches.errors import FluxbatchError
from batches.reports.receipt import write_receipt
from batches.store.ledger import receipts
from workers import log

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from batches.reports.page import Bounds
    from batches.store.images import ImageStore
    from batches.store.ledger import Ledger

BREATH_SECONDS = 0.03
"""After some hundred lines, which take a quarter of that: the threads that carry jobs have the rest of the time."""

AGAIN_SECONDS = 60.0
"""Before a receipt that could not be written is tried again."""


class Clerk:
    """Takes the ids of batches that came to rest. The ledger remembers which are to be written, so none is lost."""

    def __init__(self, account: str, ledger: Ledger, store: ImageStore, bounds: Callable[[], Bounds]) -> None:
        """Write what this ledger says of the account's batches into this store."""
        self._account = account
        self._ledger = ledger
        self._store = store
        self._bounds = bounds
        self._leaving = threading.Event()
        self._thread: threading.Thread | None = None
        self._rests: dict[str, float] = {}  # by batch, when it may be tried again

    def look(self) -> None:
        """Begin to write what is still to be written."""
        with self._ledger.read() as tx:
            wanting = receipts.wanting(tx, self._account)
        self.take(wanting)

    def take(self, batch_ids: Sequence[str]) -> None:
        """Write these, unless the ones before are still being written: they are asked for again in a moment."""
        due = [batch_id for batch_id in batch_ids if self._rests.get(batch_id, 0.0) <= time.monotonic()]
        if due and not self._leaving.is_set() and not (self._thread and self._thread.is_alive()):
            self._thread = threading.Thread(target=self._write, args=(due,), name="clerk", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Leave what is not written to whoever comes next."""
        self._leaving.set()
        if self._thread:
            self._thread.join(timeout=5)

    def _goes_on(self) -> bool:
        return not self._leaving.wait(BREATH_SECONDS)

    def _write(self, batch_ids: Sequence[str]) -> None:
        for batch_id in batch_ids:
            if self._leaving.is_set():
                return
            self._rests[batch_id] = time.monotonic() + AGAIN_SECONDS
            try:
                write_receipt(
                    self._ledger, self._store, batch_id, now=time.time(), bounds=self._bounds(), goes_on=self._goes_on
                )
            except FluxbatchError as error:
                log.no_receipt(batch_id, error)
            except Exception as error:  # noqa: BLE001  # a mistake of ours must not end the thread unheard
                log.bug("clerk", error)
            else:
                self._rests.pop(batch_id, None)
