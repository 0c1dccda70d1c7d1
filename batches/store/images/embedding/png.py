"""PNG: texts in chunks of their own, right behind the header."""

from __future__ import annotations

import struct
import zlib
from typing import IO, TYPE_CHECKING

from batches.store.images.embedding.notes import LeftAsItIs, speakable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batches.store.images.embedding.notes import Notes, Part
    from batches.store.images.verify import Picture

SIGNATURE_BYTES = 8
HEADER_END = 33
"""The signature and the chunk IHDR, which is always the first and always as long."""

CREDENTIALS = b"caBX"

FACTS = "fluxbatch"
"""The keyword of what is for machines."""


def parts(file: IO[bytes], picture: Picture, notes: Notes) -> list[Part]:
    """The picture with its notes."""
    if CREDENTIALS in _kinds(file):
        raise LeftAsItIs
    texts = {"Description": notes.description, "Software": notes.software, FACTS: notes.facts}
    written = [_text(keyword, text) for keyword, text in texts.items()]
    return [range(HEADER_END), *written, range(HEADER_END, picture.bytes)]


def _kinds(file: IO[bytes]) -> Iterator[bytes]:
    """The kind of each chunk."""
    begin = SIGNATURE_BYTES
    file.seek(begin)
    while len(head := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        yield kind
        begin += length + 12
        file.seek(begin)


def _text(keyword: str, text: str) -> bytes:
    """A chunk of text that is not compressed and in no particular language."""
    body = b"iTXt" + keyword.encode() + b"\0\0\0\0\0" + speakable(text).encode()
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
