"""The seam: what every counter of slots can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

LEASE_SECONDS = 20.0
"""A slot whose owner does not renew it for so long is free again: the failsafe for a worker whose plug was pulled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What a burst of 429s last did to a lane."""

    at: float  #: seconds since the epoch
    before: int  #: its limit until then
    why: str  #: what BFL said


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneView:
    """How a lane stands."""

    ceiling: int  #: the most slots it may have
    limit: int  #: the slots it has now: the ceiling, less what 429s have cut
    used: int  #: slots that are taken
    rests_seconds: float  #: for so long it gives none; 0: it gives them
    cuts: int  #: how often 429s have cut it, since it was last lost for long
    cut: Cut | None  #: the last one; None: BFL has refused nothing


class Slots(Protocol):
    """Leases on slots, per lane. A lane is named `account:class`; a holder is a job's name.

    A lane gives slots only while somebody vouches for it, one lease at a time. Once nobody has, or once the broker
    has forgotten everything, it is lost: it gives none until it was restored with all that BFL works on.

    At most `limit` holders have a lane's slots at once, but for `hold`, which states what is already true at BFL. Of
    them the last few may be reserved: they are given to holders that are urgent, and to no others.
    Taking a slot that one has already renews it. Releasing what one does not have does nothing.
    """

    def take(self, lane: str, holder: str, *, urgent: bool = False) -> int | None:
        """Take a slot for one lease, if one is free; answers with the number of cuts that the lane has had."""

    def hold(self, lane: str, holders: Iterable[str]) -> None:
        """Renew these leases, and restore those that got lost; never refused."""

    def release(self, lane: str, holder: str) -> None:
        """Free the slot now."""

    def accepted(self, lane: str) -> None:
        """BFL took a job: every so often, the limit grows by one up to the ceiling."""

    def refused(self, lane: str, cuts: int, why: str, rest_seconds: float) -> int | None:
        """BFL answered 429: rest for so long, and cut the limit. Answers with the new limit, if it was cut.

        `cuts` is what `take` answered. If there has been a cut since then, this refusal is of the same burst.
        """

    def vouch(self, lane: str, ceiling: int, *, reserve: int = 0) -> int | None:
        """Let the lane give slots for one more lease, at most so many at once, and these to urgent holders alone.

        Answers with the limit; None: the lane is lost.
        """

    def restore(self, lane: str, ceiling: int, holders: Iterable[str], rest_seconds: float) -> int:
        """Make a lost lane good: these have slots, and for so long it gives no other. Answers with the limit."""

    def view(self, lane: str) -> LaneView | None:
        """How the lane stands; None: it is lost."""
