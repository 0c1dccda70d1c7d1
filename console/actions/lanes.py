"""How lanes stand, seen again and again over one connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from batches.models import LANE_SLOTS
from workers.broker import connect
from workers.embedded import broker_address
from workers.errors import BrokerError
from workers.slots import RedisSlots, lane_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from redis import Redis

    from workers.settings import Settings
    from workers.slots import LaneView


class Lane(NamedTuple):
    """One that gives slots."""

    account: str
    lane: str
    view: LaneView


class Lanes:
    """Those of some accounts. While there is no broker there is nothing to see, and that is no mistake."""

    def __init__(self, settings: Settings, accounts: Iterable[str]) -> None:
        """Connect with the first look."""
        self._url = settings.broker_url or broker_address(settings.home)
        self._names = [(account, lane) for account in accounts for lane in LANE_SLOTS]
        self._redis: Redis | None = None

    def in_use(self) -> Sequence[Lane]:
        """Those with slots that are taken, or that were cut."""
        try:
            if self._redis is None:
                self._redis = connect(self._url)
            slots = RedisSlots(self._redis)
            views = [(account, lane, slots.view(lane_name(account, lane))) for account, lane in self._names]
        except BrokerError:
            self.close()
            return []
        return [
            Lane(account, lane, view)
            for account, lane, view in views
            if view is not None and (view.used or view.limit < view.ceiling)
        ]

    def close(self) -> None:
        """Give the connection back; another look takes a new one."""
        if self._redis is not None:
            self._redis.close()
        self._redis = None
