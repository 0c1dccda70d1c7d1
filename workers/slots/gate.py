"""Waits for a slot, keeps it alive while it is needed, and wakes the next one in line."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workers import log
from workers.errors import BrokerError
from workers.slots import rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from workers.slots.seam import Slots

ASK_EVERY_SECONDS = 0.05
"""A slot freed in this process wakes the first in line at once; one freed elsewhere is seen within this time."""


@dataclass(frozen=True, slots=True)
class _Line:
    """Those who wait for slots of one lane. The first asks the broker; the others only wait for their turn."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    freed: threading.Event = field(default_factory=threading.Event)  #: since the first in line last asked


@dataclass(frozen=True, slots=True)
class _Lane:
    """This worker's side of one lane. While anybody urgent waits, nobody else asks."""

    usual: _Line = field(default_factory=_Line)
    urgent: _Line = field(default_factory=_Line)
    held: dict[str, int | None] = field(default_factory=dict)  #: who has a slot, and after how many cuts it was given


class Gate:
    """One worker's side of the slots: its threads wait here, and its heartbeat renews what they hold.

    While the broker is away nobody gets a slot and nobody loses one; that is a wait like any other.
    """

    def __init__(self, slots: Slots, giving_up: Callable[[], bool]) -> None:
        """Wait on these slots until told to give up."""
        self._slots = slots
        self._giving_up = giving_up
        self._lanes: dict[str, _Lane] = defaultdict(_Lane)

    def take(self, account: str, lane: str, holder: str, *, patience_seconds: float, urgent: bool = False) -> bool:
        """Wait for a slot. False when patience or the worker's time ran out."""
        deadline = time.monotonic() + patience_seconds
        one = self._lanes[lane_name(account, lane)]
        line = one.urgent if urgent else one.usual
        if not line.turn.acquire(timeout=patience_seconds):
            return False
        try:
            return self._ask(lane_name(account, lane), holder, deadline, urgent=urgent)
        finally:
            line.turn.release()

    def hold(self, account: str, lane: str, holder: str) -> None:
        """State that this job is active at BFL already, whatever the limit says."""
        name = lane_name(account, lane)
        self._lanes[name].held.setdefault(holder, None)
        with suppress(BrokerError):  # the next renewal says it again
            self._slots.hold(name, [holder])

    def release(self, account: str, lane: str, holder: str) -> None:
        """The ticket is no longer active: the next job may have the slot."""
        self.forget(account, lane, holder)
        name = lane_name(account, lane)
        with suppress(BrokerError):  # then the lease runs out
            self._slots.release(name, holder)
        self._lanes[name].urgent.freed.set()
        self._lanes[name].usual.freed.set()

    def forget(self, account: str, lane: str, holder: str) -> None:
        """Stop renewing, but leave the lease to run out: the job may still be active at BFL."""
        self._lanes[lane_name(account, lane)].held.pop(holder, None)

    def accepted(self, account: str, lane: str) -> None:
        """BFL took a job, so the lane may grow."""
        with suppress(BrokerError):  # one job less is counted
            self._slots.accepted(lane_name(account, lane))

    def refused(self, account: str, lane: str, holder: str, why: str, retry_after: float | None) -> None:
        """BFL answered the submission for this slot with a 429, so the whole fleet rests, and may shrink."""
        name = lane_name(account, lane)
        cuts = self._lanes[name].held.get(holder)
        rest = min(retry_after or 0.0, rule.LONGEST_REST_SECONDS)
        if cuts is not None:
            with suppress(BrokerError):  # the next refusal says it again
                limit = self._slots.refused(name, cuts, why, rest)
                if limit is not None:
                    log.lane_cut(name, limit, why)

    def renew(self) -> None:
        """Keep all slots of this worker alive."""
        for name, lane in tuple(self._lanes.items()):
            self._slots.hold(name, tuple(lane.held))

    def _ask(self, name: str, holder: str, deadline: float, *, urgent: bool) -> bool:
        lane = self._lanes[name]
        line = lane.urgent if urgent else lane.usual
        while not self._giving_up():
            line.freed.clear()
            if (urgent or not lane.urgent.turn.locked()) and self._try(name, holder, urgent=urgent):
                return True
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            line.freed.wait(min(left, ASK_EVERY_SECONDS))
        return False

    def _try(self, name: str, holder: str, *, urgent: bool) -> bool:
        try:
            cuts = self._slots.take(name, holder, urgent=urgent)
        except BrokerError:
            return False
        if cuts is not None:
            self._lanes[name].held[holder] = cuts
        return cuts is not None


def lane_name(account: str, lane: str) -> str:
    """What a lane is called among slots."""
    return f"{account}:{lane}"
