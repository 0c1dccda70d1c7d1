"""What every format comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from batches.manifest.problem import ManifestError, Place, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Record(NamedTuple):
    """One row of a source."""

    line: int  #: where it begins, from 1; the row's number where a file has no lines; 0 where the file is the row
    values: Mapping[str, object]  #: by column


def checked_header(names: Iterable[str], file: str) -> tuple[str, ...]:
    """The names of the columns, without blanks around them; raises ManifestError if two agree or one is empty."""
    header = tuple(name.strip() for name in names)
    for number, name in enumerate(header, 1):
        if not name:
            raise ManifestError([Problem(Place(file, 1, 1), f"column {number} has no name", "give it one")])
        if name in header[: number - 1]:
            raise ManifestError([Problem(Place(file, 1, 1), f"two columns are called `{name}`", "rename one of them")])
    return header
