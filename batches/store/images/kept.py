"""What a listing says of one thing in an image store."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kept:
    """Bytes under a key, without the bytes."""

    key: str
    size: int  #: how many bytes
    changed_at: float  #: when they were kept, in seconds since the epoch
