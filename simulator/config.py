"""What one simulated company is like."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.catalog import LIMITS
from simulator.moderation import Words

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.faults.fault import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """One company, as the options of `python -m simulator` describe it."""

    speed: float = 1.0
    """How many times faster than the real service tasks finish and links die."""
    median: float | None = None
    """Seconds that the middle task takes at speed 1, whatever it makes; none means as each model was measured."""
    spread: float = 0.25
    """Sigma of the log-normal latency: by default two tasks of three end within a quarter of the median."""
    slots: int = LIMITS["standard"]
    """How many active tasks a key may have in the standard lane."""
    progress: bool = True
    """Whether polls tell how much is done."""
    credits: float = 10_000.0
    """The balance of every key when it is first seen, in credits."""
    random_seed: int = 0
    """Start of all dice: the same submissions in the same order take equally long and get the same seeds."""
    books: Path | None = None
    """The journal that lets a restart remember keys, tickets and results; none means memory only."""
    public_url: str | None = None
    """Start of the URLs handed out, instead of the host that a request came in on."""
    region_port: int | None = None
    """The second port, on which alone tickets are known; none means that there is one region."""
    webhook_secret_header: bool = True
    """Whether webhooks carry the secret itself in X-Webhook-Secret."""
    webhook_signature: bool = True
    """Whether webhooks carry a signature in X-BFL-Signature."""
    faults: tuple[Fault, ...] = ()
    """What goes wrong from the start."""
    words: Words = field(default_factory=Words)
    """The prompt words that change a task's fate."""
