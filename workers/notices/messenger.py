"""Sends what the herald has written down, from a thread of its own: nobody waits for a slow receiver.

Each notice is sent until it is taken, so it may arrive twice; receivers know it again by its id.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from batches.errors import FluxbatchError
from batches.store.ledger import notices
from workers import log
from workers.notices.hook import NotTold

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.store.ledger import Ledger
    from batches.store.ledger.notices import Due
    from workers.notices.hook import Hook

LOOK_SECONDS = 2.0

FIRST_WAIT_SECONDS = 15.0
"""Doubled each time, up to an hour: 15 s, 30 s, 1 min …"""

LONGEST_WAIT_SECONDS = 3600.0

MOST_TRIES = 24
"""Which is most of a day; then nobody waits for it any more."""

LEAVING_SECONDS = 6.0
"""What a worker that leaves still gives to the last notices. Another one sends the rest."""


class Messenger:
    """Sends what is due."""

    def __init__(self, ledger: Ledger, hook: Hook, clock: Callable[[], float] = time.time) -> None:
        """Send from this ledger through this hook."""
        self._ledger = ledger
        self._hook = hook
        self._clock = clock
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._run, name="messenger", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self) -> None:
        """Send the last ones, and no more."""
        self._leaving.set()
        if self._thread.is_alive():
            self._thread.join(LEAVING_SECONDS)
        self.send_due(until=self._clock() + LEAVING_SECONDS)

    def send_due(self, until: float | None = None) -> None:
        """Send what is due, and begin nothing after this moment."""
        with self._ledger.read() as tx:
            waiting = notices.due(tx, self._clock())
        for one in waiting:
            if until is None or self._clock() < until:
                self._send(one)

    def _run(self) -> None:
        while not self._leaving.wait(LOOK_SECONDS):
            try:
                self.send_due()
            except FluxbatchError as error:  # the ledger's; the worker as a whole decides what that means
                log.trouble("messenger", error)
            except Exception as error:  # noqa: BLE001  # a mistake of ours must not end the sending unheard
                log.bug("messenger", error)

    def _send(self, one: Due) -> None:
        now = self._clock()
        with self._ledger.write() as tx:
            if not notices.take(tx, one, again_at(now, one.tries)):
                return
        try:
            self._hook.send(one.notice, now)
        except NotTold as error:
            log.not_told(one.notice.key, error, one.tries + 1)
            return
        with self._ledger.write() as tx:
            notices.was_sent(tx, one.notice.key, self._clock())


def again_at(now: float, tries: int) -> float | None:
    """When a notice that was sent so often in vain is sent again if nobody takes it now; None: never."""
    if tries + 1 >= MOST_TRIES:
        return None
    return now + float(min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2**tries))
