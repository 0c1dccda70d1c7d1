"""Manifest -> rows, one after the other: sources are read as they come by, and can be read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.manifest.columns import Asked, row_of
from batches.manifest.picking import picked
from batches.manifest.problem import MOST_PROBLEMS, ManifestError, Place, Problem, Problems
from batches.manifest.seals import Seals
from batches.manifest.seen import Seen
from batches.manifest.sources import is_text, records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batches.manifest.manifest import Manifest, Row


def rows_of(manifest: Manifest, problems: Problems, seals: Seals) -> Iterator[Row]:
    """Every row in the order of the manifest. What is wrong is told to `problems` and left out.

    `seals` are those of an earlier pass over the same manifest, or new ones.
    """
    ids = Seen()
    repeated: list[Row] = []
    for row in _all_rows(manifest, problems, seals):
        if row.id is not None and row.variant is manifest.variants[0] and not ids.is_new(row.id):
            repeated = [*repeated, row][:MOST_PROBLEMS]
        yield row
    problems.add_all(_repeated_ids(manifest, repeated))


def _all_rows(manifest: Manifest, problems: Problems, seals: Seals) -> Iterator[Row]:
    for asked in picked(lambda told: _asked(manifest, told, seals), manifest.pick, problems):
        for variant in manifest.variants:
            try:
                yield row_of(asked, variant)
            except ManifestError as error:
                problems.take(error)


def _asked(manifest: Manifest, problems: Problems, seals: Seals) -> Iterator[Asked]:
    for item in manifest.items:
        if not item.sources:
            yield Asked(item, item.node.place, {}, as_text=False)
        for source in item.sources:
            file, as_text = str(source.path), is_text(source.path)
            try:
                for line, values in records(source, problems, seals):
                    place = Place(file, line, 1) if line else Place(file)
                    yield Asked(item, place, values, as_text)
            except ManifestError as error:
                problems.take(error)


def _repeated_ids(manifest: Manifest, repeated: list[Row]) -> Iterator[Problem]:
    """Looks through the rows once more, for the place where each of these ids stands first."""
    wanted = {row.id for row in repeated}
    first: dict[str | None, Place] = {}
    if wanted:
        for row in _all_rows(manifest, Problems(), Seals()):
            if row.id in wanted:
                first.setdefault(row.id, row.place)
    for row in repeated:
        message = f'the id "{row.id}" comes twice, first in the prompt at {first[row.id]}'
        yield Problem(manifest.place_for(row, "id"), message, "give each prompt its own, or none")
