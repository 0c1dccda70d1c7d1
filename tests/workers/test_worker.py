"""A worker as people start it: a process of its own that does what is in the ledger, and leaves when it is told to."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

import simulator
from batches.store.ledger.schema import charges, jobs, workers
from batches.store.ledger.states import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from redis import Redis

    from batches.store.ledger import Ledger
    from tests.workers.conftest import Company

    Eventually = Callable[[Callable[[], object]], bool]
    StartWorker = Callable[..., AbstractContextManager["Started"]]


class Started:
    """A worker process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def ends(self) -> tuple[int, str]:
        """Its exit code and everything it logged."""
        _, log = self.process.communicate(timeout=20)
        return self.process.returncode, log


@pytest.fixture
def start_worker(ledger: Ledger, redis: Redis, company: Company, tmp_path: Path, key: str) -> StartWorker:
    """Starts workers on the test's ledger, an empty broker and the simulator."""
    environment = {
        **os.environ,
        "BFL_API_KEY": key,
        "FLUXBATCH_ACCOUNT": "ours",
        "FLUXBATCH_API_URL": company.url,
        "FLUXBATCH_BROKER_URL": f"unix://{redis.connection_pool.connection_kwargs['path']}",
        "FLUXBATCH_LEDGER_URL": ledger.url,
        "FLUXBATCH_IMAGES_URL": str(tmp_path / "images"),
        "FLUXBATCH_HOME": str(tmp_path),
    }

    @contextmanager
    def start(*options: str) -> Iterator[Started]:
        process = subprocess.Popen(
            [sys.executable, "-m", "console", "worker", "--threads", "32", "--log-json", *options],
            env=environment,
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield Started(process)
        finally:
            process.kill()
            process.communicate()

    return start


def count(ledger: Ledger, state: State) -> int:
    with ledger.read() as tx:
        return tx.scalar(select(func.count()).where(jobs.c.state == state)) or 0


def test_a_worker_does_its_jobs_and_drains_and_the_next_one_goes_on(
    *,
    ledger: Ledger,
    start_worker: StartWorker,
    submit: Callable[..., str],
    company: Company,
    key: str,
    eventually: Eventually,
) -> None:
    submit(*(f"fox {number}" for number in range(30)))
    with start_worker() as worker:
        assert eventually(lambda: count(ledger, State.DONE) == 30)
        company.spoil("poll", "pending")
        submit(*(f"hare {number}" for number in range(5)))
        assert eventually(lambda: count(ledger, State.RENDERING) == 5)
        began = time.monotonic()
        worker.process.send_signal(signal.SIGTERM)
        code, log = worker.ends()
    assert code == 0
    assert time.monotonic() - began < 10, "it does not wait for BFL"
    with ledger.read() as tx:
        assert tx.scalar(select(func.count()).where(jobs.c.owner.is_not(None))) == 0, "everything is handed over"
        assert tx.scalar(select(func.count()).where(workers.c.left_at.is_not(None))) == 1
    said = [json.loads(line)["event"] for line in log.splitlines()]
    assert (said[0], said.count("accepted"), said.count("worker_leaving")) == ("worker_started", 35, 1)
    assert key not in log
    company.mend()
    with start_worker():
        assert eventually(lambda: count(ledger, State.DONE) == 35)
    assert company["accepted"] == 35, "what was handed over is not paid again"
    with ledger.read() as tx:
        settled = tx.scalar(select(func.sum(charges.c.micro_credits)).where(charges.c.kind == "settled"))
    assert settled == company["billed_micro_credits"] == 35 * 2_500_000


def test_a_worker_leaves_when_whoever_started_it_is_gone(
    ledger: Ledger, start_worker: StartWorker, submit: Callable[..., str], eventually: Eventually
) -> None:
    submit("fox")
    with start_worker("--while-stdin-open") as worker:
        assert eventually(lambda: count(ledger, State.DONE) == 1)
        assert worker.process.stdin
        worker.process.stdin.close()
        worker.process.stdin = None  # communicate would flush it
        code, _ = worker.ends()
    assert code == 0


def test_a_worker_that_can_write_nothing_down_any_more_leaves_with_a_clear_word(
    ledger: Ledger, start_worker: StartWorker, submit: Callable[..., str], eventually: Eventually
) -> None:
    submit("fox")
    with start_worker() as worker:
        assert eventually(lambda: count(ledger, State.DONE) == 1)
        with ledger.write() as tx:
            tx.exec_driver_sql("ALTER TABLE stops RENAME TO elsewhere")
        code, log = worker.ends()
    assert code == 6, "nothing reachable"
    assert "no such table: stops" in log


class TestLearning:
    """Shared through the ledger."""

    @pytest.fixture
    def simulator_url(self) -> Iterator[str]:
        """A simulator in which an image takes two seconds, and nobody says how far it is."""
        with simulator.running(median=2, spread=0.2, flags=["--no-progress"]) as running:
            yield running.url

    def test_what_one_worker_has_learnt_spares_the_next_one_polls(
        self,
        ledger: Ledger,
        start_worker: StartWorker,
        submit: Callable[..., str],
        company: Company,
        eventually: Eventually,
    ) -> None:
        polls = []
        for animal in ("fox", "hare"):
            before, done = company["polls"], count(ledger, State.DONE)
            submit(*(f"{animal} {number}" for number in range(24)))
            with start_worker() as worker:
                assert eventually(lambda done=done: count(ledger, State.DONE) == done + 24)
                worker.process.send_signal(signal.SIGTERM)
                worker.ends()
            polls.append((company["polls"] - before) / 24)
        assert polls[1] < 0.75 * polls[0]
