"""How many threads a worker has: one carries one job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.dispatcher import window
from workers.slots.rule import reserve

if TYPE_CHECKING:
    from workers.accounts import Account

THREADS = 64
"""Room for the full windows of all three lanes, as BFL limits them."""

MOST_THREADS = 1024
"""Beyond that, another worker is the better way."""


def threads_for(account: Account) -> int:
    """Room for the full windows of all lanes of this account, and for urgent jobs beyond them."""
    needed = sum(window(slots) + reserve(slots) for slots in account.slots.values())
    return min(max(THREADS, needed), MOST_THREADS)
