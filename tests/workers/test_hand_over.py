"""A worker with 100 jobs in flight goes, politely or not, and the next one has them within seconds, unpaid."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

import simulator
from batches.store.ledger.schema import jobs
from batches.store.ledger.states import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from redis import Redis

    from batches.store.ledger import Ledger
    from tests.workers.conftest import Company

    Eventually = Callable[[Callable[[], object]], bool]
    StartWorker = Callable[[], AbstractContextManager[subprocess.Popen[bytes]]]

JOBS = 100


@pytest.fixture
def simulator_url() -> Iterator[str]:
    """A simulator that works on more than 100 tasks at a time."""
    with simulator.running(flags=["--slots", "120"]) as running:
        yield running.url


@pytest.fixture
def start_worker(ledger: Ledger, redis: Redis, company: Company, tmp_path: Path, key: str) -> StartWorker:
    """Starts workers of an account whose limit BFL has raised."""
    config = tmp_path / "fluxbatch.toml"
    config.write_text(f'[accounts.ours]\nkey_env = "OUR_KEY"\napi_url = "{company.url}"\nslots = {{standard = 120}}\n')
    environment = {
        **os.environ,
        "OUR_KEY": key,
        "FLUXBATCH_ACCOUNT": "ours",
        "FLUXBATCH_CONFIG": str(config),
        "FLUXBATCH_BROKER_URL": f"unix://{redis.connection_pool.connection_kwargs['path']}",
        "FLUXBATCH_LEDGER_URL": ledger.url,
        "FLUXBATCH_IMAGES_URL": str(tmp_path / "images"),
        "FLUXBATCH_HOME": str(tmp_path),
    }

    @contextmanager
    def start() -> Iterator[subprocess.Popen[bytes]]:
        command = [sys.executable, "-m", "console", "worker", "--threads", "110"]
        process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    return start


def rendering(ledger: Ledger) -> Counter[str | None]:
    """How many jobs that BFL works on are in whose hands."""
    with ledger.read() as tx:
        return Counter(tx.scalars(select(jobs.c.owner).where(jobs.c.state == State.RENDERING)))


def done(ledger: Ledger) -> int:
    with ledger.read() as tx:
        return tx.scalar(select(func.count()).where(jobs.c.state == State.DONE)) or 0


@pytest.mark.parametrize(
    ("how", "gone_within", "taken_up_within"),
    [
        pytest.param(signal.SIGTERM, 5, 10, id="it hands over"),
        pytest.param(signal.SIGKILL, 1, 30, id="it is missed"),
    ],
)
def test_a_hundred_jobs_in_flight_go_on_with_the_next_worker(
    *,
    how: signal.Signals,
    gone_within: float,
    taken_up_within: float,
    ledger: Ledger,
    start_worker: StartWorker,
    submit: Callable[..., str],
    company: Company,
    eventually: Eventually,
) -> None:
    company.spoil("poll", "pending")
    submit(*(f"fox {number}" for number in range(JOBS)))
    with start_worker() as worker:
        assert eventually(lambda: len(rendering(ledger)) == 1 and rendering(ledger).total() == JOBS)
        [first] = rendering(ledger)
        began = time.monotonic()
        worker.send_signal(how)
        worker.wait(timeout=20)
        gone = time.monotonic()
    assert rendering(ledger) == {first if how is signal.SIGKILL else None: JOBS}
    with start_worker():
        assert eventually(lambda: len(rendering(ledger)) == 1 and not {None, first} & rendering(ledger).keys())
        taken_up = time.monotonic()
        company.mend()
        assert eventually(lambda: done(ledger) == JOBS)
    assert gone - began < gone_within
    assert taken_up - gone < taken_up_within
    assert company["accepted"] == JOBS, "nothing is paid twice"
    assert company["billed_micro_credits"] == JOBS * 2_500_000
