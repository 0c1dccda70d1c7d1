"""What stands together on a printed page: a row of pictures, or all of one prompt side by side. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batches.exports.items import Item
    from batches.exports.question import By
    from batches.exports.stream import Stream


class Cell(NamedTuple):
    """One picture on a page."""

    item: Item
    picture: bytes  #: its file


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How pictures are put into rows."""

    by: By | None  #: what stands side by side; None: whatever comes next
    columns: int  #: pictures in a row
    models: Sequence[str]  #: of all that is printed; where they stand side by side, each has its column
    most_rows: int  #: of one prompt together; the rest of it begins anew


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Rows that are not torn apart."""

    heading: str  #: the prompt of all of them; empty: each picture has its own
    rows: Sequence[Sequence[Cell | None]]  #: None: nothing stands here
    taken: Sequence[tuple[Item, bytes]]  #: the same pictures as they came


def next_band(stream: Stream[tuple[Item, bytes]], order: Order) -> Band:
    """Take from the stream what stands together; there is at least one."""
    taken: list[Cell] = []
    while stream.next is not None and _belongs(taken, Cell(*stream.next), order):
        taken.append(Cell(*next(stream.take())))
    return Band(heading=taken[0].item.caption if order.by else "", rows=_rows(taken, order), taken=taken)


def _belongs(taken: Sequence[Cell], cell: Cell, order: Order) -> bool:
    if not taken:
        return True
    if order.by is None:
        return len(taken) < order.columns
    return _prompt(cell.item) == _prompt(taken[0].item) and len(_rows([*taken, cell], order)) <= order.most_rows


def _prompt(item: Item) -> tuple[str, str, str]:
    return item.line.batch_id, item.line.row_id, item.caption


def _rows(cells: Sequence[Cell], order: Order) -> Sequence[Sequence[Cell | None]]:
    if order.by is None:
        return [cells]
    by_model: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        by_model[cell.item.line.model].append(cell)
    if order.by == "seed":
        return [row for its in by_model.values() for row in _cut(its, order.columns)]
    deep = max(map(len, by_model.values()))
    columns = [[*by_model.get(model, ()), *[None] * deep][:deep] for model in order.models]
    return [list(row) for row in zip(*columns, strict=True)]


def _cut(cells: Sequence[Cell], columns: int) -> Iterator[Sequence[Cell]]:
    return (cells[begin : begin + columns] for begin in range(0, len(cells), columns))
