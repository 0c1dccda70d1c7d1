"""The image store: where bytes go. Pictures are verified before they count and written whole or not at all."""

from __future__ import annotations

from batches.store.images.draft import Draft
from batches.store.images.embedding import Notes, embed
from batches.store.images.errors import ImageMissing, ImageStoreAway, ImageStoreError, ImageStoreFull
from batches.store.images.flags import Finding, Flag, findings
from batches.store.images.folder import FolderStore
from batches.store.images.kept import Kept
from batches.store.images.keys import key_of, sidecar_of
from batches.store.images.memory import MemoryStore
from batches.store.images.store import ImageStore, open_store
from batches.store.images.trying import open_tried
from batches.store.images.verify import BadImage, Picture, verify

__all__ = [
    "BadImage",
    "Draft",
    "Finding",
    "Flag",
    "FolderStore",
    "ImageMissing",
    "ImageStore",
    "ImageStoreAway",
    "ImageStoreError",
    "ImageStoreFull",
    "Kept",
    "MemoryStore",
    "Notes",
    "Picture",
    "embed",
    "findings",
    "key_of",
    "open_store",
    "open_tried",
    "sidecar_of",
    "verify",
]
