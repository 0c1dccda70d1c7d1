"""The cache of drawn pictures."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from simulator import gallery
from simulator.gallery import Gallery
from simulator.pictures import Picture, draw

if TYPE_CHECKING:
    import pytest

CAT = Picture("a cat", "flux-2-pro", 7, 64, 64, "jpeg", 0)
DOG, COW = CAT._replace(prompt="a dog"), CAT._replace(prompt="a cow")


def test_a_picture_is_drawn_once_however_many_want_it_at_the_same_time_or_later() -> None:
    async def visit() -> list[bytes]:
        room = Gallery()
        together = await asyncio.gather(*(room.bytes_of(CAT) for _ in range(5)))
        return [*together, await room.bytes_of(CAT)]

    first, *others = asyncio.run(visit())
    assert all(other is first for other in others)


def test_what_was_least_recently_wanted_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    async def visit() -> None:
        room = Gallery()
        cat, dog = await room.bytes_of(CAT), await room.bytes_of(DOG)
        monkeypatch.setattr(gallery, "CAPACITY", len(cat) + len(dog) + len(draw(COW)) - 1)
        assert await room.bytes_of(CAT) is cat
        await room.bytes_of(COW)
        assert await room.bytes_of(CAT) is cat
        assert await room.bytes_of(DOG) is not dog

    asyncio.run(visit())
