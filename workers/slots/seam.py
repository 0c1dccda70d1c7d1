"""The seam: what every counter of slots can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

LEASE_SECONDS = 20.0
"""A slot whose owner does not renew it for so long is free again: the failsafe for a worker whose plug was pulled."""


class Slots(Protocol):
    """Leases on slots, per lane. A lane is named by text; a holder is a job's name.

    At most `limit` holders have a lane's slots at once, but for `hold`, which states what is already true at BFL.
    Taking a slot that one has already renews it. Releasing what one does not have does nothing.
    """

    def take(self, lane: str, holder: str, limit: int) -> bool:
        """Take a slot for one lease, if one is free."""

    def hold(self, lane: str, holders: Iterable[str]) -> None:
        """Renew these leases, and restore those that got lost; never refused."""

    def release(self, lane: str, holder: str) -> None:
        """Free the slot now."""

    def held(self, lane: str) -> int:
        """How many slots are taken now."""
