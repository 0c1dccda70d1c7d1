"""Dispatchers on a real ledger and a real broker, by a clock that the test moves."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from batches.models import LANE_SLOTS
from batches.store.ledger import moves, presence
from batches.store.ledger.schema import jobs
from workers.dispatcher import Dispatcher
from workers.slots import Keeper, RedisSlots

if TYPE_CHECKING:
    from collections.abc import Mapping

    from redis import Redis

    from batches.errors import FluxbatchError
    from batches.store.ledger import Ledger

ACCOUNT = "ours"


class Feeding:
    """What the dispatchers of one account share."""

    def __init__(self, ledger: Ledger, redis: Redis) -> None:
        self.ledger = ledger
        self.redis = redis
        self.ahead = 0.0  #: seconds that the test's clock is ahead
        self.rung: list[int] = []
        self.bell = self.rung.append
        self.sweeps: list[str] = []  #: who swept
        self.fatal: list[FluxbatchError] = []

    def dispatcher(
        self, worker: str = "one", slots: Mapping[str, int] = LANE_SLOTS, *, account: str = ACCOUNT
    ) -> Dispatcher:
        return Dispatcher(
            worker=worker,
            account=account,
            ledger=self.ledger,
            redis=self.redis,
            keeper=Keeper(account, slots, RedisSlots(self.redis), self.ledger),
            ring=lambda job_id, _: self.bell(job_id),  # a test may change the bell later
            on_fatal=self.fatal.append,
            each_sweep=lambda: self.sweeps.append(worker),
            clock=lambda: self.now,
        )

    @property
    def now(self) -> float:
        """Seconds since the epoch, by the test's clock."""
        return time.time() + self.ahead

    def claim(self, job_id: int, worker: str = "one") -> None:
        """Let a worker answer the doorbell."""
        with self.ledger.write() as tx:
            moves.claim(tx, job_id, worker, ACCOUNT, self.now)

    def beat(self, worker: str) -> None:
        """Let a worker say that it lives."""
        with self.ledger.write() as tx:
            presence.beat(tx, worker, self.now)

    def states(self) -> dict[str, int]:
        """How many jobs are in each state."""
        with self.ledger.read() as tx:
            rows = tx.execute(select(jobs.c.state, func.count()).group_by(jobs.c.state))
            return dict(tuple(row) for row in rows)


@pytest.fixture
def fed(ledger: Ledger, redis: Redis) -> Feeding:
    return Feeding(ledger, redis)
