"""Input images in files: found, read, decoded to their end and measured."""

from __future__ import annotations

import hashlib
import io
import stat
import struct
import warnings
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batches.manifest.files import out_of_reach, stays_below, why_unreadable
from batches.manifest.pairing import Pairing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from PIL.ImageFile import ImageFile

MOST_BYTES = 20 * 1024 * 1024
"""BFL takes input images of up to 20 MB (its guide to editing with FLUX.2)."""

MOST_PIXELS = 20_000_000
"""And of up to 20 megapixels (the same guide)."""

LEAST_SIDE = 64
"""Pixels that both sides have at least (the same guide)."""

FILES_KEPT = 100_000
"""Files that are remembered, the first ones, since a plan is read again from its beginning: 60 MB."""

FORMATS = ("JPEG", "PNG", "WEBP")
"""BFL publishes no list; these three it names, for FLUX 3 and for training images."""

BROKEN = (OSError, SyntaxError, ValueError, EOFError, OverflowError, IndexError, struct.error, zlib.error)
"""What Pillow raises for bytes that are not what they seem."""


@dataclass(frozen=True, slots=True)
class InputImage:
    """A picture as it lay in its file."""

    name: str  #: the file as the manifest names it
    path: str  #: the file, from the root
    sha256: str  #: of its bytes, in hex
    width: int  #: pixels
    height: int  #: pixels

    @property
    def pixels(self) -> int:
        """Width times height."""
        return self.width * self.height


class InputImages:
    """The input images of one manifest: each is read once, and must stay what it was."""

    def __init__(self, folder: Path, *, confined: bool = False) -> None:
        """Names are relative to this folder, or absolute; `confined` refuses those that lead out of it."""
        self._folder = folder
        self._confined = confined
        self._pairing = Pairing(folder)
        self._known: dict[str, tuple[object, InputImage]] = {}

    def files(self, name: str) -> Sequence[str]:
        """The files that this name or pattern stands for; raises ValueError, with the cure, for one out of reach."""
        if self._confined and not stays_below(name):
            raise ValueError(*out_of_reach(name))
        return self._pairing.files(name)

    def read(self, name: str) -> InputImage:
        """The picture in this file; raises ValueError, with the cure, where BFL would not take it."""
        path = self._folder / name
        with _translating(name):
            found = path.stat()
        stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
        before, image = self._known.get(name, (stamp, None))
        if before != stamp:
            message = f"{name} changed while it was being planned and submitted"
            raise ValueError(message, "begin again when nothing writes it any more")
        if image is None:
            _refuse_file(name, found.st_mode, found.st_size)
            image = _read(path, name)
            if len(self._known) < FILES_KEPT:
                self._known[name] = (stamp, image)
        return image


def _read(path: Path, name: str) -> InputImage:
    with _translating(name):
        data = path.read_bytes()
    width, height = _measured(data, name)
    return InputImage(name, str(path.absolute()), hashlib.sha256(data).hexdigest(), width, height)


@contextmanager
def _translating(name: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        raise ValueError(f"cannot read {name}: {why_unreadable(error)}", "paths are relative to the manifest") from None


def _refuse_file(name: str, mode: int, size: int) -> None:
    if stat.S_ISDIR(mode):
        raise ValueError(f"{name} is a folder, not a file", "name one file")
    if not stat.S_ISREG(mode):  # a pipe would be waited for without end
        raise ValueError(f"{name} is no ordinary file", "name one with a picture in it")
    if size > MOST_BYTES:
        raise ValueError(f"{name} has {size:,} bytes; BFL takes up to {MOST_BYTES:,}", "make it smaller")


def _measured(data: bytes, name: str) -> tuple[int, int]:
    """Width and height of a picture that decodes to its end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's own on odd metadata and large pictures; sizes are judged here
        with _opened(data, name) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise _too_large(name)
            if min(width, height) < LEAST_SIDE:
                raise ValueError(f"{name} has {width}x{height} pixels", f"BFL takes {LEAST_SIDE}x{LEAST_SIDE} and more")
            _decode(image, name)
    return width, height


def _opened(data: bytes, name: str) -> ImageFile:
    from PIL import Image  # here, so that a plan without pictures starts quickly

    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError:
        raise _too_large(name) from None
    except BROKEN:
        raise ValueError(f"{name} is no whole JPEG, PNG or WebP picture", "save it as one, or copy it again") from None


def _decode(image: ImageFile, name: str) -> None:
    """To its last byte: a PNG by its checksums, a JPEG at an eighth of its size, which takes half the time."""
    try:
        if image.format == "PNG":
            image.verify()
        else:
            image.draft("L", (1, 1))  # WebP knows no drafts and is decoded whole
            image.load()
    except BROKEN as error:
        raise ValueError(f"{name} does not decode to its end: {error}", "export or copy it again") from None


def _too_large(name: str) -> ValueError:
    return ValueError(f"{name} has more than {MOST_PIXELS // 1_000_000} megapixels", "make it smaller")
