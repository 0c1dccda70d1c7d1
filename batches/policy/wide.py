"""The most that all batches together may cost: in a day, in a month or ever, for an account or for a label."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from batches.policy.times import moment_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batches.policy.budget import Budget

SIMULATED = "simulator"
"""The account of --simulate, whose money is none: a budget covers it only by this name."""

LONGEST_MONTH = timedelta(days=31)


class Per(StrEnum):
    """After what time a budget begins anew."""

    DAY = "day"
    MONTH = "month"
    EVER = "ever"


@dataclass(frozen=True, slots=True, kw_only=True)
class WideBudget:
    """A cap on what several batches cost together. Money counts in the period in which it is settled."""

    name: str  #: for people: no two have the same
    budget: Budget  #: how much, what counts, and when to warn
    account: str | None = None  #: whose money; None: that of every account but the simulator's
    labels: Mapping[str, str] = field(default_factory=dict)  #: of the jobs that it is for, which may have more
    per: Per  #: when it begins anew
    zone: str = "UTC"  #: whose midnights count, such as `Europe/Berlin`

    def covers(self, account: str, labels: Mapping[str, str]) -> bool:
        """Whether a job of this account with these labels is paid from it."""
        ours = account == self.account if self.account else account != SIMULATED
        return ours and self.labels.items() <= labels.items()

    def since(self, now: float) -> float:
        """When the period began that goes on now, in seconds since the epoch; 0 where there is but one."""
        if self.per is Per.EVER:
            return 0
        zone = ZoneInfo(self.zone)
        today = datetime.fromtimestamp(now, zone).date()
        return moment_of(today if self.per is Per.DAY else today.replace(day=1), 0, zone)

    def until(self, now: float) -> float | None:
        """When the next period begins; None for never."""
        if self.per is Per.EVER:
            return None
        zone = ZoneInfo(self.zone)
        today = datetime.fromtimestamp(now, zone).date()
        if self.per is Per.DAY:
            return moment_of(today + timedelta(1), 0, zone)
        return moment_of((today.replace(day=1) + LONGEST_MONTH).replace(day=1), 0, zone)

    @property
    def words(self) -> str:
        """`a day`, `a month`; nothing for ever."""
        return "" if self.per is Per.EVER else f" a {self.per}"
