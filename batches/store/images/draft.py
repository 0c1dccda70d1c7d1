"""A picture on its way into the image store."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import _Hash


@dataclass(slots=True)
class Draft:
    """Bytes that are written as they come, counted and hashed, before anybody knows whether they are any good."""

    file: IO[bytes]  #: where they are
    size: int = 0  #: how many bytes
    _digest: _Hash = field(default_factory=hashlib.sha256)

    @property
    def sha256(self) -> str:
        """Of what is written so far."""
        return self._digest.hexdigest()

    def write(self, data: bytes) -> None:
        """Add these bytes."""
        self.file.write(data)
        self._digest.update(data)
        self.size += len(data)
