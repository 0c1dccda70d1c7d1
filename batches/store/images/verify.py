"""A picture counts only when it decodes to the last pixel."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

KNOWN = ("jpeg", "png", "webp")


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


def verify(data: bytes, expected_format: str) -> Picture:
    """Decode the whole picture, or say what is wrong with it."""
    try:
        with Image.open(io.BytesIO(data), formats=KNOWN) as image:
            found = (image.format or "").lower()
            width, height = image.size
            image.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise BadImage(_complaint(data, error)) from error
    if found != expected_format:
        raise BadImage(f"expected {expected_format}, got {found}")
    return Picture(format=found, width=width, height=height, sha256=hashlib.sha256(data).hexdigest(), bytes=len(data))


def _complaint(data: bytes, error: Exception) -> str:
    if isinstance(error, UnidentifiedImageError):
        return f"{len(data)} bytes that are no picture, beginning {data[:16]!r}"
    return f"does not decode: {error}"
