"""WebP: chunks for EXIF and XMP behind the picture, and ahead of it the header that announces them."""

from __future__ import annotations

import struct
from typing import IO, TYPE_CHECKING, NamedTuple

from batches.store.images.embedding import exif, xmp
from batches.store.images.embedding.notes import LeftAsItIs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batches.store.images.embedding.notes import Notes, Part
    from batches.store.images.verify import Picture

EXTENDED, LOSSLESS, EXIF, XMP, CREDENTIALS = b"VP8X", b"VP8L", b"EXIF", b"XMP ", b"C2PA"

HAS_XMP, HAS_EXIF, HAS_ALPHA = 0x04, 0x08, 0x10
"""Bits of the header."""

HEAD_BYTES = 12
"""`RIFF`, how many bytes follow, and `WEBP`."""


class Chunk(NamedTuple):
    """One piece of the file."""

    kind: bytes
    begin: int  #: where it stands, its head included
    end: int  #: with the byte that makes it even
    size: int  #: of its body

    @property
    def body(self) -> int:
        """Where that begins."""
        return self.begin + 8


def parts(file: IO[bytes], picture: Picture, notes: Notes) -> list[Part]:
    """The picture with its notes. EXIF of its own stays, and XMP of its own has ours beside it."""
    found = list(_chunks(file))
    kinds = {one.kind for one in found}
    if CREDENTIALS in kinds or found[-1].end > picture.bytes:
        raise LeftAsItIs
    had = next((one for one in found if one.kind == XMP), None)
    packet = xmp.packet(notes, _read(file, had) if had else None)
    ours = [*([] if EXIF in kinds else [_chunk(EXIF, exif.block(notes))]), _chunk(XMP, packet)]
    kept: list[Part] = [range(one.begin, one.end) for one in found if one.kind not in {EXTENDED, XMP}]
    body = [_extended(file, found[0], picture), *kept, *ours]
    return [b"RIFF" + struct.pack("<I", 4 + sum(map(len, body))) + b"WEBP", *body]


def _chunks(file: IO[bytes]) -> Iterator[Chunk]:
    """Every chunk that the file says it has; what lies behind them is none of it."""
    file.seek(4)
    (size,) = struct.unpack("<I", file.read(4))
    begin, end = HEAD_BYTES, 8 + size
    while begin + 8 <= end:
        file.seek(begin)
        kind, size = struct.unpack("<4sI", file.read(8))
        if begin + 8 + size > end:
            raise LeftAsItIs
        yield Chunk(kind, begin, begin + 8 + size + size % 2, size)
        begin += 8 + size + size % 2


def _extended(file: IO[bytes], first: Chunk, picture: Picture) -> bytes:
    """The header: the picture's own with two bits more, or a new one."""
    if first.kind == EXTENDED:
        flags, *rest = _read(file, first)
        return _chunk(EXTENDED, bytes([flags | HAS_EXIF | HAS_XMP, *rest]))
    flags = HAS_EXIF | HAS_XMP | (HAS_ALPHA if first.kind == LOSSLESS and _has_alpha(file, first) else 0)
    size = (picture.width - 1).to_bytes(3, "little") + (picture.height - 1).to_bytes(3, "little")
    return _chunk(EXTENDED, bytes([flags, 0, 0, 0]) + size)


def _has_alpha(file: IO[bytes], chunk: Chunk) -> bool:
    """In its fifth byte, behind a signature and twice 14 bits, a lossless picture says whether it has alpha."""
    file.seek(chunk.body)
    return bool(file.read(5)[4] & 0x10)


def _read(file: IO[bytes], chunk: Chunk) -> bytes:
    file.seek(chunk.body)
    return file.read(chunk.size)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
