"""A small world for journeys: a real ledger, a simulator behind a real client, slots in memory, images in a folder."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from batches.store.images import FolderStore
from batches.store.ledger import feeding, presence, standing
from batches.store.ledger.schema import charges, jobs
from workers.bfl import Client
from workers.journey import Hands, Journey, Patience
from workers.slots import Gate, MemorySlots

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import RowMapping

    from batches.store.ledger import Ledger
    from batches.store.ledger.standing import Money
    from batches.store.ledger.states import State
    from tests.workers.conftest import Company

ACCOUNT = "ours"
LANE = f"{ACCOUNT}:standard"
QUICK = Patience(first_poll=0.01, shortest_gap=0.01, backoff_base=0.01, backoff_cap=0.05, slot_patience=5)
"""The same decisions, a hundred times faster."""


class World:
    """One batch, and workers that carry its jobs."""

    def __init__(self, ledger: Ledger, client: Client, images: FolderStore) -> None:
        self.ledger = ledger
        self.now = 0.0  #: how far the clock of the slots is ahead
        self.slots = MemorySlots(clock=lambda: time.time() + self.now)
        self.leaving = threading.Event()
        self.slots.restore(LANE, 24, [], 0)
        self.gate = Gate(self.slots, self.leaving.is_set)
        self.hands = Hands(
            worker="one",
            account=ACCOUNT,
            ledger=ledger,
            client=client,
            gate=self.gate,
            images=images,
            clock=time.time,
            sleep=self.leaving.wait,
            patience=QUICK,
        )

    def carry(self, job_id: int = 1, **hands: object) -> RowMapping:
        """Call a job that is due, and let a worker carry it as far as it can. Answers with how it stands then."""
        self.call()
        journey = Journey.claim(job_id, replace(self.hands, **hands))
        assert journey is not None, self.job(job_id)
        journey.travel()
        return self.job(job_id)

    @contextmanager
    def carrying(self, until: State, job_id: int = 1) -> Iterator[None]:
        """Let worker one carry a job in a thread of its own; the block begins when it has come so far."""
        worker = threading.Thread(target=self.carry, args=(job_id,))
        worker.start()
        while (self.job(job_id)["state"], self.job(job_id)["owner"]) != (until, "one"):
            time.sleep(0.01)
        yield
        worker.join(20)
        assert not worker.is_alive()

    def call(self) -> Sequence[int]:
        """Call every job that is due within the minute."""
        with self.ledger.write() as tx:
            return [
                job_id
                for batch in feeding.open_batches(tx, ACCOUNT)
                for job_id in feeding.call_due(tx, batch, ACCOUNT, "standard", room=100, now=time.time() + 60)
            ]

    def worker_one_falls_silent(self) -> None:
        """Let the sweep take everything from worker one."""
        later = time.time() + 1000
        with self.ledger.write() as tx:
            presence.beat(tx, "two", later)
            feeding.take_from_silent(tx, "sweeper", now=later, silent_seconds=10)

    def job(self, job_id: int = 1) -> RowMapping:
        """How a job stands."""
        with self.ledger.read() as tx:
            return tx.execute(select(jobs).where(jobs.c.id == job_id)).mappings().one()

    def charges(self) -> list[tuple[str, int | None, str]]:
        """Every line of money: kind, micro-credits, source."""
        columns = charges.c.kind, charges.c.micro_credits, charges.c.source
        with self.ledger.read() as tx:
            return [tuple(row) for row in tx.execute(select(*columns).order_by(charges.c.id))]

    def money(self) -> Money:
        """The bill so far."""
        with self.ledger.read() as tx:
            (batch,) = standing.list_batches(tx)
            return standing.standing_of(tx, batch).money

    def held(self) -> int:
        """How many slots are taken."""
        self.slots.restore(LANE, 24, [], 0)  # the test may have moved the clock beyond a lease
        lane = self.slots.view(LANE)
        assert lane is not None
        return lane.used


@pytest.fixture
def images(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "images")


@pytest.fixture
def make_world(ledger: Ledger, company: Company, images: FolderStore, key: str) -> Iterator[Callable[..., World]]:
    """Makes a world whose workers use this key."""
    clients: list[Client] = []

    def make(key: str = key) -> World:
        clients.append(Client(company.url, key, connections=4, answer_seconds=5))
        return World(ledger, clients[-1], images)

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world()
