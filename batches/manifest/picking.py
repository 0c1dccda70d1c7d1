"""`sample`, `shuffle` and `limit`: which prompts are made, and in which order.

Each prompt has a number drawn from what it says, so that the same are picked whatever stands around them, and no more
than a part of them is held at a time: the sources are read again for each part.
"""

from __future__ import annotations

import hashlib
import json
from functools import partial
from heapq import nsmallest
from typing import TYPE_CHECKING

from batches.manifest.problem import Problems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from batches.manifest.columns import Asked
    from batches.manifest.manifest import Pick

    Read = Callable[[Problems], Iterable[Asked]]

HELD_AT_ONCE = 100_000
"""Prompts that are shuffled together; a million take ten readings."""

DRAWN_BITS = 64


def picked(read: Read, pick: Pick, problems: Problems) -> Iterator[Asked]:
    """The prompts that are made. `read` begins them anew; what is wrong with any is told to `problems` once."""
    chosen = read if pick.sample is None else partial(_sampled, read, pick.sample, pick.sample_seed)
    ordered = chosen(problems) if pick.shuffle_seed is None else _shuffled(chosen, pick.shuffle_seed, problems)
    for number, one in enumerate(ordered):
        if pick.limit is None or number < pick.limit:  # reads on: the rest is checked and sealed too
            yield one


def _sampled(read: Read, count: int, seed: str, problems: Problems) -> Iterator[Asked]:
    drawn = ((_drawn(seed, one), number) for number, one in enumerate(read(Problems())))
    last = max(nsmallest(count, drawn), default=(0, 0))
    for number, one in enumerate(read(problems)):
        if (_drawn(seed, one), number) <= last:
            yield one


def _shuffled(read: Read, seed: str, problems: Problems) -> Iterator[Asked]:
    parts = -(-sum(1 for _ in read(problems)) // HELD_AT_ONCE)
    for part in range(parts):
        numbered = ((_drawn(seed, one), number, one) for number, one in enumerate(read(Problems())))
        held = [one for one in numbered if one[0] * parts >> DRAWN_BITS == part]
        yield from (one for *_, one in sorted(held, key=lambda one: one[:2]))


def _drawn(seed: str, one: Asked) -> int:
    written = [template.text if template else None for template in (one.item.prompt, one.item.id)]
    spelt = json.dumps([seed, written, one.values], sort_keys=True, default=str)
    return int.from_bytes(hashlib.sha256(spelt.encode()).digest()[: DRAWN_BITS // 8])
