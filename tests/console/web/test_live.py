"""The hub: one reading for all pages, only what changed, and within a second."""

from __future__ import annotations

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx
import pytest

from batches.store.ledger import LedgerError, steering
from console.web.live import Hub, Source, Topic

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine, Iterator

    from tests.batches.store.ledger.world import World


class Book:
    """Something to read from, that counts how often it is read."""

    def __init__(self) -> None:
        self.read = 0
        self.said = {"a": "1", "b": "1"}
        self.error: LedgerError | None = None

    def __call__(self) -> dict[str, str]:
        self.read += 1
        if self.error:
            raise self.error
        return dict(self.said)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setattr("console.web.live.LOOK_SECONDS", 0.02)
    found = Hub()
    found.start()
    yield found
    found.close()


def run(looking: Coroutine[None, None, None]) -> None:
    """In a thread of its own: a browser that is open keeps a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, looking).result(10)


async def events(hub: Hub, topic: Topic) -> AsyncIterator[dict[str, str]]:
    """What an open page hears."""
    async for spelt in hub.stream(topic).body_iterator:
        if str(spelt).startswith("event: parts"):
            yield json.loads(str(spelt).partition("data: ")[2])


def test_pages_share_one_reading_and_hear_only_what_changed(hub: Hub) -> None:
    book = Book()

    async def look() -> None:
        pages = [events(hub, Topic("one", (Source(0.0, book),))) for _ in range(20)]
        for page in pages:
            assert await anext(page) == {"a": "1", "b": "1", "trouble": ""}
        read = book.read
        book.said["b"] = "2"
        for page in pages:
            assert await anext(page) == {"b": "2"}
        assert book.read - read < 20
        for page in pages:
            await page.aclose()

    run(look())


def test_nothing_is_read_while_nobody_looks(hub: Hub) -> None:
    book = Book()

    async def look() -> None:
        page = events(hub, Topic("one", (Source(0.0, book),)))
        await anext(page)
        await page.aclose()

    run(look())
    time.sleep(0.1)
    read = book.read
    time.sleep(0.1)
    assert book.read == read


def test_a_source_is_read_no_oftener_than_it_says(hub: Hub) -> None:
    quick, slow = Book(), Book()

    async def look() -> None:
        page = events(hub, Topic("one", (Source(0.0, quick), Source(60.0, slow))))
        await anext(page)
        for count in range(5):
            quick.said["a"] = f"at {count}"
            await anext(page)
        await page.aclose()

    run(look())
    assert (quick.read > 5, slow.read) == (True, 1)


def test_trouble_is_told_and_so_is_its_end(hub: Hub) -> None:
    book = Book()

    async def look() -> None:
        page = events(hub, Topic("one", (Source(0.0, book),)))
        await anext(page)
        book.error = LedgerError("the disk is gone", cure="find it")
        assert await anext(page) == {"trouble": "the disk is gone\nfind it"}
        book.error = None
        assert await anext(page) == {"trouble": ""}
        await page.aclose()

    run(look())


def test_a_mistake_in_one_page_leaves_the_others_alone(hub: Hub) -> None:
    book = Book()

    def mistaken() -> dict[str, str]:
        return {"a": str(1 / 0)}

    async def look() -> None:
        bad, good = (events(hub, Topic(str(read), (Source(0.0, read),))) for read in (mistaken, book))
        assert "ZeroDivisionError" in (await anext(bad))["trouble"]
        assert (await anext(good))["a"] == "1"
        await bad.aclose()
        await good.aclose()

    run(look())


def test_pages_are_let_go_when_the_server_ends(hub: Hub) -> None:
    async def look() -> None:
        page = events(hub, Topic("one", (Source(0.0, Book()),)))
        await anext(page)
        hub.close()
        assert [told async for told in page] == []

    run(look())


def test_what_happens_in_the_ledger_is_seen_within_a_second(world: World, url: str) -> None:
    batch_id = world.submit(2)
    with httpx.stream("GET", f"{url}/live/batches/{batch_id}", trust_env=False, timeout=10) as page:
        lines = page.iter_lines()
        assert "running" in next(line for line in lines if line.startswith("data:"))
        begun = time.monotonic()
        world.do(steering.pause, batch_id, "a person has paused it", world.now)
        assert "paused" in next(line for line in lines if line.startswith("data:"))
        assert time.monotonic() - begun < 1.0
