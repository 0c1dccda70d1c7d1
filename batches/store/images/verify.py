"""A picture counts only when it decodes to the last pixel. All there is to know of it comes from that one decoding."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, UnidentifiedImageError

from batches.store.images.hashing import difference_hash, is_even, small

if TYPE_CHECKING:
    from batches.store.images.draft import Draft

KNOWN = ("jpeg", "png", "webp")

BROKEN = (
    *(OSError, SyntaxError, ValueError, EOFError, OverflowError, IndexError, struct.error, zlib.error),
    Image.DecompressionBombError,
)
"""What Pillow raises for bytes that are not what they seem."""


class BadImage(ValueError):
    """These bytes are not the picture that was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What decoding found."""

    format: str  #: jpeg, png or webp
    width: int  #: pixels
    height: int  #: pixels
    sha256: str  #: of the bytes
    bytes: int  #: how many
    dhash: int  #: what it looks like: see batches.store.images.hashing
    one_colour: bool  #: whether there is nothing to see on it


def verify(draft: Draft, expected_format: str) -> Picture:
    """Decode the whole picture, or say what is wrong with it."""
    draft.file.seek(0)
    try:
        with Image.open(draft.file, formats=KNOWN) as image:
            found = (image.format or "").lower()
            width, height = image.size
            image.load()
            thumbnail = small(image)
            one_colour = is_even(thumbnail) and is_even(image.convert("RGB") if image.mode == "P" else image)
    except BROKEN as error:
        raise BadImage(_complaint(draft, error)) from error
    if found != expected_format:
        raise BadImage(f"expected {expected_format}, got {found}")
    return Picture(
        format=found, width=width, height=height, sha256=draft.sha256, bytes=draft.size,
        dhash=difference_hash(thumbnail), one_colour=one_colour,
    )  # fmt: skip


def _complaint(draft: Draft, error: Exception) -> str:
    if isinstance(error, UnidentifiedImageError):
        draft.file.seek(0)
        return f"{draft.size} bytes that are no picture, beginning {draft.file.read(16)!r}"
    return f"does not decode: {error}"
