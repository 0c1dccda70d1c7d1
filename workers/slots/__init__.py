"""Slots: leave to have one active ticket, counted for the whole fleet.

`Slots` is the seam; `redis_slots` counts for a fleet, `memory` for one process; `Gate` waits and renews.
"""

from __future__ import annotations

from workers.slots.gate import Gate
from workers.slots.memory import MemorySlots
from workers.slots.redis_slots import RedisSlots
from workers.slots.seam import Slots

__all__ = ["Gate", "MemorySlots", "RedisSlots", "Slots"]
