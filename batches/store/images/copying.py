"""Bytes from one store to another, where there is no shorter way."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batches.store.images.store import ImageStore


def copy(source: ImageStore, source_key: str, to: ImageStore, key: str) -> None:
    """Part by part, and whole or not at all."""
    with to.draft() as draft:
        for part in source.stream(source_key):
            draft.write(part)
        to.keep(key, draft)
