"""What goes wrong, how often, and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

FAULTS = (
    "no connection", "lost answer", "late answer", "unavailable", "key refused", "rejected", "moderated", "error",
    "slow", "not found", "lost poll", "link dead", "foreign link", "no download", "bad picture", "lost doorbell",
    "late doorbell", "second doorbell", "full store", "broken ledger",
)  # fmt: skip

STRENGTH = {
    "error": 4.0, "moderated": 2.0, "not found": 2.0, "bad picture": 4.0, "foreign link": 10.0, "slow": 2.0,
    "broken ledger": 0.02,
}  # fmt: skip
"""Beside the others. Some faults show only when they come in a row; one strikes at any of hundreds of transactions."""

SELDOM = {"foreign link", "key refused", "rejected"}
"""Leaves little else to see."""


class Weather:
    """Some worlds are calm, and in some nearly everything goes wrong; all calm down in the end."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice
        self.is_calm = False
        roughness = dice.choice([0.0, 0.1, 0.3, 0.5])
        self._odds = {fault: self._odds_of(fault, roughness) for fault in FAULTS}
        self.struck: dict[str, int] = {}

    def strikes(self, fault: str) -> bool:
        """Whether this goes wrong now."""
        odds = self._odds[fault]
        if not odds or self.is_calm or self._dice.random() >= odds:
            return False
        self.struck[fault] = self.struck.get(fault, 0) + 1
        return True

    def _odds_of(self, fault: str, roughness: float) -> float:
        occurs = self._dice.random() < (0.05 if fault in SELDOM else 0.33)
        return occurs * self._dice.random() * roughness * 2 * STRENGTH.get(fault, 1.0)
