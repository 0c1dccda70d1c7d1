"""What can happen to a job on our side; BFL's side is in `workers.bfl.answers`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workers.bfl.answers import (
    Accepted,
    AnswerLost,
    Busy,
    Foreign,
    InFlight,
    KeyRefused,
    LinkDead,
    Moderated,
    NoCredits,
    NotFound,
    Ready,
    Rejected,
    TaskError,
    Trouble,
)

if TYPE_CHECKING:
    from batches.store.ledger.charges import Source
    from batches.store.ledger.records import KeptImage, Reported


@dataclass(frozen=True, slots=True)
class Claimed:
    """A worker has taken the job, new or half way."""


@dataclass(frozen=True, slots=True)
class SlotTaken:
    """There is leave to submit."""


@dataclass(frozen=True, slots=True)
class NoSlot:
    """All slots stayed taken while we waited."""


@dataclass(frozen=True, slots=True)
class InputLost:
    """An input image is no longer what was planned."""

    message: str


@dataclass(frozen=True, slots=True)
class OverBudget:
    """The job does not fit under the cap of its batch, or of a wide budget."""

    message: str
    budget: str | None = None  #: the wide one
    account: str | None = None  #: whose money the wide one is of; None: that of several


@dataclass(frozen=True, slots=True)
class Resting:
    """The lane or the whole account rests, and other jobs try whether that is over."""

    message: str


@dataclass(frozen=True, slots=True)
class Stored:
    """The picture is verified and in the image store."""

    image: KeptImage
    cost: Reported  #: as the result told it


@dataclass(frozen=True, slots=True)
class BadPicture:
    """What was downloaded is not the picture that was asked for."""

    message: str
    cost: Reported  #: as the result told it


@dataclass(frozen=True, slots=True)
class Unwanted:
    """The picture is whole, and its batch does not want it: one that is asked for again would be paid again."""

    message: str
    cost: Reported  #: as far as anybody told it
    source: Source  #: who did


@dataclass(frozen=True, slots=True)
class StoreTrouble:
    """The image store cannot take the picture."""

    message: str
    away: bool = False  #: whether it only does not answer, and may be back in a moment


@dataclass(frozen=True, slots=True)
class Draining:
    """This worker is leaving."""


Event = (
    Claimed | SlotTaken | NoSlot | InputLost | OverBudget | Resting
    | Stored | BadPicture | Unwanted | StoreTrouble | Draining
    | Accepted | Busy | AnswerLost | NoCredits | KeyRefused | Rejected
    | InFlight | Ready | Moderated | TaskError | NotFound | Foreign | Trouble | LinkDead
)  # fmt: skip
