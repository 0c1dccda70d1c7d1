"""Pictures out of the image store, as the ledger knows them or not at all."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from batches.exports.errors import PictureLost
from batches.store.images import ImageMissing

if TYPE_CHECKING:
    from batches.exports.items import Item
    from batches.store.images import ImageStore


def picture_of(item: Item, source: ImageStore) -> bytes:
    """Its bytes. Raises PictureLost where they are gone, or are others than those that were paid."""
    try:
        data = source.get(item.key)
    except ImageMissing:
        raise lost(item, source, "is gone") from None
    if len(data) != item.line.bytes or hashlib.sha256(data).hexdigest() != item.line.sha256:
        raise lost(item, source, "is not the picture that was stored")
    return data


def lost(item: Item, source: ImageStore, said: str) -> PictureLost:
    """What is wrong with the picture of an item, and the cure."""
    return PictureLost(
        f"{source.locate(item.key)}, the picture of job {item.line.number} of {item.line.batch_id}, {said}.",
        cure=f"`fluxbatch verify {item.line.batch_id}` names all such pictures; --skip-missing leaves them out.",
    )
