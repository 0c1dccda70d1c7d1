"""Entries of a tar file, in the plain form that every reader knows; `tarfile` takes ten times as long. Pure."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCK = 512

END = bytes(2 * BLOCK)
"""By which readers know that nothing is missing."""

NAME_BYTES = 100
"""A longer name needs an entry of its own, which `tarfile` knows to write."""

MOST_BYTES = 8**11 - 1
"""Of a file whose size fits into its eleven octal digits: 8 GiB."""

OWNER = b"0000644\0" + b"0000000\0" * 2
TIME = b"00000000000\0"
SPACES = b" " * 8
REST = b"0" + bytes(100) + b"ustar\00000" + bytes(247)
"""A plain file, no link, the version of the format, and nobody's name."""


def entry(name: str, data: bytes) -> Iterator[bytes]:
    """The parts of a file of nobody and of no time."""
    yield _header(name, len(data))
    yield data
    yield bytes(-len(data) % BLOCK)


def _header(name: str, size: int) -> bytes:
    raw = name.encode(errors="backslashreplace")
    if len(raw) > NAME_BYTES:
        info = tarfile.TarInfo(name)
        info.size = size
        return info.tobuf(tarfile.GNU_FORMAT)
    head = raw.ljust(NAME_BYTES, b"\0") + OWNER + b"%011o\0" % size + TIME
    checksum = sum(head) + sum(SPACES) + SUM_OF_REST
    return head + b"%06o\0 " % checksum + REST


SUM_OF_REST = sum(REST)
