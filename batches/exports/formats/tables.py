"""The table alone, as CSV or JSON Lines: a line for each job, in one file."""

from __future__ import annotations

import csv
from decimal import Decimal
from io import StringIO
from itertools import islice
from typing import TYPE_CHECKING

from batches.exports import card, croissant
from batches.exports.columns import OF_JOBS, facts_of
from batches.exports.croissant import MIMES, file_object
from batches.exports.page import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from batches.exports.columns import Cell, Column
    from batches.exports.hands import Hands
    from batches.exports.items import Item
    from batches.exports.page import Shard
    from batches.exports.stream import Stream

CHUNK = 500
"""Lines that are written at once."""


class Table:
    """One file with a head and lines."""

    def __init__(
        self, hands: Hands, ending: str, head: str, lines: Callable[[Sequence[Item], Sequence[Column]], str]
    ) -> None:
        """Write `jobs` with this ending, by a function that spells a few lines."""
        self._hands, self._columns = hands, table_columns(hands)
        self._ending, self._head, self._lines = ending, head, lines

    def fetch(self, item: Item) -> None:
        """See Format. A table is read from the ledger alone."""

    def write(self, stream: Stream[tuple[Item, None]], split: str, number: int) -> Shard:  # noqa: ARG002  # there is one
        """See Format."""
        tally, key = Tally(), f"jobs.{self._ending}"
        with self._hands.place.draft() as draft:
            draft.write(self._head.encode(errors="backslashreplace"))
            while chunk := [item for item, _ in islice(stream.take(), CHUNK)]:
                draft.write(self._lines(chunk, self._columns).encode(errors="backslashreplace"))
                for item in chunk:
                    tally.add(item)
            shard = tally.shard(split, key, draft)
            self._hands.place.keep(key, draft)
        return shard

    def beside(self, shards: Sequence[Shard]) -> Iterator[tuple[str, bytes]]:
        """See Format."""
        [one] = shards
        yield card.KEY, card.card(self._hands, self._columns, shards, {"train": one.key})
        table = file_object(MIMES[self._ending], one)
        yield croissant.KEY, croissant.croissant(self._hands, [table], croissant.fields_of(self._columns))


def as_csv(hands: Hands) -> Table:
    """For spreadsheets."""
    return Table(hands, "csv", _csv([[column.name for column in table_columns(hands)]]), _csv_lines)


def as_jsonl(hands: Hands) -> Table:
    """For programs."""
    return Table(hands, "jsonl", "", json_lines)


def table_columns(hands: Hands) -> tuple[Column, ...]:
    """Those of a dataset, and what is told of jobs."""
    return (*hands.columns, *OF_JOBS)


def json_lines(items: Sequence[Item], columns: Sequence[Column]) -> str:
    """A document per line."""
    return "".join(facts_of(item, columns) + "\n" for item in items)


def _csv_lines(items: Sequence[Item], columns: Sequence[Column]) -> str:
    return _csv([_spelt(column.of(item)) for column in columns] for item in items)


def _csv(rows: Iterable[Sequence[Cell]]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _spelt(cell: Cell) -> Cell:
    return f"{cell:f}" if isinstance(cell, Decimal) else cell
