"""Noticing what comes twice among millions."""

from __future__ import annotations

import hashlib

DIGEST_BYTES = 11
"""88 bits: among ten million texts two different ones agree with a probability of 1 in 10^12. With its place in
the set a digest takes about 80 bytes."""


class Seen:
    """Which texts came before, by a digest of each."""

    def __init__(self) -> None:
        self._digests: set[int] = set()

    def is_new(self, text: str) -> bool:
        """Whether this text comes for the first time; from now on it does not."""
        return self.is_new_digest(hashlib.sha256(text.encode()).digest())

    def is_new_digest(self, sha256: bytes) -> bool:
        """The same, of a text whose digest is known."""
        before = len(self._digests)
        self._digests.add(int.from_bytes(sha256[:DIGEST_BYTES]))
        return len(self._digests) != before
