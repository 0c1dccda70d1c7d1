"""What goes wrong, how often, and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

FAULTS = (
    "no connection", "lost answer", "unavailable", "rejected", "moderated", "error", "not found", "lost poll",
    "link dead", "no download", "bad picture", "lost doorbell", "full store",
)  # fmt: skip


class Weather:
    """Some worlds are calm, and in some nearly everything goes wrong; all calm down in the end."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice
        self.is_calm = False
        roughness = dice.choice([0.0, 0.02, 0.1, 0.3])
        self.odds = {fault: dice.choice([0, 0, 1]) * dice.random() * roughness * 2 for fault in FAULTS}
        self.struck: dict[str, int] = {}

    def strikes(self, fault: str) -> bool:
        """Whether this goes wrong now."""
        if self.is_calm or self._dice.random() >= self.odds[fault]:
            return False
        self.struck[fault] = self.struck.get(fault, 0) + 1
        return True
