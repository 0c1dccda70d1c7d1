"""Drawn pictures, each at most once while it is remembered."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from simulator.pictures import Picture, draw

CAPACITY = 256 * 1024 * 1024
"""Bytes of finished pictures that are kept; the least recently wanted go first."""


class Gallery:
    """A bounded cache that draws in a thread; all who want the same picture wait for one drawing."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Picture, bytes] = OrderedDict()
        self._drawing: dict[Picture, asyncio.Task[bytes]] = {}
        self._size = 0

    async def bytes_of(self, picture: Picture) -> bytes:
        """The picture, encoded."""
        if picture in self._kept:
            self._kept.move_to_end(picture)
            return self._kept[picture]
        if picture not in self._drawing:
            self._drawing[picture] = asyncio.create_task(self._draw(picture))
        return await asyncio.shield(self._drawing[picture])

    async def _draw(self, picture: Picture) -> bytes:
        try:
            drawn = await asyncio.to_thread(draw, picture)
        finally:
            del self._drawing[picture]
        self._kept[picture] = drawn
        self._size += len(drawn)
        while self._size > CAPACITY:
            self._size -= len(self._kept.popitem(last=False)[1])
        return drawn
