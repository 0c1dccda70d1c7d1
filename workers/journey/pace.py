"""When to ask for a result: after each wait, one in five of the tickets that are still open should be ready. Pure.

So a job takes five polls on average, whatever the shape of its model's latencies: gaps are narrow where many results
are due, and wide where few are. What is known of a model is mixed with one ticket of a model never seen, which is
asked about whenever its age has grown by a fifth. That carries the first jobs, and whatever outlasts all that is known.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate
from math import log
from typing import TYPE_CHECKING

from batches.pace import EDGES, STEP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batches.pace import Pace

CHANCE = 0.2
"""That a poll finds the result. A sixth would ask six times instead of five, and gain one slot-second of a hundred."""

FADING = log(1 - CHANCE) / log(1 / STEP)
"""By which power of its age a ticket of a model never seen becomes rare: then polls come at a fifth more of its age."""

PROGRESS_TRUST = 3
"""How many times sooner or later than planned a poll may come because BFL says how much is done."""


def next_poll(pace: Pace, age: float, *, unseen: float) -> float:
    """The age, in seconds, at which to poll next; a model never seen is first asked about at the age `unseen`."""
    still_open = _still_open(pace, unseen)
    first = bisect_right(EDGES, age)
    if first == len(EDGES):
        return age * STEP
    target = (1 - CHANCE) * _between(EDGES[first - 1 : first + 1], still_open[first - 1 : first + 1], age)
    for end in range(first, len(EDGES)):
        if still_open[end] <= target:
            return _between(still_open[end - 1 : end + 1], EDGES[end - 1 : end + 1], target)
    return EDGES[-1]


def by_progress(gap: float, age: float, progress: float) -> float:
    """The gap, when a part of the work is done at this age: what is left takes its share, within limits."""
    rest = age * (1 - progress) / progress
    return min(max(rest, gap / PROGRESS_TRUST), gap * PROGRESS_TRUST)


def ripened(open_until: float, ready_at: float, told: float | None) -> float:
    """The age at which a result became ready: as BFL tells it, where that lies between two polls, else their middle.

    The age of the poll that found it is always too much, and the more so the less we ask.
    """
    if told is not None and open_until <= told <= ready_at:
        return told
    return (open_until + ready_at) / 2


@lru_cache(maxsize=256)
def _still_open(pace: Pace, unseen: float) -> tuple[float, ...]:
    """How many of the known tickets, and of one of a model never seen, are not ready at each edge."""
    known = list(accumulate(reversed(pace.weights)))[::-1]
    return tuple(jobs + _unseen(edge, unseen) for jobs, edge in zip(known, EDGES, strict=True))


def _unseen(age: float, first: float) -> float:
    """The chance that a ticket of a model never seen is still open: a fifth less with every step of its age."""
    return min(1.0, (1 - CHANCE) * (age / first) ** -FADING) if age else 1.0


def _between(given: Sequence[float], wanted: Sequence[float], at: float) -> float:
    """The straight line through two points."""
    (a, b), (c, d) = given, wanted
    return c + (d - c) * (at - a) / (b - a)
