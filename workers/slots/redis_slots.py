"""Slots in Redis, for a whole fleet. All counting happens inside Redis, in the scripts, and by its clock."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.broker import translating
from workers.slots import rule
from workers.slots.seam import LEASE_SECONDS, Cut, LaneView

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from redis import Redis

SCRIPTS = Path(__file__).parent / "scripts"


class RedisSlots:
    """See Slots."""

    def __init__(self, redis: Redis, lease_seconds: float = LEASE_SECONDS, per_second: float | None = None) -> None:
        """Count in this Redis, and give each account at most so many slots a second."""
        self._redis = redis
        self._lease = _ms(lease_seconds)
        self._forget = self._lease + _ms(rule.FORGET_SECONDS)
        self._gap = 1000 / per_second if per_second else 0
        names = ("take", "hold", "grow", "cut", "vouch", "restore", "view")
        self._scripts = {name: redis.register_script((SCRIPTS / f"{name}.lua").read_text()) for name in names}

    def take(self, lane: str, holder: str, *, urgent: bool = False) -> int | None:
        """See Slots."""
        keys = [_slots(lane), _lane(lane), _pace(lane)]
        pace = (self._gap, _ms(rule.PACE_SLACK_SECONDS))
        cuts: int | None = self._run("take", keys, holder, self._lease, *pace, int(urgent))
        return cuts

    def hold(self, lane: str, holders: Iterable[str]) -> None:
        """See Slots."""
        if names := list(holders):
            self._run("hold", [_slots(lane)], self._lease, *names)

    def release(self, lane: str, holder: str) -> None:
        """See Slots."""
        with translating():
            self._redis.zrem(_slots(lane), holder)

    def accepted(self, lane: str) -> None:
        """See Slots."""
        self._run("grow", [_lane(lane)], rule.GROW_EVERY)

    def refused(self, lane: str, cuts: int, why: str, rest_seconds: float) -> int | None:
        """See Slots."""
        rests = (_ms(rest_seconds), _ms(rule.REST_SECONDS))
        limit: int | None = self._run("cut", [_lane(lane)], cuts, why, *rests, rule.CUT_TO)
        return limit

    def vouch(self, lane: str, ceiling: int, *, reserve: int = 0) -> int | None:
        """See Slots."""
        limit: int | None = self._run("vouch", [_lane(lane)], ceiling, self._lease, self._forget, reserve)
        return limit

    def restore(self, lane: str, ceiling: int, holders: Iterable[str], rest_seconds: float) -> int:
        """See Slots."""
        times = (self._lease, self._forget, _ms(rest_seconds))
        limit: int = self._run("restore", [_slots(lane), _lane(lane)], ceiling, *times, *holders)
        return limit

    def view(self, lane: str) -> LaneView | None:
        """See Slots."""
        told = self._run("view", [_slots(lane), _lane(lane)])
        if told is None:
            return None
        ceiling, limit, used, rests, cuts, cut_at, cut_from, cut_why = told
        cut = Cut(at=int(cut_at) / 1000, before=int(cut_from), why=cut_why.decode()) if cut_at else None
        return LaneView(ceiling=ceiling, limit=limit, used=used, rests_seconds=rests / 1000, cuts=cuts, cut=cut)

    def _run(self, script: str, keys: Sequence[str], *args: str | float) -> Any:  # noqa: ANN401  # each has its own
        with translating():
            return self._scripts[script](keys=keys, args=args)


def _slots(lane: str) -> str:
    return f"fluxbatch:slots:{lane}"


def _lane(lane: str) -> str:
    return f"fluxbatch:lane:{lane}"


def _pace(lane: str) -> str:
    """One for all lanes of the account."""
    return f"fluxbatch:pace:{lane.rpartition(':')[0]}"


def _ms(seconds: float) -> int:
    return int(seconds * 1000)
