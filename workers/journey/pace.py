"""When to ask for a result: after each wait, one in five of the tickets that are still open should be ready. Pure.

So a job takes five polls on average, whatever the shape of its model's latencies: gaps are narrow where many results
are due, and wide where few are. What is known of a model is mixed with one ticket of a model never seen, which is
asked about whenever its age has grown by a fifth. That carries the first jobs, and whatever outlasts all that is known.

Where BFL tells how much is done, and that has proved worth something, the same rule goes by when such promises were
kept: far fewer moments are likely then. The first poll comes earlier to hear the first promise.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate
from math import log
from typing import TYPE_CHECKING

from batches.pace import EDGES, IN_TIME, STEP, in_classes, out_of_classes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batches.pace import Pace

CHANCE = 0.2
"""That a poll finds the result. A sixth would ask six times instead of five, and gain one slot-second of a hundred."""

CHANCE_TO_HEAR = 0.05
"""That the first poll finds the result, where it is there to hear a promise."""

FADING = log(1 - CHANCE) / log(1 / STEP)
"""By which power of its age a ticket of a model never seen becomes rare: then polls come at a fifth more of its age."""

TRUSTED = 10.0
"""Promises, of which an earlier one counts for less, that make it known what a model's promises are worth."""

SOONER, LATER = 6, 3
"""How many times sooner or later than without a promise a poll may come."""


def first_poll(pace: Pace, *, unseen: float) -> float:
    """The age, in seconds, at which to poll first; a model never seen is asked about at the age `unseen`."""
    return _next(pace.weights, 0, unseen, CHANCE_TO_HEAR if _is_trusted(pace) else CHANCE)


def next_gap(pace: Pace, age: float, progress: float | None, *, unseen: float) -> float:
    """Seconds from a poll at this age, which found this part done, to the next one."""
    gap = _next(pace.weights, age, unseen, CHANCE) - age
    if not progress or not _is_trusted(pace):
        return gap
    part = out_of_classes(_next(pace.promises, in_classes(progress), IN_TIME, CHANCE))
    return min(max(age * (part / progress - 1), gap / SOONER), gap * LATER)


def is_sharp(pace: Pace, progress: float | None) -> bool:
    """Whether it is known so well when a result comes that polls may follow one another quickly."""
    return bool(progress) and _is_trusted(pace)


def ripened(open_until: float, ready_at: float, told: float | None) -> float:
    """The age at which a result became ready: as BFL tells it, where that lies between two polls, else their middle.

    The age of the poll that found it is always too much, and the more so the less we ask.
    """
    if told is not None and open_until <= told <= ready_at:
        return told
    return (open_until + ready_at) / 2


def _is_trusted(pace: Pace) -> bool:
    """Promises of more than double the time it takes are worth nothing, and lie in the first class."""
    return sum(pace.promises[1:]) >= TRUSTED


def _next(weights: tuple[float, ...], at: float, unseen: float, chance: float) -> float:
    """Where, from here on, this chance has come that a value of the histogram was met."""
    still_open = _still_open(weights, unseen)
    first = bisect_right(EDGES, at)
    if first == len(EDGES):
        return at * STEP
    target = (1 - chance) * _between(EDGES[first - 1 : first + 1], still_open[first - 1 : first + 1], at)
    for end in range(first, len(EDGES)):
        if still_open[end] <= target:
            return _between(still_open[end - 1 : end + 1], EDGES[end - 1 : end + 1], target)
    return EDGES[-1]


@lru_cache(maxsize=256)
def _still_open(weights: tuple[float, ...], unseen: float) -> tuple[float, ...]:
    """How many of the known tickets, and of one of a model never seen, are not ready at each edge."""
    known = list(accumulate(reversed(weights)))[::-1]
    return tuple(jobs + _unseen(edge, unseen) for jobs, edge in zip(known, EDGES, strict=True))


def _unseen(age: float, first: float) -> float:
    """The chance that a ticket of a model never seen is still open: a fifth less with every step of its age."""
    return min(1.0, (1 - CHANCE) * (age / first) ** -FADING) if age else 1.0


def _between(given: Sequence[float], wanted: Sequence[float], at: float) -> float:
    """The straight line through two points."""
    (a, b), (c, d) = given, wanted
    return c + (d - c) * (at - a) / (b - a)
