"""The company's memory: one JSON line per event, appended before the client hears of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class TornBooks(Exception):
    """The journal is damaged elsewhere than in its last line."""


class Journal:
    """An append-only file, or nothing at all without a path."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: BinaryIO | None = None

    def open(self) -> Iterator[dict[str, Any]]:
        """The events so far; afterwards new ones may be written. A torn last line is cut off."""
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        kept = self._path.read_bytes() if self._path.exists() else b""
        whole = kept[: kept.rfind(b"\n") + 1]
        for number, line in enumerate(whole.splitlines(), start=1):
            try:
                yield json.loads(line)
            except ValueError as error:
                raise TornBooks(f"{self._path}, line {number}: {error}") from error
        self._file = self._path.open("ab", buffering=0)
        self._file.truncate(len(whole))

    def write(self, event: dict[str, Any]) -> None:
        """Remember an event, beyond the death of this process."""
        if self._file is not None:
            self._file.write(json.dumps(event, separators=(",", ":")).encode() + b"\n")
