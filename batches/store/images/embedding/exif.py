"""EXIF: the description and the software, as the smallest TIFF that holds them."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from batches.store.images.embedding.notes import speakable

if TYPE_CHECKING:
    from batches.store.images.embedding.notes import Notes

IMAGE_DESCRIPTION, SOFTWARE = 0x010E, 0x0131
"""Tags, in the order in which a TIFF has them."""

ASCII = 2
"""The type of texts. Readers take UTF-8 for it."""

HEAD = b"II*\0\x08\0\0\0"
"""Little-endian, and the list of tags follows at once."""


def block(notes: Notes) -> bytes:
    """The TIFF."""
    texts = {IMAGE_DESCRIPTION: _spelt(notes.description), SOFTWARE: _spelt(notes.software)}
    place = len(HEAD) + 2 + 12 * len(texts) + 4
    entries = []
    for tag, text in texts.items():
        entries.append(struct.pack("<HHII", tag, ASCII, len(text), place))
        place += len(text)
    return HEAD + struct.pack("<H", len(texts)) + b"".join(entries) + bytes(4) + b"".join(texts.values())


def _spelt(text: str) -> bytes:
    """With its end, and never so short that a TIFF would want it in the place of its address."""
    return speakable(text).encode().ljust(4, b"\0") + b"\0"
