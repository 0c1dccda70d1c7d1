"""An image store is tried with a small key, before anything is paid that it would have to keep."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from batches.store.images.store import open_store

if TYPE_CHECKING:
    from batches.store.images.store import ImageStore

PROBE = ".fluxbatch-probe-"
"""Sorts before the names of batches, so that a listing comes to it at once."""


def open_tried(url: str) -> ImageStore:
    """The store, once it was written, read, listed and emptied again; ImageStoreError names what it would not do."""
    store = open_store(url)
    probe = f"{PROBE}{secrets.token_hex(8)}"  # others may try the same store just now
    store.put(probe, b"can be written and read")
    store.get(probe)
    next(store.listing(), None)
    store.delete(probe)
    return store
