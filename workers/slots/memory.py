"""Slots in memory: the twin of Redis for one process."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workers.slots import rule
from workers.slots.seam import LEASE_SECONDS, Cut, LaneView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass(slots=True)
class _Lane:
    """What is known of one lane. Moments are in seconds, by the clock of the slots."""

    ends: dict[str, float] = field(default_factory=dict)  #: when each holder's lease ends
    ceiling: int = 0
    limit: int = 0
    reserve: int = 0  #: of the limit, those for urgent holders alone
    accepted: int = 0  #: jobs since the limit last changed
    cuts: int = 0
    rests_until: float = 0
    vouched_until: float | None = None  #: None: nobody ever has
    cut: Cut | None = None


class MemorySlots:
    """See Slots."""

    def __init__(
        self,
        lease_seconds: float = LEASE_SECONDS,
        per_second: float | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Count by this clock, and give each account at most so many slots a second."""
        self._lease = lease_seconds
        self._gap = 1 / per_second if per_second else 0
        self._clock = clock
        self._lock = threading.Lock()
        self._lanes: dict[str, _Lane] = defaultdict(_Lane)
        self._next: dict[str, float] = defaultdict(float)

    def take(self, lane: str, holder: str, *, urgent: bool = False) -> int | None:
        """See Slots."""
        with self._lock:
            one, now = self._living(lane), self._clock()
            if _is_lost(one, now):
                return None
            if holder not in one.ends and not (_has_room(one, now, urgent=urgent) and self._in_pace(lane, now)):
                return None
            one.ends[holder] = now + self._lease
            return one.cuts

    def hold(self, lane: str, holders: Iterable[str]) -> None:
        """See Slots."""
        with self._lock:
            self._lanes[lane].ends.update(dict.fromkeys(holders, self._clock() + self._lease))

    def release(self, lane: str, holder: str) -> None:
        """See Slots."""
        with self._lock:
            self._lanes[lane].ends.pop(holder, None)

    def accepted(self, lane: str) -> None:
        """See Slots."""
        with self._lock:
            one = self._lanes[lane]
            if one.limit < one.ceiling:
                one.accepted += 1
                if one.accepted >= rule.GROW_EVERY:
                    one.limit, one.accepted = one.limit + 1, 0

    def refused(self, lane: str, cuts: int, why: str, rest_seconds: float) -> int | None:
        """See Slots."""
        with self._lock:
            one, now = self._lanes[lane], self._clock()
            if one.vouched_until is None:
                return None
            is_new_burst = cuts == one.cuts
            rest = max(rest_seconds, rule.REST_SECONDS) if is_new_burst else rest_seconds
            one.rests_until = max(one.rests_until, now + rest)
            if not is_new_burst:
                return None
            one.cut = Cut(at=now, before=one.limit, why=why)
            one.limit, one.cuts, one.accepted = rule.cut(one.limit), one.cuts + 1, 0
            return one.limit

    def vouch(self, lane: str, ceiling: int, *, reserve: int = 0) -> int | None:
        """See Slots."""
        with self._lock:
            one, now = self._lanes[lane], self._clock()
            return None if _is_lost(one, now) else self._vouch(one, ceiling, reserve, now)

    def restore(self, lane: str, ceiling: int, holders: Iterable[str], rest_seconds: float) -> int:
        """See Slots."""
        self.hold(lane, holders)
        with self._lock:
            one, now = self._lanes[lane], self._clock()
            if one.vouched_until is not None and now >= one.vouched_until + rule.FORGET_SECONDS:
                one = self._lanes[lane] = _Lane(ends=one.ends)
            one.rests_until = max(one.rests_until, now + rest_seconds)
            return self._vouch(one, ceiling, 0, now)

    def view(self, lane: str) -> LaneView | None:
        """See Slots."""
        with self._lock:
            one, now = self._living(lane), self._clock()
            if _is_lost(one, now):
                return None
            return LaneView(
                ceiling=one.ceiling,
                limit=one.limit,
                used=len(one.ends),
                rests_seconds=max(0.0, one.rests_until - now),
                cuts=one.cuts,
                cut=one.cut,
            )

    def _living(self, lane: str) -> _Lane:
        one, now = self._lanes[lane], self._clock()
        one.ends = {holder: ends for holder, ends in one.ends.items() if ends > now}
        return one

    def _vouch(self, one: _Lane, ceiling: int, reserve: int, now: float) -> int:
        one.limit = rule.under(ceiling, one.limit, one.ceiling)
        one.ceiling, one.reserve = ceiling, reserve
        one.vouched_until = now + self._lease
        return one.limit

    def _in_pace(self, lane: str, now: float) -> bool:
        """Whether the account may submit now; if so, it does."""
        if not self._gap:
            return True
        account = lane.rpartition(":")[0]
        following = max(self._next[account], now - rule.PACE_SLACK_SECONDS)
        if following > now:
            return False
        self._next[account] = following + self._gap
        return True


def _is_lost(one: _Lane, now: float) -> bool:
    return one.vouched_until is None or now >= one.vouched_until


def _has_room(one: _Lane, now: float, *, urgent: bool) -> bool:
    return now >= one.rests_until and len(one.ends) < one.limit - (0 if urgent else one.reserve)
