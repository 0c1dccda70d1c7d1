"""The bytes of a source as lines of text, hashed on their way."""

from __future__ import annotations

import hashlib
import io
from functools import partial
from typing import TYPE_CHECKING

from batches.manifest.compose import UNPRINTABLE
from batches.manifest.files import BYTE_ORDER_MARK, decode_from, place_in
from batches.manifest.problem import ManifestError, Place, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_LINE = 1024 * 1024
"""Bytes. A prompt has some hundred; a longer line is a file of another kind."""

CHUNK = 256 * 1024
"""Bytes that are read at once."""


class Hashed(io.RawIOBase):
    """A file whose bytes are hashed as they are read."""

    def __init__(self, file: io.FileIO) -> None:
        self._file = file
        self._sha256 = hashlib.sha256()

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # io's own callers pass a memoryview
        """Fill the buffer from the file."""
        count = self._file.readinto(buffer)
        self._sha256.update(buffer[:count])
        return count

    def seal(self) -> str:
        """SHA-256 in hex of the whole file, whatever of it was not asked for included."""
        while self.readinto(memoryview(bytearray(CHUNK))):
            pass
        return self._sha256.hexdigest()


def lines_of(stream: io.BufferedIOBase, file: str) -> Iterator[str]:
    """Every line with its end, from UTF-8 with or without a byte order mark."""
    mark = BYTE_ORDER_MARK
    for number, raw in enumerate(iter(partial(stream.readline, LONGEST_LINE + 1), b""), 1):
        if len(raw) > LONGEST_LINE:
            message = f"this line is longer than {LONGEST_LINE:,} bytes"
            raise ManifestError([Problem(Place(file, number, 1), message, "is it a file of another kind?")])
        line = decode_from(raw.removeprefix(mark), file, number)
        if not line[:-1].isprintable() and (odd := UNPRINTABLE.search(line)):
            message = f"control character U+{ord(odd[0]):04X}"
            raise ManifestError([Problem(place_in(line[: odd.start()], file, number), message, "remove it")])
        yield line
        mark = b""
