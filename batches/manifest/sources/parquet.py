"""Parquet, by pyarrow: an extra, because it is larger than all of fluxbatch."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from batches.manifest.problem import ManifestError, Place, Problem
from batches.manifest.sources.record import Record, checked_header

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import FileIO

ROWS_AT_ONCE = 1024


def parquet_rows(file: FileIO, path: str, asked_at: Place) -> Iterator[Record]:
    """Every row, nulls left out."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        problem = Problem(asked_at, "Parquet files need pyarrow", "install it with `pip install 'fluxbatch[parquet]'`")
        raise ManifestError([problem]) from None
    try:
        table = pq.ParquetFile(file)
        header = checked_header(table.schema_arrow.names, path)
        rows = (
            row for batch in table.iter_batches(ROWS_AT_ONCE) for row in zip(*batch.to_pydict().values(), strict=True)
        )
        for number, row in enumerate(rows, 1):
            values = zip(header, map(_plain, row), strict=True)
            yield Record(number, {name: value for name, value in values if value is not None})
    except pa.ArrowException as error:
        reason = str(error).partition("\n")[0]
        raise ManifestError([Problem(Place(path), f"this is not a Parquet file: {reason}")]) from None


def _plain(value: object) -> object:
    """A value as JSON has it; a missing number is NaN in some writers' files."""
    match value:
        case float():
            return None if math.isnan(value) else value if math.isfinite(value) else str(value)
        case None | bool() | int() | str():
            return value
        case list():
            return [_plain(one) for one in value]
    return str(value)
