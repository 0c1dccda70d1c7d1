"""From one draft to another: the picture, and in it where it comes from."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from batches.store.images.embedding import jpeg, png, webp
from batches.store.images.embedding.notes import LeftAsItIs

if TYPE_CHECKING:
    from batches.store.images.draft import Draft
    from batches.store.images.embedding.notes import Notes
    from batches.store.images.verify import Picture

FORMATS = {"jpeg": jpeg.parts, "png": png.parts, "webp": webp.parts}

BLOCK = 1 << 20
"""Bytes that are copied at once."""


def embed(draft: Draft, picture: Picture, notes: Notes, into: Draft) -> bool:
    """Write the picture with these notes into an empty draft. False: nothing is written, and it stays as it is.

    So it does where it carries content credentials, which any change would make false, where the notes are too long
    for it, and where its parts do not follow each other as its format says.
    """
    try:
        parts = FORMATS[picture.format](draft.file, picture, notes)
    except (LeftAsItIs, struct.error, IndexError):
        return False
    for part in parts:
        if isinstance(part, bytes):
            into.write(part)
        else:
            _copy(draft, part, into)
    return True


def _copy(draft: Draft, stretch: range, into: Draft) -> None:
    draft.file.seek(stretch.start)
    for begin in range(stretch.start, stretch.stop, BLOCK):
        into.write(draft.file.read(min(BLOCK, stretch.stop - begin)))
