"""Slots: leave to have one active ticket, counted for the whole fleet.

`Slots` is the seam; `redis_slots` counts for a fleet, `memory` for one process. `rule` has the numbers by which limits
follow what BFL answers. `Gate` waits and renews, in every worker; `Keeper` keeps the lanes true, in one of them.
"""

from __future__ import annotations

from workers.slots.gate import Gate, lane_name
from workers.slots.keeper import Keeper, holder_name
from workers.slots.memory import MemorySlots
from workers.slots.redis_slots import RedisSlots
from workers.slots.seam import Cut, LaneView, Slots

__all__ = ["Cut", "Gate", "Keeper", "LaneView", "MemorySlots", "RedisSlots", "Slots", "holder_name", "lane_name"]
