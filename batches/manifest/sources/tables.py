"""CSV and TSV: a header, then a row in each line, or in several where quotes hold a line break."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from batches.manifest.problem import ManifestError, Place, Problem, Problems
from batches.manifest.sources.record import Record, checked_header

if TYPE_CHECKING:
    from collections.abc import Iterator


def table(lines: Iterator[str], file: str, problems: Problems, *, delimiter: str) -> Iterator[Record]:
    """Every row. Those of a wrong length are told to `problems` and left out."""
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    try:
        header = checked_header(next(reader, ()), file)
        line = reader.line_num + 1
        for cells in reader:
            if len(cells) == len(header):
                yield Record(line, dict(zip(header, cells, strict=True)))
            elif cells:  # not a blank line
                message = f"this row has {len(cells)} cells and the header {len(header)}"
                problems.add(Problem(Place(file, line, 1), message, "put quotes around a cell with a separator in it"))
            line = reader.line_num + 1
    except csv.Error as error:
        message = f"this row cannot be read: {error}"
        hint = "close every quote, and write two for one inside a quoted cell"
        raise ManifestError([Problem(Place(file, max(1, reader.line_num), 1), message, hint)]) from None
