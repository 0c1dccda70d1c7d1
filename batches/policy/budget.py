"""How much a batch may cost, and how much of it may be paid twice. Amounts are micro-credits."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class BudgetMode(StrEnum):
    """What counts against the cap when a job is about to begin. What has begun always ends: BFL takes nothing back."""

    #: What is spent. Jobs begin until it reaches the cap, so what is under way then goes beyond it.
    SOFT = "soft"
    #: What is spent or reserved, and its own estimate. The cap holds if estimates do and no lost answer is billed.
    CAUTIOUS = "cautious"
    #: The same, and all money at risk. The cap holds if estimates do, even if every lost answer is billed.
    HARD = "hard"


WARN = (50, 80, 100)
"""Percent of a cap that are told, where nobody says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A cap on cost."""

    micro_credits: int  #: the cap
    mode: BudgetMode = BudgetMode.HARD  #: what counts against it
    warn: tuple[int, ...] = WARN  #: percent of the cap: that so much is spent is told once

    def reached(self, spent: int) -> int | None:
        """The highest threshold that is reached once so much is spent; None while none is."""
        return max((percent for percent in self.warn if 100 * spent >= percent * self.micro_credits), default=None)

    def has_room(self, estimate: int | None, *, spent: int, reserved: int, at_risk: int) -> bool:
        """Whether a job of this estimate may begin; one whose price is unknown fits under no cap but a soft one."""
        if self.mode is BudgetMode.SOFT:
            return spent < self.micro_credits
        doubtful = at_risk if self.mode is BudgetMode.HARD else 0
        return estimate is not None and spent + reserved + doubtful + estimate <= self.micro_credits


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsure:
    """How much may be paid twice for jobs whose answer was lost: beyond it they are held. Nothing: all are held."""

    part: Decimal = Decimal(0)  #: of the plan's cost, 0 to 1
    micro_credits: int = 0  #: beside that part

    def bound(self, plan_micro_credits: int) -> int:
        """Micro-credits that may be at risk in a batch whose plan costs so much; 0 holds every unsure job."""
        return self.micro_credits + int(self.part * plan_micro_credits)
