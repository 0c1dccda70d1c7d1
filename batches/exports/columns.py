"""The columns of a dataset's table."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from batches.money import credits_of, json_number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from batches.exports.items import Item
    from batches.store.ledger.exporting import ExportLine

SPELL = json.JSONEncoder(ensure_ascii=False).encode
"""`json.dumps` would make an encoder for each item."""

Cell = str | int | Decimal | None


@dataclass(frozen=True, slots=True)
class Column:
    """One fact about each item."""

    name: str
    kind: Literal["text", "whole", "amount"]
    of: Callable[[Item], Cell]
    about: str  #: what it is, for those who get the dataset


# Readers of JSON and CSV guess the type of a column by its first lines, part by part. A seed is text because many have
# none: empty text is text, where nothing may be anything.
OF_PICTURES = (
    Column("text", "text", lambda item: item.caption, "caption of the picture"),
    Column("prompt", "text", lambda item: str(item.line.params.get("prompt", "")), "prompt that was asked for"),
    Column("model", "text", lambda item: item.line.model, "model that made it"),
    Column("seed", "text", lambda item: str(item.line.params.get("seed", "")), "seed that was asked for, if any"),
    Column("width", "whole", lambda item: item.line.width, "pixels"),
    Column("height", "whole", lambda item: item.line.height, "pixels"),
    Column("credits", "amount", lambda item: _credits(item.line), "what it cost, failed attempts among it"),
    Column("sha256", "text", lambda item: item.line.sha256 or "", "of the picture's bytes"),
    Column("batch", "text", lambda item: item.line.batch_id, "batch that it was made in"),
    Column("job", "whole", lambda item: item.line.number, "number of its job in the batch"),
    Column("id", "text", lambda item: item.line.row_id, "id of its prompt"),
)

OF_JOBS = (
    Column("split", "text", lambda item: item.split, "part of the dataset"),
    Column("state", "text", lambda item: item.line.state, "how the job ended, or stands"),
    Column("reason", "text", lambda item: item.line.reason, "why it has no picture"),
    Column("attempts", "whole", lambda item: item.line.cost.attempts, "submissions"),
    Column("image", "text", lambda item: item.line.image_key or "", "key of the picture in the image store"),
    Column("bytes", "whole", lambda item: item.line.bytes, "size of the picture"),
)
"""What a table alone has besides."""


def columns_of(labels: Sequence[str]) -> tuple[Column, ...]:
    """What stands beside each picture, with a column for each label."""
    return (*OF_PICTURES, *map(_label, labels))


def facts_of(item: Item, columns: Sequence[Column]) -> str:
    """An item as JSON. Amounts are always written as fractions, so that readers see one type in a column."""
    return SPELL({column.name: _written(column.of(item)) for column in columns})


def _label(key: str) -> Column:
    return Column(f"label_{key}", "text", lambda item: item.line.labels.get(key, ""), f"label {key}")


def _written(cell: Cell) -> str | int | float | None:
    return float(json_number(cell)) if isinstance(cell, Decimal) else cell


def _credits(line: ExportLine) -> Decimal | None:
    """A copy cost nothing."""
    if line.cost.settled is None:
        return None if line.cost.unknown else Decimal(0)
    return credits_of(line.cost.settled)
