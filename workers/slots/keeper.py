"""Keeps the lanes of an account true to the ledger: their ceilings, and who has a slot after everything was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.store.ledger import limits
from workers.slots import rule
from workers.slots.gate import lane_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batches.store.ledger import Ledger
    from workers.slots.seam import Slots

RENEWED_WITHIN_SECONDS = 5.0
"""Every living owner states its slots again within this time: its heart beats every 2 seconds."""


class Keeper:
    """Run by the leader of an account, every second."""

    def __init__(self, account: str, usual: Mapping[str, int], slots: Slots, ledger: Ledger) -> None:
        """Keep these slots; `usual` are the ceilings of the lanes that no person has set."""
        self._account = account
        self._usual = usual
        self._slots = slots
        self._ledger = ledger
        self._limits: Mapping[str, int] = {}  # as they were last

    def keep(self, *, reserves: bool = False) -> Mapping[str, int]:
        """Vouch for every lane, with some of its slots reserved or none; answers with their limits.

        What BFL works on while nobody renews its slot, because its worker died, is stated from the ledger.
        """
        with self._ledger.read() as tx:
            ceilings = {**self._usual, **limits.ceilings(tx, self._account)}
            orphans = limits.orphans(tx, self._account)
        for lane, job_ids in orphans.items():
            self._slots.hold(lane_name(self._account, lane), map(holder_name, job_ids))
        self._limits = {lane: self._vouch(lane, ceiling, reserves) for lane, ceiling in ceilings.items()}
        return self._limits

    def _vouch(self, lane: str, ceiling: int, reserves: bool) -> int:  # noqa: FBT001  # passed on from above
        reserve = rule.reserve(self._limits.get(lane, ceiling)) if reserves else 0
        limit = self._slots.vouch(lane_name(self._account, lane), ceiling, reserve=reserve)
        return self._restore(lane, ceiling) if limit is None else limit

    def _restore(self, lane: str, ceiling: int) -> int:
        """No slot was given since the lane was lost, so whoever has one stands in the ledger, or is about to.

        Those about to are claimed. While there are any, no slot is given until all living owners have stated theirs.
        """
        with self._ledger.read() as tx:
            active = limits.active(tx, self._account, lane)
            about_to = limits.has_claimed(tx, self._account, lane)
        rest = RENEWED_WITHIN_SECONDS if about_to else 0.0
        return self._slots.restore(lane_name(self._account, lane), ceiling, map(holder_name, active), rest)


def holder_name(job_id: int) -> str:
    """What a job is called among slots."""
    return f"job-{job_id}"
