"""`fluxbatch`, which counts what it asks of others, and writes the counts so far into a file at every SIGUSR2.

`python bench/counted.py COUNTS worker …`: a file, and the words for `fluxbatch`.
"""

from __future__ import annotations

import json
import signal
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kombu.transport.redis import Channel
from redis.connection import AbstractConnection
from sqlalchemy import event
from sqlalchemy.pool import Pool

from console.cli.main import main

if TYPE_CHECKING:
    import sqlite3

counts: Counter[str] = Counter(messages=0, statements=0, transactions=0, redis_calls=0)
"""Doorbells; statements, but for the transactions' own words; transactions that ended well; commands, or what goes to
Redis at once."""


def _count_statements(connection: sqlite3.Connection, _record: object) -> None:
    connection.set_trace_callback(_count_statement)


def _count_statement(text: str) -> None:
    word = text.split(maxsplit=1)[0]
    if word == "COMMIT":
        counts["transactions"] += 1
    elif word not in {"BEGIN", "PRAGMA", "ROLLBACK", "--"}:
        counts["statements"] += 1


def _count_calls(owner: type, method: str, name: str) -> None:
    """Count the calls of this method under this name."""
    plain = getattr(owner, method)

    def counted(*args: Any, **options: Any) -> Any:  # noqa: ANN401  # whatever the method takes and gives
        counts[name] += 1
        return plain(*args, **options)

    setattr(owner, method, counted)


def _tell(*_: object) -> None:
    file = Path(sys.argv[0])
    part = file.with_suffix(".part")
    part.write_text(json.dumps(counts))
    part.replace(file)


if __name__ == "__main__":
    del sys.argv[0]  # so that the file stands where a program's name does
    event.listen(Pool, "connect", _count_statements)
    _count_calls(Channel, "_put", "messages")
    _count_calls(AbstractConnection, "send_packed_command", "redis_calls")
    signal.signal(signal.SIGUSR2, _tell)
    main()
