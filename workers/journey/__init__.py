"""The life of one job: `decide` says what comes next, `Journey` carries it out."""

from __future__ import annotations

from workers.journey.decide import decide
from workers.journey.hands import Hands
from workers.journey.journey import Journey
from workers.journey.policy import Policy

__all__ = ["Hands", "Journey", "Policy", "decide"]
