"""How a lane's limit follows what BFL answers: additive increase, multiplicative decrease."""

from __future__ import annotations

CUT_TO = 0.75
"""A burst of 429s leaves so much of the limit, rounded down: 24, 18, 13, 9, 6, 4, 3, 2, 1. One slot is always left."""

GROW_EVERY = 25
"""So many accepted jobs give one slot back: from 18 to 24 takes 150 of them, half a minute at 5 jobs a second."""

REST_SECONDS = 1.0
"""A cut lane rests so long if BFL names no time: from 24 to 1 takes 8 s, and a hiccup of a second costs one cut."""

LONGEST_REST_SECONDS = 600.0
"""BFL may ask for more patience than that, but we look again."""

PACE_SLACK_SECONDS = 0.1
"""Submissions are spaced evenly, but one may be so much early: whoever waits asks every 50 ms, and would be late."""

SHAREABLE = 4
"""A lane with fewer slots keeps none: one of three would be a third of what it can do."""

FORGET_SECONDS = 3600.0
"""A lane that has been lost for an hour begins anew, without its cuts."""


RESERVED_OF = 12
"""One slot of so many is kept for urgent jobs, while there is reason to: 2 of 24, 1 of 6, none of less than 4."""


def reserve(limit: int) -> int:
    """The slots of a lane that only urgent jobs are given, while any are kept at all."""
    return max(1, limit // RESERVED_OF) if limit >= SHAREABLE else 0


def cut(limit: int) -> int:
    """The limit after a burst of 429s."""
    return max(1, int(limit * CUT_TO))


def under(ceiling: int, limit: int, old_ceiling: int) -> int:
    """The limit under a new ceiling: one that nothing has cut goes with it, a cut one grows by and by."""
    return ceiling if limit == old_ceiling else min(limit, ceiling)
