"""What an image store has against what should be in it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from batches.store.images.store import ImageStore

PICTURES = (".jpeg", ".png", ".webp")
"""How the names of pictures end; other things that lie about are none of ours."""


class Wrong(NamedTuple):
    """A picture that is not as it should be."""

    key: str
    problem: str  #: in words


def sha256_of(store: ImageStore, key: str) -> str:
    """Of the bytes under this key, which are never all in memory; ImageMissing where there are none."""
    digest = hashlib.sha256()
    for part in store.stream(key):
        digest.update(part)
    return digest.hexdigest()
