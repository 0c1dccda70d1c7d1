"""Very many rows at once, past SQLAlchemy: it would be busy with them for longer than the database is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Table

MARKS = {"qmark": "?", "pyformat": "%s"}
"""A value's place in a statement, as drivers want it spelt."""


def insert_rows(tx: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> None:
    """Insert rows, each with the values of these columns as the driver takes them (JSON as text)."""
    if rows:
        marks = ", ".join([MARKS[tx.dialect.paramstyle]] * len(columns))
        tx.exec_driver_sql(f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({marks})", list(rows))  # noqa: S608  # our own names
