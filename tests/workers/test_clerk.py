"""Receipts are written beside all other work, and a store that refuses harms nobody."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from batches.reports.page import Bounds
from batches.store.images import ImageStoreError, MemoryStore
from batches.store.ledger import Ledger, feeding, receipts
from batches.store.ledger.states import State
from tests.batches.store.ledger.world import UNKNOWN, World
from workers import log
from workers.clerk import Clerk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:
        yield World(ledger)


def ended(world: World) -> str:
    job = world.at(State.FETCHING)
    world.finish(job, UNKNOWN)
    world.do(feeding.close_ended_batches, world.now)
    return job.batch_id


def in_time(happens: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 60
    while not happens() and time.monotonic() < deadline:
        time.sleep(0.01)
    return happens()


def test_a_batch_that_is_handed_over_gets_its_receipt(world: World) -> None:
    batch_id, store = ended(world), MemoryStore()
    clerk = Clerk("main", world.ledger, store, Bounds)
    clerk.take([batch_id])
    clerk.take([batch_id])  # the dispatcher asks for it each second, until it is written
    assert in_time(lambda: world.ask(receipts.wanting, "main") == [])
    clerk.stop()
    assert store.get(f"{batch_id}/report.html")


def test_a_store_that_refuses_is_told_and_left_alone_for_a_while(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing(MemoryStore):
        def put(self, key: str, data: bytes) -> None:  # noqa: ARG002  # as the seam has it
            raise ImageStoreError("The bucket is gone.")

    told: list[str] = []
    monkeypatch.setattr(log, "no_receipt", lambda batch_id, error: told.append(f"{batch_id}: {error}"))
    batch_id = ended(world)
    clerk = Clerk("main", world.ledger, Refusing(), Bounds)
    clerk.take([batch_id])
    assert in_time(lambda: bool(told))
    clerk.stop()
    again = Clerk("main", world.ledger, MemoryStore(), Bounds)
    clerk.take([batch_id])
    assert told == [f"{batch_id}: The bucket is gone."]
    assert world.ask(receipts.wanting, "main") == [batch_id], "and whoever comes next writes it"
    again.take([batch_id])
    assert in_time(lambda: world.ask(receipts.wanting, "main") == [])
    again.stop()


def test_one_who_leaves_begins_no_more(world: World) -> None:
    batch_id, store = ended(world), MemoryStore()
    clerk = Clerk("main", world.ledger, store, Bounds)
    clerk.stop()
    clerk.take([batch_id])
    assert world.ask(receipts.wanting, "main") == [batch_id]
