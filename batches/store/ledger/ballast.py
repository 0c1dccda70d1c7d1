"""Room kept free for the moment the disk is full: thrown off, it lets tickets on their way be written down."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

BALLAST_BYTES = 16 * 1024 * 1024
"""Enough for the last transactions of a worker: each changes some 15 pages, 60 kB of write-ahead log, so that
64 tickets and as many hand-overs take about 8 MB."""


class Ballast:
    """A file of zeros beside the ledger."""

    def __init__(self, ledger: Path) -> None:
        """Load it, if there is room."""
        self._file = ledger.with_name(f"{ledger.name}.ballast")
        with suppress(OSError):
            if not self._file.exists():
                self._load()

    def throw_off(self) -> None:
        """Give the room back to the disk."""
        with suppress(OSError):
            self._file.unlink(missing_ok=True)

    def _load(self) -> None:
        try:
            with self._file.open("xb") as file:
                file.write(bytes(BALLAST_BYTES))
                os.fsync(file.fileno())
        except OSError:
            self.throw_off()  # a disk this full shall not be filled further by us
            raise
