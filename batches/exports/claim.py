"""Who is at an export: one process at a time, as far as a place without locks can promise it.

A claim stands in `export.json` and is renewed while its process writes. A second process is refused as long as the
first one lives. Two that begin within the same moment may both find no claim; the later one's stands, and the earlier
one steps aside at its next renewal. Until then they write the same bytes to the same keys, so nothing is spoilt.
"""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass, replace

RENEW_SECONDS = 20.0
"""How often a claim is renewed, if anything is written at all."""

STALE_SECONDS = 900.0
"""Whoever has not renewed a claim for so long is dead, wherever it was: a shard of 1 GB is stored in less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A process at its work."""

    host: str
    pid: int
    token: str  #: no other process has it
    at: float  #: when it was renewed, in seconds since the epoch

    def renewed(self, now: float) -> Claim:
        """As of now."""
        return replace(self, at=now)

    def holds(self, now: float) -> bool:
        """Whether its process is still at it. Here we can look; a number may be another process's by now."""
        return now - self.at < STALE_SECONDS and (self.host != socket.gethostname() or _lives(self.pid))


def own_claim(now: float) -> Claim:
    """That of this process."""
    return Claim(host=socket.gethostname(), pid=os.getpid(), token=secrets.token_hex(8), at=now)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's, and alive
        return True
    return True
