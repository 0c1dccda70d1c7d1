"""The ways into the database: an engine for each kind of transaction, and what such a transaction begins with."""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from batches.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

BUSY_SECONDS = 30
"""How long a writer waits for another process's transaction before it gives up."""


@dataclass(frozen=True, slots=True)
class Door:
    """One way in."""

    engine: Engine  #: its connections
    begin: str | None = None  #: the first statement of a transaction, where the driver does not send it

    @contextmanager
    def open(self) -> Iterator[Connection]:
        """One transaction."""
        # Not by an event of the engine: one that has events tells them of every statement, which takes a tenth of it.
        with self.engine.connect() as connection, connection.begin():
            if self.begin:
                connection.exec_driver_sql(self.begin)
            yield connection


@dataclass(frozen=True, slots=True)
class Doors:
    """All ways into one database."""

    read: Door  #: nothing is changed
    write: Door  #: on disk with the next one that is flushed
    flush: Door  #: on disk when it ends

    @property
    def where(self) -> str:
        """The database, without a password."""
        return self.read.engine.url.render_as_string(hide_password=True)

    @property
    def file(self) -> Path | None:
        """The file of a SQLite database that lies on a disk."""
        return _file_of(self.read.engine)

    def close(self) -> None:
        """Give the connections back to the database."""
        for door in (self.read, self.write, self.flush):
            door.engine.dispose()


def doors_of(url: str) -> Doors:
    """The ways into the database at this URL; nothing is opened yet."""
    try:
        if make_url(url).get_backend_name() == "sqlite":
            return _doors_of_sqlite(url)
        door = Door(create_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True))
    except (ArgumentError, ModuleNotFoundError, ValueError) as error:
        raise SettingError(
            f"FLUXBATCH_LEDGER_URL names no database that can be used here; it begins with {url.partition(':')[0]!r}.",
            cure="Use sqlite:///path/ledger.db, or postgresql+psycopg://… with the `postgres` extra installed.",
        ) from error
    return Doors(read=door, write=door, flush=door)


def _doors_of_sqlite(url: str) -> Doors:
    """A connection keeps to one mode, or every other transaction would begin with changing it."""
    flushed = _sqlite_engine(url, "FULL")
    plain = _sqlite_engine(url, "NORMAL") if _file_of(flushed) else flushed  # one in memory is each engine's own
    # A writer asks for the lock at once: a reader that turns writer half way would fail instead of waiting.
    return Doors(
        read=Door(plain, "BEGIN"), write=Door(plain, "BEGIN IMMEDIATE"), flush=Door(flushed, "BEGIN IMMEDIATE")
    )


def _sqlite_engine(url: str, synchronous: Literal["FULL", "NORMAL"]) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we write BEGIN ourselves
        cursor = connection.cursor()
        _use_wal(cursor)
        for pragma in ("foreign_keys=ON", "temp_store=MEMORY", f"synchronous={synchronous}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


def _use_wal(cursor: sqlite3.Cursor) -> None:
    """Only a new file needs it. SQLite does not wait for others when it changes this mode, so we do."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            if cursor.execute("PRAGMA journal_mode").fetchone()[0] == "delete":
                cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _file_of(engine: Engine) -> Path | None:
    path = engine.url.database
    on_disk = engine.url.get_backend_name() == "sqlite" and path and path != ":memory:"
    return Path(path) if on_disk and path else None
