"""The two doors to the database, `read` and `write`. All SQL lives in this package and runs inside one of them."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from sqlalchemy.exc import SQLAlchemyError

from batches.store.ledger.ballast import Ballast
from batches.store.ledger.doors import doors_of
from batches.store.ledger.errors import LedgerError, LedgerFull, translated
from batches.store.ledger.migrations import revision, upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from sqlalchemy import Connection

CACHE_OF_MANY_KB = 64_000
"""Memory for the pages of the ledger while a million jobs are written, which halves what is read again and again."""

PAGES_OF_MANY = 32_000
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
        self._doors = doors_of(url)
        if file := self._doors.file:
            _make_folder(file.parent)
        self.where = self._doors.where
        try:
            with self._translating():
                upgrade(self._doors)
        except LedgerError:
            self.close()
            raise
        if file:
            self._ballast = Ballast(file)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view; nothing is changed."""
        with self._translating(), self._doors.read.open() as connection:
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
        door = self._doors.flush if flush else self._doors.write
        with self._turn, self._translating(), door.open() as connection:
            yield connection

    def close(self) -> None:
        """Give the connections back to the database."""
        self._doors.close()

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
    doors = doors_of(url)
    if doors.file:
        return doors.file.exists()
    try:
        with doors.read.open() as connection:
            return revision(connection) is not None
    except SQLAlchemyError as error:
        raise translated(error, doors.where) from error
    finally:
        doors.close()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LedgerError(
            f"The folder {folder} for the ledger cannot be made: {error.strerror}.",
            cure="Set FLUXBATCH_HOME to a folder you may write.",
        ) from error
