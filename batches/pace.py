"""How long a model takes, from acceptance to the result, as its latest jobs showed: a small histogram. Pure."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

STEP = 1.2
"""How much wider each class of the histogram is than the one before: a fifth is fine enough for gaps between polls."""

EDGES = (0.0, *(0.5 * STEP**rung for rung in range(-9, 46)))
"""Seconds at which the classes begin: 0, 0.10, 0.12 … 0.5, 0.6 … 1828. Nothing is waited for longer."""

KEPT = 1 - 1 / 50
"""What a further job leaves of all earlier ones' weight: a model that has changed is relearnt within 50 jobs."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What is known of one model; nothing at first."""

    weights: tuple[float, ...] = (0.0,) * len(EDGES)  #: jobs that fell into each class, older ones counting for less

    def after(self, lessons: Iterable[float]) -> Pace:
        """With further jobs that took so many seconds, the latest last."""
        weights = list(self.weights)
        for seconds in lessons:
            weights = [weight * KEPT for weight in weights]
            weights[max(bisect_right(EDGES, seconds) - 1, 0)] += 1
        return Pace(tuple(weights))


NEVER_SEEN = Pace()
