"""Items as Arrow tables. What needs pyarrow is imported here alone, and only when it is used."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from batches.errors import SettingError
from batches.exports.columns import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batches.exports.columns import Cell
    from batches.exports.items import Item
    from batches.store.images import Draft

DIGITS, PLACES = 20, 6
"""Of an amount: a credit is a million micro-credits."""

FEATURES = {"text": "string", "whole": "int64", "amount": f"decimal128({DIGITS}, {PLACES})"}
"""What `datasets` calls the kinds of columns."""

FILE_NAME = Column("file_name", "text", lambda item: item.file, "file of the picture, beside the table")


def arrow() -> Any:  # noqa: ANN401  # a module without types
    """The module pyarrow. Raises SettingError where it is not installed."""
    try:
        import pyarrow as pa
        import pyarrow.parquet
    except ImportError:
        raise SettingError(
            "A dataset as Parquet needs pyarrow, which is not installed.",
            cure="Install it with `pip install 'fluxbatch[parquet]'`, or take another --format.",
        ) from None
    return pa


def keep_table(draft: Draft, items: Sequence[Item], columns: Sequence[Column]) -> None:
    """A whole Parquet file."""
    pa = arrow()
    schema = pa.schema(fields(columns))
    with pa.parquet.ParquetWriter(Sink(draft), schema) as writer:
        writer.write_table(pa.table(arrays(items, columns), schema=schema))


def fields(columns: Sequence[Column]) -> list[tuple[str, Any]]:
    """Name and type of each column."""
    pa = arrow()
    kinds = {"text": pa.string(), "whole": pa.int64(), "amount": pa.decimal128(DIGITS, PLACES)}
    return [(column.name, kinds[column.kind]) for column in columns]


def arrays(items: Sequence[Item], columns: Sequence[Column]) -> dict[str, list[Cell]]:
    """The cells of each column. Half a surrogate pair has no UTF-8 and is spelt out."""
    return {column.name: [_plain(column.of(item)) for item in items] for column in columns}


def features(columns: Sequence[Column], *, image: bool) -> bytes:
    """The note in a Parquet file by which `datasets` knows a picture when it sees one."""
    told: dict[str, object] = {"image": {"_type": "Image"}} if image else {}
    told |= {column.name: {"dtype": FEATURES[column.kind], "_type": "Value"} for column in columns}
    return json.dumps({"info": {"features": told}}).encode()


class Sink:
    """A draft as pyarrow wants files."""

    closed = False

    def __init__(self, draft: Draft) -> None:
        """Write to this draft."""
        self._draft = draft

    def write(self, data: bytes) -> int:
        """Add these bytes."""
        self._draft.write(data)
        return len(data)

    def tell(self) -> int:
        """How many there are."""
        return self._draft.size

    def flush(self) -> None:
        """Nothing: the draft is flushed when it is kept."""


def _plain(cell: Cell) -> Cell:
    return cell.encode(errors="backslashreplace").decode() if isinstance(cell, str) else cell
