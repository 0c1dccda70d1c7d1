"""Which of many pictures look alike, without comparing each with each. Pure.

The 64 bits are cut into bands, two more than the bits that may differ. At least two bands of two hashes that are near
enough are then equal, so it is enough to compare those that share a pair of bands.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from batches.store.images.hashing import BITS, distance

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

NEAR = 4
"""Bits in which two pictures that look alike may differ, where nobody says otherwise."""

FARTHEST = 16
"""With more, pictures that have nothing in common count as alike."""


def groups_of(pictures: Iterable[tuple[int, int]], most: int = NEAR) -> Sequence[Sequence[int]]:
    """The ids of pictures that look alike, each with its hash given: groups of two and more, in order.

    Who looks like one of a group is in it, even if not like every other one.
    """
    alike: dict[int, list[int]] = defaultdict(list)
    for picture, look in pictures:
        alike[look].append(picture)
    leaders = _joined(alike, most)
    groups: dict[int, list[int]] = defaultdict(list)
    for look, ids in alike.items():
        groups[_leader(leaders, look)].extend(ids)
    return sorted(sorted(ids) for ids in groups.values() if len(ids) > 1)


def _joined(looks: Iterable[int], most: int) -> dict[int, int]:
    """By hash, another one of its group, or itself: following it leads to the one that stands for all."""
    leaders = {look: look for look in looks}
    for mask in _pairs_of_bands(most):
        buckets: dict[int, list[int]] = defaultdict(list)
        for look in leaders:
            buckets[look & mask].append(look)
        for bucket in buckets.values():
            for one, other in combinations(bucket, 2):
                if distance(one, other) <= most:
                    leaders[_leader(leaders, other)] = _leader(leaders, one)
    return leaders


def _leader(leaders: dict[int, int], look: int) -> int:
    while leaders[look] != look:
        leaders[look] = leaders[leaders[look]]  # so that the way is shorter next time
        look = leaders[look]
    return look


def _pairs_of_bands(most: int) -> Iterator[int]:
    """Masks of two bands each."""
    bands = most + 2
    edges = [BITS * band // bands for band in range(bands + 1)]
    masks = [(1 << end) - (1 << begin) for begin, end in pairwise(edges)]
    return (one | other for one, other in combinations(masks, 2))
