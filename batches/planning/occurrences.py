"""How often the same was asked for: made once, the others get copies."""

from __future__ import annotations

from batches.manifest import Seen


class Occurrences:
    """Counts each fingerprint. Only those that come again take a counter."""

    def __init__(self) -> None:
        self._seen = Seen()
        self._again: dict[bytes, int] = {}

    def of(self, sha256: bytes) -> int:
        """Which time this is: 1 for the one that is made, more for a copy of it."""
        if self._seen.is_new_digest(sha256):
            return 1
        self._again[sha256] = self._again.get(sha256, 1) + 1
        return self._again[sha256]
