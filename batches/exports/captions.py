"""The text that goes with a picture: the prompt that was asked for, or the one that the model used."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from batches.exports.pictures import lost
from batches.store.images import ImageMissing, sidecar_of

if TYPE_CHECKING:
    from batches.exports.items import Item
    from batches.exports.question import Caption
    from batches.store.images import ImageStore


def with_caption(item: Item, caption: Caption, source: ImageStore) -> Item:
    """The item with this caption. Its sidecar is read only where it is needed; raises PictureLost without one."""
    if caption == "asked" or item.line.image_key is None:
        return item
    try:
        facts = json.loads(source.get(sidecar_of(item.key)))
    except (ImageMissing, ValueError):
        raise lost(item, source, "has no sidecar that tells the prompt that was used") from None
    used = facts.get("prompt_used") if isinstance(facts, dict) else None
    return replace(item, caption=used) if isinstance(used, str) else item
