"""The two doors to the database, `read` and `write`. All SQL lives in this package and runs inside one of them."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from batches.errors import SettingError
from batches.store.ledger.ballast import Ballast
from batches.store.ledger.errors import LedgerError, LedgerFull, translated
from batches.store.ledger.migrations import revision, upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from sqlalchemy import Connection, Engine

BUSY_SECONDS = 30
"""How long a writer waits for another process's transaction before it gives up."""

CACHE_OF_MANY_KB = 64_000
"""Memory for the pages of the ledger while a million jobs are written, which halves what is read again and again."""

PAGES_OF_MANY = 16_000
"""Of 4 kB in the journal, before they go to the ledger itself: an index page is then written once for many jobs."""


class Ledger:
    """The database of batches, jobs, attempts and charges: the only truth.

    `read` and `write` each give one transaction; `write` commits at the end or changes nothing. Any thread may use
    either. Writers of one process take turns here, because SQLite has one writer and lets waiting ones starve.
    """

    def __init__(self, url: str) -> None:
        """Open the ledger at a database URL, creating or upgrading its tables."""
        self.url = url
        self._turn = threading.Lock()
        self.full: LedgerFull | None = None  #: the disk was full once; what is written since then lives on the ballast
        self._ballast: Ballast | None = None
        self._engine = _engine(url)
        if file := _file_of(self._engine):
            _make_folder(file.parent)
        self.where = self._engine.url.render_as_string(hide_password=True)
        try:
            with self._translating():
                upgrade(self._engine)
        except LedgerError:
            self.close()
            raise
        if file:
            self._ballast = Ballast(file)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view; nothing is changed."""
        with self._translating(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write_many(self) -> Iterator[Connection]:
        """`write` without `flush`, for thousands of rows: it keeps more of the indexes at hand."""
        with self.write(flush=False) as tx:
            if tx.dialect.name == "sqlite":
                tx.exec_driver_sql(f"PRAGMA cache_size=-{CACHE_OF_MANY_KB}")
                tx.exec_driver_sql(f"PRAGMA wal_autocheckpoint={PAGES_OF_MANY}")
            yield tx

    @contextmanager
    def write(self, *, flush: bool = True) -> Iterator[Connection]:
        """One transaction that is on disk when the block ends, or leaves no trace.

        Without `flush` it is on disk with the next one that is flushed: the end of this process loses nothing, but a
        power cut may. That is for moves which nothing outside the ledger follows from, and saves a wait for the disk.
        """
        with self._turn, self._translating(), self._engine.connect() as plain:
            connection = plain.execution_options(fluxbatch_writes=True, fluxbatch_flush=flush)
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Give the connections back to the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _translating(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            said = translated(error, self.where)
            if isinstance(said, LedgerFull):
                self.full = said
                if self._ballast:
                    self._ballast.throw_off()
            raise said from error


def is_there(url: str) -> bool:
    """Whether there is a ledger at this database URL. Nothing is made or changed."""
    engine = _engine(url)
    if file := _file_of(engine):
        return file.exists()
    try:
        with engine.connect() as connection:
            return revision(connection) is not None
    except SQLAlchemyError as error:
        raise translated(error, engine.url.render_as_string(hide_password=True)) from error
    finally:
        engine.dispose()


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return _sqlite_engine(url)
        return create_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True)
    except (ArgumentError, ModuleNotFoundError, ValueError) as error:
        raise SettingError(
            f"FLUXBATCH_LEDGER_URL names no database that can be used here; it begins with {url.partition(':')[0]!r}.",
            cure="Use sqlite:///path/ledger.db, or postgresql+psycopg://… with the `postgres` extra installed.",
        ) from error


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we write BEGIN ourselves, below
        cursor = connection.cursor()
        _use_wal(cursor)
        for pragma in ("foreign_keys=ON", "temp_store=MEMORY"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        writes = options.get("fluxbatch_writes", False)
        if writes:
            _flush_commits(connection, "FULL" if options.get("fluxbatch_flush", True) else "NORMAL")
        # A writer asks for the lock at once: a reader that turns writer half way would fail instead of waiting.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _flush_commits(connection: Connection, mode: str) -> None:
    if connection.info.get("synchronous") != mode:
        connection.exec_driver_sql(f"PRAGMA synchronous={mode}")
        connection.info["synchronous"] = mode


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
    """The file of a SQLite ledger that lies on a disk."""
    path = engine.url.database
    on_disk = engine.url.get_backend_name() == "sqlite" and path and path != ":memory:"
    return Path(path) if on_disk and path else None


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LedgerError(
            f"The folder {folder} for the ledger cannot be made: {error.strerror}.",
            cure="Set FLUXBATCH_HOME to a folder you may write.",
        ) from error
