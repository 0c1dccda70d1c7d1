"""Keys and their money."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field

from simulator.refusals import Refusal

SHORTEST_KEY = 8


@dataclass(slots=True)
class Account:
    """What the company knows of one key."""

    id: str
    """The key's digest; the key itself is kept nowhere."""
    balance: int
    """Micro-credits not yet billed."""
    held: int = 0
    """Micro-credits of the balance that active tasks have been promised."""
    active: Counter[str] = field(default_factory=Counter)
    """Active tasks by lane."""
    peak: Counter[str] = field(default_factory=Counter)
    """The most that were ever active by lane."""

    @property
    def free(self) -> int:
        """Micro-credits that a new task may still be promised."""
        return self.balance - self.held


def account_id(key: str | None) -> str:
    """The account of a key that is well formed and not revoked."""
    if key is None:
        raise Refusal(403, "Not authenticated")
    if len(key) < SHORTEST_KEY or any(letter.isspace() for letter in key):
        raise Refusal(422, "Invalid API key format")
    if key.startswith("revoked"):
        raise Refusal(403, "This API key has been revoked")
    return hashlib.sha256(key.encode()).hexdigest()[:16]
