"""A bell for each journey that waits for a result: whoever hears that it is there rings, and the journey asks at once.

It goes through the broker, from the web page that takes webhooks in to the worker that has the job. A ring that nobody
hears is lost, and that loses nothing: the journey asks when its wait is over, as it would without any bells.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from workers import log
from workers.broker import translating
from workers.errors import BrokerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis import Redis
    from redis.client import PubSub

CHANNEL = "fluxbatch:bells"
"""Of Redis: each message is the id of a ticket."""

LISTEN_SECONDS = 1.0
"""How long it takes at most to notice that the worker is gone."""

DEAF_SECONDS = 5.0
"""From a broker that went away to the next try."""


def ring_for(redis: Redis, ticket_id: str) -> None:
    """Ring for this ticket in the whole fleet; raises BrokerError."""
    with translating():
        redis.publish(CHANNEL, ticket_id)


class Bells:
    """Those of one worker. Threads share it."""

    def __init__(self, redis: Redis, leaving: threading.Event) -> None:
        """Hear through this broker. Nobody waits once the worker is leaving."""
        self._redis = redis
        self._leaving = leaving
        self._lock = threading.Lock()
        self._waiting: dict[str, threading.Event] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="bells", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Listen no more."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(2 * LISTEN_SECONDS)

    def wait(self, ticket_id: str, seconds: float) -> bool:
        """Wait so many seconds, or until it rings for this ticket; True when the worker is leaving."""
        bell = threading.Event()
        with self._lock:
            self._waiting[ticket_id] = bell
        try:
            if not self._leaving.is_set():
                bell.wait(seconds)
        finally:
            with self._lock:
                del self._waiting[ticket_id]
        return self._leaving.is_set()

    def wake_all(self) -> None:
        """The worker is leaving."""
        with self._lock:
            for bell in self._waiting.values():
                bell.set()

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                with translating(), _channel(self._redis) as channel:
                    while not self._over.is_set():
                        self._hear(channel.get_message(timeout=LISTEN_SECONDS))
            except BrokerError as error:
                log.trouble("bells", error)
                self._over.wait(DEAF_SECONDS)

    def _hear(self, message: dict[str, bytes] | None) -> None:
        if message is not None:
            with self._lock:
                bell = self._waiting.get(message["data"].decode(errors="replace"))
            if bell is not None:
                bell.set()


@contextmanager
def _channel(redis: Redis) -> Iterator[PubSub]:
    with redis.pubsub(ignore_subscribe_messages=True) as channel:  # type: ignore[no-untyped-call]  # as redis declares it
        channel.subscribe(CHANNEL)
        yield channel
