"""How long a model takes, from acceptance to the result, as its latest jobs showed: small histograms. Pure.

A poll that finds a part done promises a result: half done after two seconds promises it after four. What such promises
are worth is a histogram too, of when results came as a multiple of when they were promised.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

STEP = 1.2
"""How much wider each class of the histogram is than the one before: a fifth is fine enough for gaps between polls."""

EDGES = (0.0, *(0.5 * STEP**rung for rung in range(-9, 46)))
"""Seconds at which the classes begin: 0, 0.10, 0.12 … 0.5, 0.6 … 1828. Nothing is waited for longer."""

SHARPNESS = 6
"""Classes of kept promises are narrower by this: 3 % wide instead of a fifth."""

IN_TIME = 13.0
"""Where in the classes a promise lies that is kept to the moment: in their middle, between half and double the time."""

KEPT = 1 - 1 / 50
"""What a further job leaves of all earlier ones' weight: a model that has changed is relearnt within 50 jobs."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What is known of one model; nothing at first."""

    weights: tuple[float, ...] = (0.0,) * len(EDGES)  #: jobs that fell into each class, older ones counting for less
    promises: tuple[float, ...] = (0.0,) * len(EDGES)  #: the same for promises, in their own classes

    def after(self, took: Iterable[float], promised: Iterable[float] = ()) -> Pace:
        """With further jobs that took so many seconds, and came at such multiples of what was promised; latest last."""
        return Pace(_with(self.weights, took), _with(self.promises, map(in_classes, promised)))

    def within(self, part: float) -> float | None:
        """Seconds in which this part of the known jobs had their result, to a fifth; None where none is known."""
        known = list(accumulate(self.weights))
        if not known[-1]:
            return None
        return EDGES[min(bisect_left(known, part * known[-1]) + 1, len(EDGES) - 1)]


NEVER_SEEN = Pace()


def in_classes(part: float) -> float:
    """Where a multiple of a promise lies among the edges; far beyond them all are alike."""
    return float(IN_TIME * min(part, 10) ** SHARPNESS)


def out_of_classes(edge: float) -> float:
    """Which multiple of a promise lies there."""
    return float((edge / IN_TIME) ** (1 / SHARPNESS))


def _with(histogram: tuple[float, ...], values: Iterable[float]) -> tuple[float, ...]:
    weights = list(histogram)
    for value in values:
        weights = [weight * KEPT for weight in weights]
        weights[max(bisect_right(EDGES, value) - 1, 0)] += 1
    return tuple(weights)
