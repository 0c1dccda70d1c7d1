"""A tiny but valid MP4: one JPEG shown for some seconds. And how long and large any other one says it is."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

TICKS = 1000
"""Time units of a second."""
MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
"""No rotation."""
JPEG_IN_MP4 = 0x6C
"""The object type of a stream of JPEG frames."""


class Clip(NamedTuple):
    """What the headers of a video say."""

    width: int
    height: int
    seconds: float


class NotMp4(ValueError):
    """These bytes are no MP4 with a picture in it."""


def wrapped(jpeg: bytes, clip: Clip) -> bytes:
    """A video of one frame."""
    head = _box(b"ftyp", b"isom", _u32(512), b"isomiso2mp41")
    size = len(_movie(clip, len(jpeg), 0))
    return head + _movie(clip, len(jpeg), len(head) + size + 8) + _box(b"mdat", jpeg)


def measured(video: bytes) -> Clip:
    """The clip that these bytes hold; raises NotMp4."""
    try:
        if video[4:8] != b"ftyp":
            raise NotMp4
        movie = next(body for kind, body in _boxes(video) if kind == b"moov")
        header = next(body for kind, body in _boxes(movie) if kind == b"mvhd")
        ticks, duration = struct.unpack_from(">II" if header[0] == 0 else ">IQ", header, 12 if header[0] == 0 else 20)
        sizes = (_shown(track) for kind, track in _boxes(movie) if kind == b"trak")
        width, height = next(size for size in sizes if size[0] and size[1])
        return Clip(width, height, duration / ticks)
    except (StopIteration, struct.error, IndexError, ZeroDivisionError):
        raise NotMp4 from None


def _boxes(within: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 0
    while place + 8 <= len(within):
        size, kind = struct.unpack_from(">I4s", within, place)
        size = len(within) - place if size == 0 else size
        if size < 8 or place + size > len(within):
            raise NotMp4
        yield kind, within[place + 8 : place + size]
        place += size


def _shown(track: bytes) -> tuple[int, int]:
    """Width and height stand last in a track's header, in 1/65536 of a pixel."""
    header = next(body for kind, body in _boxes(track) if kind == b"tkhd")
    width, height = struct.unpack(">II", header[-8:])
    return width >> 16, height >> 16


def _box(kind: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I4s", 8 + len(content), kind) + content


def _full(kind: bytes, *parts: bytes, flags: int = 0) -> bytes:
    return _box(kind, _u32(flags), *parts)


def _u32(*numbers: int) -> bytes:
    return struct.pack(f">{len(numbers)}I", *numbers)


def _movie(clip: Clip, frame_size: int, frame_place: int) -> bytes:
    length = round(clip.seconds * TICKS)
    header = _full(b"mvhd", _u32(0, 0, TICKS, length, 0x10000, 0x01000000, 0, 0), MATRIX, bytes(24), _u32(2))
    shown = _full(
        b"tkhd",
        _u32(0, 0, 1, 0, length, 0, 0, 0, 0),
        MATRIX,
        _u32(clip.width << 16, clip.height << 16),
        flags=3,
    )
    timing = _full(b"mdhd", _u32(0, 0, TICKS, length), b"\x55\xc4\x00\x00")
    handler = _full(b"hdlr", _u32(0), b"vide", bytes(12), b"picture\0")
    source = _box(b"dinf", _full(b"dref", _u32(1), _full(b"url ", flags=1)))
    picture = _full(b"vmhd", bytes(8), flags=1)
    media = _box(b"minf", picture, source, _samples(clip, length, frame_size, frame_place))
    return _box(b"moov", header, _box(b"trak", shown, _box(b"mdia", timing, handler, media)))


def _samples(clip: Clip, length: int, frame_size: int, frame_place: int) -> bytes:
    stream = bytes([4, 13, JPEG_IN_MP4, 0x11]) + bytes(11)
    descriptor = bytes([3, 3 + len(stream) + 3, 0, 1, 0]) + stream + bytes([6, 1, 2])
    entry = _box(
        b"mp4v",
        bytes(6) + b"\x00\x01" + bytes(16),
        struct.pack(">HH", clip.width, clip.height),
        _u32(72 << 16, 72 << 16, 0),
        b"\x00\x01" + bytes(32) + b"\x00\x18\xff\xff",
        _full(b"esds", descriptor),
    )
    return _box(
        b"stbl",
        _full(b"stsd", _u32(1), entry),
        _full(b"stts", _u32(1, 1, length)),
        _full(b"stsc", _u32(1, 1, 1, 1)),
        _full(b"stsz", _u32(0, 1, frame_size)),
        _full(b"stco", _u32(1, frame_place)),
    )
