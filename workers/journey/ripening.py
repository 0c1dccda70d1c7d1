"""What the polls of one ticket teach about the pace of its model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workers.bfl.answers import InFlight, Ready
from workers.journey.pace import ripened

if TYPE_CHECKING:
    from workers.bfl.answers import PollAnswer
    from workers.journey.paces import Paces


@dataclass(slots=True)
class Ripening:
    """A result that is on its way. When it became ready lies between two polls, where both were ours."""

    open_until: float | None = None  #: the age at which it was known not to be ready; None: nobody of us looked
    promised: list[float] = field(default_factory=list)  #: ages at which polls promised it

    def accepted(self) -> None:
        """The ticket has just come."""
        self.open_until = 0.0

    def saw(self, answer: PollAnswer, age: float, model: str, paces: Paces) -> None:
        """A poll answered at this age, in seconds. The first that finds the result is the one that teaches."""
        if isinstance(answer, InFlight):
            self.open_until = age
            if answer.progress and age:
                self.promised.append(age / answer.progress)
        elif isinstance(answer, Ready) and self.open_until is not None:
            paces.learn(model, ripened(self.open_until, age, answer.seconds), self.promised)
            self.open_until = None
