"""An entry and a record of its source -> row: what the columns mean, and what is filled in."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from batches.manifest.filling import filled, layers
from batches.manifest.manifest import Row
from batches.manifest.problem import ManifestError, Place, Problem
from batches.manifest.scalars import WHOLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batches.manifest.manifest import Item, Variant

Named = tuple[tuple[str, str], ...]
"""Columns, and what each of them names."""


class Asked(NamedTuple):
    """One prompt before it is filled in."""

    item: Item  #: its entry
    place: Place  #: where it stands
    values: Mapping[str, object]  #: by column; a prompt in the manifest has none
    as_text: bool  #: whether the source knows no types


def row_of(asked: Asked, variant: Variant) -> Row:
    """The row that this prompt is with this variant.

    An empty cell says nothing, but fills its place in a template. Raises ManifestError for what is missing or wrong.
    """
    item, place, values, as_text = asked
    try:
        variables = _variables(item, variant, values, as_text=as_text)
        if as_text:
            values = {column: cell for column, cell in values.items() if isinstance(cell, str) and cell.strip()}
        params, labels = _below(tuple(values))
        own = {name: values[column] for column, name in params}
        forms = layers(item, variant).forms
        texts, lists = filled(forms, own, variables) if forms else ({}, {})
        seed = values.get("seed")
        return Row(
            item=item,
            variant=variant,
            place=place,
            prompt=_prompt(item, values, variables),
            id=(item.id.fill(variables).strip() or None) if item.id else _scalar(values, "id"),
            model=_text(values, "model") or variant.model or item.model,
            seeds=item.seeds if seed is None else (_whole(seed),),
            labels=_labels(item, values, labels, variables),
            params=lists if as_text else {**lists, **own},
            texts={**texts, **{name: str(text) for name, text in own.items()}} if as_text else texts,
            variables=variables,
        )
    except ValueError as error:
        raise ManifestError([Problem(place, *error.args)]) from None


@lru_cache(maxsize=1000)
def _below(columns: tuple[str, ...]) -> tuple[Named, Named]:
    """The columns that are parameters, and those that are labels."""
    params, labels = (
        tuple((column, column.removeprefix(prefix)) for column in columns if column.startswith(prefix))
        for prefix in ("params.", "labels.")
    )
    return params, labels


def _variables(item: Item, variant: Variant, values: Mapping[str, object], *, as_text: bool) -> Mapping[str, str]:
    """What templates may use: the columns, and the manifest's own for those that the row does not have."""
    for name in variant.vars:
        if name in values:
            place = variant.places[tuple(name.split(".", 1))]
            raise ValueError(f"`{name}` is a column here and varies at {place}", "keep one of them")
    own = {**item.vars, **variant.vars} if item.vars or variant.vars else {}
    texts = values if as_text else {name: spelt(value) for name, value in values.items() if value is not None}
    return {**own, **texts} if own else texts  # type: ignore[return-value,dict-item]  # cells are text


def _prompt(item: Item, values: Mapping[str, object], variables: Mapping[str, str]) -> str | None:
    if item.prompt:
        return item.prompt.fill(variables).strip() or None
    written = _text(values, "prompt")
    if written is None and item.default_prompt:
        return item.default_prompt.fill(variables).strip() or None
    return written


def _labels(
    item: Item, values: Mapping[str, object], columns: Named, variables: Mapping[str, str]
) -> Mapping[str, str]:
    if not columns and not item.label_templates:
        return item.labels
    filled = {name: template.fill(variables) for name, template in item.label_templates.items()}
    given = {name: _scalar(values, column) for column, name in columns}
    return {**item.labels, **filled, **{name: label for name, label in given.items() if label is not None}}


def _text(values: Mapping[str, object], column: str) -> str | None:
    value = values.get(column)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"`{column}` must be text, not {spelt(value)}")
    return (value or "").strip() or None


def _scalar(values: Mapping[str, object], column: str) -> str | None:
    """As text, also of a number: rows of a database have such ids."""
    value = values.get(column)
    if isinstance(value, list | dict):
        raise ValueError(f"`{column}` must be text or a number, not {spelt(value)}")  # noqa: TRY004  # see row_of
    return None if value is None else spelt(value).strip() or None


def _whole(value: object) -> int:
    if isinstance(value, str) and WHOLE.fullmatch(value.strip()):
        return int(value, 0 if value.strip()[:2] in {"0o", "0x"} else 10)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError(f"`seed` must be a whole number, not {spelt(value)}")


def spelt(value: object) -> str:
    """A value as a text has it: words as they are, the rest as in JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
