"""JPEG: EXIF and XMP, each in a segment APP1 ahead of the picture."""

from __future__ import annotations

import struct
from typing import IO, TYPE_CHECKING, NamedTuple

from batches.store.images.embedding import exif, xmp
from batches.store.images.embedding.notes import LeftAsItIs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batches.store.images.embedding.notes import Notes, Part
    from batches.store.images.verify import Picture

APP0, APP1, APP11 = 0xE0, 0xE1, 0xEB
START_OF_SCAN = 0xDA
FIRST_BYTES = 2
"""Where the first segment begins, behind the start of the image."""

EXIF, XMP, CREDENTIALS = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"JP"
"""What the segments begin with."""

MOST_BYTES = 65_533
"""A segment counts its bytes in two, with those two."""


class Segment(NamedTuple):
    """One piece ahead of the picture itself."""

    kind: int  #: its marker
    begin: int  #: where it stands, its marker included
    end: int
    body: bytes


def parts(file: IO[bytes], picture: Picture, notes: Notes) -> list[Part]:
    """The picture with its notes. EXIF of its own stays, and XMP of its own has ours beside it."""
    found = list(_segments(file))
    if any(one.kind == APP11 and one.body.startswith(CREDENTIALS) for one in found):
        raise LeftAsItIs
    has_exif = any(one.kind == APP1 and one.body.startswith(EXIF) for one in found)
    had = next((one for one in found if one.kind == APP1 and one.body.startswith(XMP)), None)
    ours = [] if has_exif else [_segment(EXIF + exif.block(notes))]
    ours.append(_segment(XMP + xmp.packet(notes, had and had.body.removeprefix(XMP))))
    place = _behind_the_first(found)
    begin, end = (had.begin, had.end) if had else (place, place)
    return [range(place), *ours, range(place, begin), range(end, picture.bytes)]


def _behind_the_first(found: list[Segment]) -> int:
    """JFIF wants to stand first."""
    return found[0].end if found and found[0].kind == APP0 else FIRST_BYTES


def _segments(file: IO[bytes]) -> Iterator[Segment]:
    """Every segment ahead of the first scan."""
    begin = FIRST_BYTES
    file.seek(begin)
    while True:
        sign, kind = struct.unpack(">BB", file.read(2))
        if sign != 0xFF:
            raise LeftAsItIs
        if kind == 0xFF:  # a filler; the marker begins with the second of the two
            begin += 1
            file.seek(begin)
            continue
        if kind == START_OF_SCAN:
            return
        (length,) = struct.unpack(">H", file.read(2))
        if length < 2:
            raise LeftAsItIs
        end = begin + 2 + length
        yield Segment(kind, begin, end, file.read(length - 2))
        begin = end
        file.seek(begin)


def _segment(body: bytes) -> bytes:
    if len(body) > MOST_BYTES:
        raise LeftAsItIs
    return struct.pack(">BBH", 0xFF, APP1, len(body) + 2) + body
