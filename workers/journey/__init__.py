"""The life of one job: `decide` says what comes next, `Journey` carries it out."""

from __future__ import annotations

from workers.journey.decide import decide
from workers.journey.hands import Hands
from workers.journey.journey import Journey
from workers.journey.patience import Patience

__all__ = ["Hands", "Journey", "Patience", "decide"]
