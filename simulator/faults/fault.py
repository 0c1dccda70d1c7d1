"""What every fault is: a record of the calls it strikes."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from simulator.faults.calls import Call

Http = Literal["submit", "poll", "download"]
Kind = Literal["submit", "poll", "download", "webhook"]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a fault may look at to decide whether it strikes."""

    kind: Kind
    """What is being done."""
    endpoint: str
    """The endpoint of the submission, or of the task; empty for a task that is unknown."""
    prompt: str
    """The prompt of the submission, or of the task."""


class Fault(BaseModel):
    """Strikes the calls that fit all of its conditions."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    on: Kind
    """What it strikes."""
    endpoint: str | None = None
    """Only tasks of this endpoint."""
    word: str | None = None
    """Only prompts with this word in them, in any case of letters."""
    probability: Annotated[float, Field(gt=0, le=1)] = 1
    """How likely it strikes a call that fits."""
    after: Annotated[int, Field(ge=0)] = 0
    """So many calls that fit pass unharmed first."""
    times: Annotated[int, Field(ge=1)] | None = None
    """After so many strikes it is over; none means never."""

    def fits(self, seen: Seen) -> bool:
        """Whether the call is of the kind that this fault strikes."""
        return (
            self.on == seen.kind
            and self.endpoint in {None, seen.endpoint}
            and (self.word is None or self.word.lower() in seen.prompt.lower())
        )


class HttpFault(Fault):
    """A fault of a call that a client makes."""

    on: Http

    @abstractmethod
    async def spoil(self, call: Call) -> None:
        """Answer the call in its own way, or not at all."""
