"""A record of a source -> row: what its columns mean."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from batches.manifest.manifest import Row
from batches.manifest.problem import ManifestError, Place, Problem
from batches.manifest.scalars import WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from batches.manifest.manifest import Item
    from batches.manifest.sources import Record

Named = tuple[tuple[str, str], ...]
"""Columns, and what each of them names."""


def row_of(item: Item, file: str, record: Record, *, as_text: bool) -> Row:
    """The row that this record is. An empty cell says nothing; raises ManifestError for one of a wrong type."""
    line, values = record
    if as_text:
        values = {column: cell for column, cell in values.items() if isinstance(cell, str) and cell.strip()}
    params, labels = _below(tuple(values))
    own = {name: values[column] for column, name in params}
    try:
        seed = values.get("seed")
        return Row(
            item=item,
            file=file,
            line=line,
            column=1,
            prompt=_text(values, "prompt"),
            id=_scalar(values, "id") or item.id,
            model=_text(values, "model") or item.model,
            seeds=item.seeds if seed is None else (_whole(seed),),
            labels={**item.labels, **_labels(values, labels)} if labels else item.labels,
            params={} if as_text else own,
            texts={name: str(text) for name, text in own.items()} if as_text else {},
        )
    except ValueError as error:
        raise ManifestError([Problem(Place(file, line, 1), str(error))]) from None


@lru_cache(maxsize=1000)
def _below(columns: tuple[str, ...]) -> tuple[Named, Named]:
    """The columns that are parameters, and those that are labels."""
    params, labels = (
        tuple((column, column.removeprefix(prefix)) for column in columns if column.startswith(prefix))
        for prefix in ("params.", "labels.")
    )
    return params, labels


def _text(values: Mapping[str, object], column: str) -> str | None:
    value = values.get(column)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"`{column}` must be text, not {value}")  # see row_of
    return (value or "").strip() or None


def _scalar(values: Mapping[str, object], column: str) -> str | None:
    """As text, also of a number: rows of a database have such ids."""
    value = values.get(column)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | dict):
        raise ValueError(f"`{column}` must be text or a number, not {value}")  # noqa: TRY004  # see row_of
    return None if value is None else str(value).strip() or None


def _labels(values: Mapping[str, object], columns: Iterable[tuple[str, str]]) -> dict[str, str]:
    given = {name: _scalar(values, column) for column, name in columns}
    return {name: label for name, label in given.items() if label is not None}


def _whole(value: object) -> int:
    if isinstance(value, str) and WHOLE.fullmatch(value.strip()):
        return int(value, 0 if value.strip()[:2] in {"0o", "0x"} else 10)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError(f"`seed` must be a whole number, not {value}")
