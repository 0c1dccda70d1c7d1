"""The broker: the Redis that carries doorbells and counts slots. It holds nothing that cannot be lost."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

from batches.errors import SettingError
from workers.errors import BrokerError

if TYPE_CHECKING:
    from collections.abc import Iterator

SOCKET_SECONDS = 5
"""An answer that takes longer than this means that the broker is away."""


def connect(url: str) -> Redis:
    """A client of the broker at this URL, which answers, or BrokerError."""
    try:
        redis = Redis.from_url(
            _for_redis(url),
            socket_timeout=SOCKET_SECONDS,
            socket_connect_timeout=SOCKET_SECONDS,
            health_check_interval=30,
        )
        with translating(_shown(url)):
            redis.ping()
    except ValueError as error:
        raise SettingError(
            f"FLUXBATCH_BROKER_URL is not the address of a Redis server: {_shown(url)}.",
            cure="Use redis://host:6379/0, or unset it to use the embedded broker.",
        ) from error
    return redis


@contextmanager
def translating(where: str = "broker") -> Iterator[None]:
    """No error of the Redis client, or of Celery's use of it, passes this door."""
    try:
        yield
    except (RedisError, OperationalError, OSError) as error:
        raise BrokerError(
            f"The broker {where} cannot be reached: {str(error).rstrip('.')}.",
            cure="Start it, or correct FLUXBATCH_BROKER_URL; unset, the embedded broker is used.",
        ) from error


def for_celery(url: str) -> str:
    """Celery's spelling of the same address."""
    return "redis+socket://" + url.removeprefix("unix://") if url.startswith("unix://") else url


def _for_redis(url: str) -> str:
    return "unix://" + url.removeprefix("redis+socket://") if url.startswith("redis+socket://") else url


def _shown(url: str) -> str:
    """Without a password."""
    return re.sub("//.*@", "//", url)
