"""A source is read twice, to plan and to submit: its seal shows whether it is still the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.manifest.problem import ManifestError, Place, Problem

if TYPE_CHECKING:
    from pathlib import Path


class Seals:
    """What the bytes of each source hash to."""

    def __init__(self) -> None:
        self._known: dict[Path, str] = {}

    def check(self, path: Path, sha256: str) -> None:
        """Remember the seal of a source that was read to its end; raise if it had another one before."""
        if self._known.setdefault(path, sha256) != sha256:
            message = "this file changed while it was being planned and submitted"
            raise ManifestError([Problem(Place(str(path)), message, "begin again when nothing writes it any more")])
