"""The faults in force, and how often each has struck."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.faults.fault import Fault, Seen


@dataclass(slots=True)
class Planted:
    """A fault in force."""

    fault: Fault
    met: int = 0
    """How many calls fitted it."""
    struck: int = 0
    """How many of them it struck."""

    def strikes(self, seen: Seen, dice: Random) -> bool:
        """Whether it strikes this call, which it then counts."""
        fault = self.fault
        if self.struck == fault.times or not fault.fits(seen):
            return False
        self.met += 1
        if self.met <= fault.after or dice.random() >= fault.probability:
            return False
        self.struck += 1
        return True


class Faults:
    """Tried in the order in which they were added; the first that strikes has the call for itself."""

    def __init__(self, faults: Iterable[Fault], random_seed: int) -> None:
        self._planted = [Planted(fault) for fault in faults]
        self._dice = Random(random_seed)
        self.outage_until = 0.0
        """Seconds since the epoch; before that the whole API is down."""

    @property
    def armed(self) -> bool:
        """Whether a call can be harmed at all."""
        return bool(self._planted)

    def add(self, faults: Iterable[Fault]) -> None:
        """Put more in force."""
        self._planted += [Planted(fault) for fault in faults]

    def clear(self) -> None:
        """Put all out of force, and end an outage."""
        self._planted.clear()
        self.outage_until = 0.0

    def strike(self, seen: Seen) -> Fault | None:
        """The fault that this call meets, if any."""
        return next((each.fault for each in self._planted if each.strikes(seen, self._dice)), None)

    def told(self) -> list[dict[str, Any]]:
        """All of them with their counts, as JSON."""
        return [{"fault": each.fault.model_dump(), "met": each.met, "struck": each.struck} for each in self._planted]
