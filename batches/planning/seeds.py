"""Which seed each copy of a row gets."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batches.manifest import Row


class Copy(NamedTuple):
    """One image of a row; two million are made for a million jobs, so it is no dataclass."""

    seed: int | None  #: None: the server draws one
    number: int  #: from 1, among the copies that nothing else tells apart


def copies(row: Row, params: Mapping[str, object], batch_seed: str, *, seedable: bool) -> Iterator[Copy]:
    """One per seed and repetition. Where several are asked for without a seed, each gets a planned one."""
    numbers = range(1, row.item.repeat + 1)
    fixed = params.get("seed")
    if row.seeds:
        yield from (Copy(seed, number) for seed in row.seeds for number in numbers)
    elif row.item.repeat > 1 and seedable and fixed is None:
        yield from (Copy(planned_seed(batch_seed, row, number), 1) for number in numbers)
    else:
        seed = fixed if isinstance(fixed, int) else None
        yield from (Copy(seed, number) for number in numbers)


def planned_seed(batch_seed: str, row: Row, number: int) -> int:
    """31 bits that stay the same however often, and in whatever order, the rows are planned."""
    subject = "\0".join((batch_seed, row.id or row.prompt or "", str(number)))
    return int.from_bytes(hashlib.sha256(subject.encode()).digest()[:4]) >> 1
