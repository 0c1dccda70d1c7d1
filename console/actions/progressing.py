"""How a batch has gone over time: images and money, step by step, as fine as its length allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batches.store.ledger import tempo
from batches.store.ledger.quarters import QUARTER_SECONDS
from batches.store.ledger.totals import Scope, totals

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from batches.store.ledger.records import Batch

FINE_SECONDS = 3600.0
"""A batch that is no longer than this is told to the second; a longer one by sums of quarters of an hour."""

MOST_STEPS = 72

WIDTHS = (5, 10, 15, 30, 60, *(QUARTER_SECONDS * many for many in (1, 2, 4, 8, 16, 24, 48, 96)))
"""Seconds that a step may have."""


@dataclass(frozen=True, slots=True)
class Step:
    """A span of time."""

    start: float  #: seconds since the epoch
    seconds: float  #: how long it is, the same for all steps
    images: int  #: stored in it
    settled: int  #: micro-credits


def steps_of(tx: Connection, batch: Batch, now: float) -> Sequence[Step]:
    """From its beginning to its end, or to now. Empty while nothing has ended."""
    begin, end = batch.whole_at or batch.created_at, batch.ended_at or now
    if end - begin <= FINE_SECONDS and now - begin <= 2 * FINE_SECONDS:
        ended = tempo.ended_since(tx, batch.id, begin)
        return divided(((one.at, int(one.brought), one.settled) for one in ended), begin, end)
    told = totals(tx, ["quarter"], Scope(batches=frozenset({batch.id})))
    sums = ((int(one.key["quarter"]) * QUARTER_SECONDS, one.amounts.images, one.amounts.settled) for one in told)
    return divided(sums, begin, end, least=QUARTER_SECONDS)


def divided(
    ended: Iterable[tuple[float, int, int]], begin: float, end: float, *, least: float = WIDTHS[0]
) -> Sequence[Step]:
    """Moments with their images and micro-credits, put into steps of one width."""
    wide = next((one for one in WIDTHS if one >= least and (end - begin) / one <= MOST_STEPS), WIDTHS[-1])
    sums: dict[int, list[int]] = {}
    for at, images, settled in ended:
        its = sums.setdefault(int(at // wide), [0, 0])
        its[0] += images
        its[1] += settled
    return _filled(sums, wide, int(end // wide))


def _filled(sums: Mapping[int, Sequence[int]], wide: float, last: int) -> Sequence[Step]:
    """No step is left out because nothing ended in it."""
    if not any(images or settled for images, settled in sums.values()):
        return ()
    first = min(place for place, (images, settled) in sums.items() if images or settled)
    return [
        Step(place * wide, wide, *sums.get(place, (0, 0))) for place in range(first, max(last, *sums) + 1)
    ]  # fmt: skip
