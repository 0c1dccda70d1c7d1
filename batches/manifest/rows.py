"""Manifest -> rows, one after the other: sources are read as they come by, and can be read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.manifest.manifest import Manifest, Row
from batches.manifest.problem import MOST_PROBLEMS, ManifestError, Place, Problem, Problems
from batches.manifest.seals import Seals
from batches.manifest.seen import Seen
from batches.manifest.sources import records

if TYPE_CHECKING:
    from collections.abc import Iterator


def rows_of(manifest: Manifest, problems: Problems, seals: Seals) -> Iterator[Row]:
    """Every row in the order of the manifest. What is wrong is told to `problems` and left out.

    `seals` are those of an earlier pass over the same manifest, or new ones.
    """
    ids = Seen()
    repeated: list[Row] = []
    for row in _all_rows(manifest, problems, seals):
        if row.item.id is not None and not ids.is_new(row.item.id):
            repeated = [*repeated, row][:MOST_PROBLEMS]
        yield row
    problems.add_all(_repeated_ids(manifest, repeated))


def _all_rows(manifest: Manifest, problems: Problems, seals: Seals) -> Iterator[Row]:
    for item in manifest.items:
        if not item.sources:
            place = item.node.place
            yield Row(item, item.prompt, place.file, place.line, place.column)
        for path in item.sources:
            try:
                for record in records(path, item.node.children["from"].place, seals):
                    yield Row(item, record.prompt, str(path), record.line, 1)
            except ManifestError as error:
                problems.take(error)


def _repeated_ids(manifest: Manifest, repeated: list[Row]) -> Iterator[Problem]:
    """Looks through the rows once more, for the place where each of these ids stands first."""
    wanted = {row.item.id for row in repeated}
    first: dict[str | None, Place] = {}
    if wanted:
        for row in _all_rows(manifest, Problems(), Seals()):
            if row.item.id in wanted:
                first.setdefault(row.item.id, row.place)
    for row in repeated:
        message = f'the id "{row.item.id}" comes twice, first in the prompt at {first[row.item.id]}'
        yield Problem(manifest.place_for(row, "id"), message, "give each prompt its own, or none")
