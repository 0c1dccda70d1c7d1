"""Celery's way over Redis, with one client for all commands of a channel.

kombu makes a client for each command, and to fill its table of callbacks takes several times as long as the command.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from kombu.transport import redis

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis import Redis


class Channel(redis.Channel):
    """A channel whose client lives as long as its pool of connections."""

    _shared: Redis | None = None

    @contextmanager
    def conn_or_acquire(self, client: Redis | None = None) -> Iterator[Redis]:
        """A client for some commands; any thread may use it."""
        if client is None:
            if self._shared is None or self._shared.connection_pool is not self.pool:
                self._shared = self._create_client()  # type: ignore[no-untyped-call]  # as kombu declares it
            client = self._shared
        yield client


class Transport(redis.Transport):
    """kombu's, with these channels."""

    Channel = Channel
