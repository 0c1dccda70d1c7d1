"""How many jobs may begin while something rests: none, or the one that tries whether it is over. Pure."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from batches.store.ledger.records import EVERY_LANE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batches.store.ledger.records import Stop


def rooms(free: Mapping[str, int], stops: Sequence[Stop], now: float) -> Mapping[str, int]:
    """The places of each lane that may be given: none while it rests, one when the time has come to try."""
    return {lane: _room(room, [stop for stop in stops if stop.lane in {EVERY_LANE, lane}], now)
            for lane, room in free.items()}  # fmt: skip


def one_for_all(given: Mapping[tuple[str, str], int], stops: Sequence[Stop]) -> Mapping[tuple[str, str], int]:
    """What is given, or the first of it where one job tries for the whole account."""
    whole = any(stop.lane == EVERY_LANE for stop in stops)
    return dict(islice(given.items(), 1)) if whole else given


def _room(room: int, theirs: Sequence[Stop], now: float) -> int:
    if any(now < stop.until for stop in theirs):
        return 0
    return min(room, 1) if theirs else room
