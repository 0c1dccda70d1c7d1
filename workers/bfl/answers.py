"""What BFL may answer, by what we do about it. No HTTP passes this door.

To a submission: Accepted, Busy, AnswerLost, NoCredits, KeyRefused, Rejected.
To a poll: InFlight, Ready, Moderated, TaskError, NotFound, Foreign, Trouble.
To a download: Downloaded, LinkDead, Unusable, Foreign, Trouble.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batches.store.ledger.records import Reported, Ticket


@dataclass(frozen=True, slots=True)
class Accepted:
    """The job is taken and may be billed from now on."""

    ticket: Ticket
    said: Reported  #: cost and megapixels as far as the answer names them


@dataclass(frozen=True, slots=True)
class Busy:
    """Not taken, costs nothing, may be asked again: too many active tasks, maintenance, no connection."""

    message: str
    retry_after: float | None = None  #: seconds BFL asks us to wait
    limited: bool = False  #: it was a 429: the account has too much under way, so it should send less


@dataclass(frozen=True, slots=True)
class AnswerLost:
    """The request was sent and no usable answer came: the job may be taken and billed, or not."""

    message: str


@dataclass(frozen=True, slots=True)
class NoCredits:
    """402: the account is spent."""

    message: str


@dataclass(frozen=True, slots=True)
class KeyRefused:
    """The key is missing, malformed or not allowed."""

    message: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """400 or 422: this request will never be taken."""

    message: str


@dataclass(frozen=True, slots=True)
class InFlight:
    """Not finished yet."""

    progress: float | None = None  #: the part that is done, where the answer tells it: above 0, at most 1


@dataclass(frozen=True, slots=True)
class Ready:
    """Finished; the link is good for some minutes."""

    link: str
    said: Reported  #: the settled cost, where the answer names it
    result: Mapping[str, object] = field(default_factory=dict)  #: prompt used, seed, times
    seconds: float | None = None  #: how long it took, where the answer tells it


@dataclass(frozen=True, slots=True)
class Moderated:
    """The prompt or the picture was refused by BFL's filters."""

    message: str
    said: Reported


@dataclass(frozen=True, slots=True)
class TaskError:
    """BFL tried and failed."""

    message: str
    said: Reported


@dataclass(frozen=True, slots=True)
class NotFound:
    """BFL does not know this ticket; right after acceptance that can pass."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """The question got no usable answer; asking again costs nothing."""

    message: str
    retry_after: float | None = None  #: seconds BFL asks us to wait


@dataclass(frozen=True, slots=True)
class Foreign:
    """A ticket or result that points to a host that is not BFL's. It is not followed there."""

    message: str


@dataclass(frozen=True, slots=True)
class Downloaded:
    """The draft has the whole result."""


@dataclass(frozen=True, slots=True)
class LinkDead:
    """The delivery link has expired; a further poll gives a fresh one."""

    message: str


@dataclass(frozen=True, slots=True)
class Unusable:
    """Behind the link lies something that is no picture, and fetching it whole is of no use."""

    message: str


SubmitAnswer = Accepted | Busy | AnswerLost | NoCredits | KeyRefused | Rejected
PollAnswer = InFlight | Ready | Moderated | TaskError | NotFound | Foreign | Trouble
DownloadAnswer = Downloaded | LinkDead | Unusable | Foreign | Trouble
