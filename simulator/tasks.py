"""A task and its life. Its whole fate is decided when it is accepted; time only reveals it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

QUEUED_SHARE = 0.2
"""The part of a task's life that it spends Pending."""
REASONING_SHARE = 0.5
"""Where Reasoning ends, for the models that reason."""


class Progress(NamedTuple):
    """What a poll may know."""

    status: str
    """As the specification spells it."""
    fraction: float | None
    """How much is done, while it is generating."""


@dataclass(frozen=True, slots=True)
class Hook:
    """Whom to call back."""

    url: str
    """Where."""
    secret: str | None
    """What proves that the call is ours."""
    origin: str
    """Start of the links in the call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One accepted submission."""

    id: str
    """A UUID."""
    account: str
    """Who pays: the key's digest."""
    endpoint: str
    """The path after /v1/."""
    lane: str
    """The class of limit it counts in until it is finished."""
    digest: str
    """The same for the same body at the same endpoint."""
    prompt: str
    """As sent."""
    seed: int
    """As sent, or as drawn."""
    width: int
    """Pixels of the result."""
    height: int
    """Pixels of the result."""
    seconds: float
    """How long the result runs; 0 for an image."""
    format: str
    """jpeg, png, webp or mp4."""
    draft: bool
    """Whether the result comes with a bundle to enhance it later."""
    price: int
    """Micro-credits: held from acceptance, paid when it ends Ready, else released."""
    accepted_at: float
    """Seconds since the epoch."""
    finished_at: float
    """Seconds since the epoch; infinite for a task that is stuck."""
    reasons: bool
    """Whether it passes through Reasoning."""
    outcome: str
    """The status it ends in."""
    details: dict[str, Any] | None
    """What a poll says then in `details`."""
    link_seconds: float
    """How long a link to its result lives."""
    hook: Hook | None
    """Whom to call when it is finished."""

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Task:
        """The task that `dataclasses.asdict` took apart."""
        hook = fields["hook"]
        return cls(**fields | {"hook": hook and Hook(**hook)})

    def finished(self, now: float) -> bool:
        """Whether its time has come."""
        return now >= self.finished_at

    def progress(self, now: float) -> Progress:
        """The status at that moment."""
        if self.finished(now):
            return Progress(self.outcome, None)
        share = (now - self.accepted_at) / (self.finished_at - self.accepted_at)
        if share < QUEUED_SHARE:
            return Progress("Pending", None)
        if self.reasons and share < REASONING_SHARE:
            return Progress("Reasoning", None)
        return Progress("Generating", round(share, 2))
