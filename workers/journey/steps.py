"""What to do next with a job. A step is a value; `Journey` carries it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from batches.store.ledger.charges import Source
    from batches.store.ledger.records import KeptImage, Reported
    from batches.store.ledger.states import State
    from workers.bfl.answers import Ready


@dataclass(frozen=True, slots=True)
class TakeSlot:
    """Wait for leave to submit, at most this long."""

    patience: float


@dataclass(frozen=True, slots=True)
class Submit:
    """Write the intent, send the job, keep the ticket."""


@dataclass(frozen=True, slots=True)
class Poll:
    """Ask for the result after this many seconds."""

    after: float


@dataclass(frozen=True, slots=True)
class Fetch:
    """Download, verify and store the result."""

    ready: Ready


@dataclass(frozen=True, slots=True)
class AskAgain:
    """The result could not be had through this link: poll again, after this many seconds, for a fresh one."""

    after: float
    reason: str


@dataclass(frozen=True, slots=True)
class Finish:
    """Done: settle the cost."""

    image: KeptImage
    cost: Reported


@dataclass(frozen=True, slots=True)
class End:
    """The job ends without a picture. A cost of None means that nothing was spent."""

    state: Literal[State.MODERATED, State.FAILED]
    reason: str
    cost: Reported | None
    source: Source = "result"  #: who says so


@dataclass(frozen=True, slots=True)
class PutBack:
    """Back to the queue for this many seconds."""

    after: float
    reason: str
    counts: Literal["nothing", "wait", "failure"] = "nothing"  #: only a real failure spends an attempt
    cost: Reported | None = None  #: what a failed attempt cost; None means that nothing was spent


@dataclass(frozen=True, slots=True)
class Doubt:
    """Unsure: the money may be spent, and nobody knows."""

    reason: str
    for_a_person: bool = False  #: BFL took it, so to submit it again pays twice for certain: no policy does


@dataclass(frozen=True, slots=True)
class HandOver:
    """Let another worker go on from the ticket, after this many seconds."""

    after: float
    reason: str


@dataclass(frozen=True, slots=True)
class StopAccount:
    """Something only a person can mend: rest the account for a while, and keep the job."""

    reason: Literal["no credits", "key refused", "image store"]
    message: str
    seconds: float
    then: PutBack | HandOver


@dataclass(frozen=True, slots=True)
class Reseed:
    """Moderated: back to the queue, to be tried with another seed."""

    reason: str
    cost: Reported
    source: Source  #: who says so


@dataclass(frozen=True, slots=True)
class PauseBatch:
    """The budget has no room: rest the batch, or have the rest of a pool pay for it, and keep the job."""

    message: str
    then: PutBack
    budget: str | None = None  #: the wide one; None: the batch's own
    account: str | None = None  #: whose money the wide one is of; None: that of several


Leaving = Finish | End | PutBack | Reseed | Doubt | HandOver
"""The last move of a journey."""

Step = TakeSlot | Submit | Poll | Fetch | AskAgain | StopAccount | PauseBatch | Leaving
