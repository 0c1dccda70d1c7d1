"""Sums of the quarters of an hour, by whatever a report goes by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, cast, func, select

from batches.store.ledger.quarters import QUARTER_SECONDS, SUMS, Amounts, What
from batches.store.ledger.schema import WHOLE_SUMS, quarters

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from sqlalchemy import Column, ColumnElement, Connection

Value = str | int
"""Of a column that sums go by: `quarter` is a number, all others are text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which batches and which time a question is about. None: all batches, from the beginning, to the end."""

    batches: frozenset[str] | None = None  #: ids
    first: int | None = None  #: the first quarter of an hour
    end: int | None = None  #: the first quarter of an hour after it

    @property
    def is_all_time(self) -> bool:
        """Whether it has neither beginning nor end."""
        return self.first is None and self.end is None

    def of(
        self, batch_id: Column[str], at: Column[float] | Column[int], *, quarter: int = 1
    ) -> Iterator[ColumnElement[bool]]:
        """The rows in it by two of their columns, where a quarter of an hour is so much in the column of time."""
        if self.batches is not None:
            yield batch_id.in_(sorted(self.batches))
        if self.first is not None:
            yield at >= self.first * quarter
        if self.end is not None:
            yield at < self.end * quarter

    def by_seconds(self, batch_id: Column[str], at: Column[float]) -> Iterator[ColumnElement[bool]]:
        """The same by a column of seconds since the epoch."""
        return self.of(batch_id, at, quarter=QUARTER_SECONDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """All that was summed up alike."""

    key: Mapping[str, Value]  #: by the columns that were asked for
    what: What  #: how jobs were written, how attempts ended, how copies came to their picture
    amounts: Amounts


def totals(tx: Connection, by: Collection[str], scope: Scope) -> Iterator[Total]:
    """The sums of a scope by these columns of `quarters`, and by what is summed up."""
    columns = [quarters.c[name] for name in by]
    query = (
        select(*columns, quarters.c.what, *(_sum(name).label(f"sum_{name}") for name in SUMS))
        .where(*scope.of(quarters.c.batch_id, quarters.c.quarter))
        .group_by(*columns, quarters.c.what)
    )
    wide = len(columns)
    for row in tx.execute(query):
        yield Total(
            key=dict(zip(by, row[:wide], strict=True)),
            what=What(row[wide]),
            amounts=Amounts(**dict(zip(SUMS, row[wide + 1 :], strict=True))),
        )


def _sum(name: str) -> ColumnElement[int]:
    """PostgreSQL would make a decimal of whole numbers."""
    total = func.sum(quarters.c[name])
    return cast(total, BigInteger) if name in WHOLE_SUMS else total
