"""Celery's own commands against real workers: they start one, look into it, and tell it to leave."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from batches.store.ledger.schema import jobs, workers
from batches.store.ledger.states import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from redis import Redis

    from batches.store.ledger import Ledger
    from tests.workers.conftest import Company

    Eventually = Callable[[Callable[[], object]], bool]

JOBS = 3


class Shell:
    """A place where settings are set and commands are typed."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment

    @contextmanager
    def start(self, *command: str) -> Iterator[subprocess.Popen[str]]:
        process = subprocess.Popen(
            [sys.executable, "-m", *command], env=self.environment, stderr=subprocess.PIPE, text=True
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    def celery(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "celery", "-A", "workers.app", *words],
            env=self.environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    def inspect(self, what: str) -> Any:
        """What the only worker answers."""
        [answer] = json.loads(self.celery("inspect", what, "--json").stdout).values()
        return answer


@pytest.fixture
def shell(ledger: Ledger, redis: Redis, company: Company, tmp_path: Path, key: str) -> Shell:
    return Shell({
        **os.environ,
        "BFL_API_KEY": key,
        "FLUXBATCH_ACCOUNT": "ours",
        "FLUXBATCH_API_URL": company.url,
        "FLUXBATCH_BROKER_URL": f"unix://{redis.connection_pool.connection_kwargs['path']}",
        "FLUXBATCH_LEDGER_URL": ledger.url,
        "FLUXBATCH_IMAGES_URL": str(tmp_path / "images"),
        "FLUXBATCH_HOME": str(tmp_path),
    })  # fmt: skip


@pytest.fixture
def bare_shell(shell: Shell, tmp_path: Path) -> Shell:
    """Without key and broker."""
    kept = {name: value for name, value in shell.environment.items() if not name.startswith(("FLUXBATCH_", "BFL_"))}
    return Shell({**kept, "FLUXBATCH_HOME": str(tmp_path)})


def count(ledger: Ledger, state: State) -> int:
    with ledger.read() as tx:
        return tx.scalar(select(func.count()).where(jobs.c.state == state)) or 0


WAYS = pytest.mark.parametrize(
    "way",
    [
        ("console", "worker", "--threads", "8"),
        ("celery", "-A", "workers.app", "worker", "--pool", "threads", "--concurrency", "8"),
    ],
    ids=["fluxbatch worker", "celery worker"],
)


@WAYS
def test_a_worker_shows_its_jobs_and_drains_when_celery_tells_it_to(
    *,
    way: tuple[str, ...],
    shell: Shell,
    ledger: Ledger,
    redis: Redis,
    submit: Callable[..., str],
    company: Company,
    eventually: Eventually,
) -> None:
    company.spoil("poll", "pending")
    batch = submit(*(f"fox {number}" for number in range(JOBS)))
    with shell.start(*way) as process:
        assert eventually(lambda: count(ledger, State.RENDERING) == JOBS)
        with ThreadPoolExecutor() as at_once:
            active, registered, stats = at_once.map(shell.inspect, ["active", "registered", "stats"])
        assert {task["name"] for task in active} == {*registered} == {"fluxbatch.carry"}
        assert sorted(task["kwargs"]["job"] for task in active) == [1, 2, 3]
        assert {task["kwargs"]["batch"] for task in active} == {batch}
        assert (stats["fluxbatch"]["account"], stats["pool"]["max-concurrency"]) == ("ours", 8)
        assert shell.celery("control", "enable_events").returncode == 0, "as Flower does"
        assert {key.partition(b":")[0] for key in redis.scan_iter()} == {b"fluxbatch"}, "no other app is touched"
        shell.celery("control", "shutdown")
        _, log = process.communicate(timeout=10)
    assert process.returncode == 0, log
    with ledger.read() as tx:
        assert tx.scalar(select(func.count()).where(jobs.c.owner.is_not(None))) == 0, "everything is handed over"
        assert tx.scalar(select(func.count()).where(workers.c.left_at.is_not(None))) == 1
    assert count(ledger, State.RENDERING) == JOBS, "and none is given up"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT], ids=lambda how: how.name)
def test_a_worker_of_celerys_command_does_its_jobs_and_drains_on_a_signal(
    *,
    how: signal.Signals,
    shell: Shell,
    ledger: Ledger,
    submit: Callable[..., str],
    company: Company,
    eventually: Eventually,
) -> None:
    submit("fox")
    with shell.start("celery", "-A", "workers.app", "worker") as process:
        assert eventually(lambda: count(ledger, State.DONE) == 1)
        company.spoil("poll", "pending")
        submit("hare")
        assert eventually(lambda: count(ledger, State.RENDERING) == 1)
        began = time.monotonic()
        process.send_signal(how)
        process.communicate(timeout=20)
    assert time.monotonic() - began < 5, "it does not wait for BFL"
    with ledger.read() as tx:
        assert tx.scalar(select(func.count()).where(jobs.c.owner.is_not(None))) == 0


def test_a_pool_without_threads_is_refused_in_one_sentence(shell: Shell) -> None:
    done = shell.celery("worker", "--pool", "solo")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "Error: a worker carries its jobs in threads. Start it with --pool threads."
    )
    assert "Traceback" not in done.stderr


def test_a_worker_without_a_key_says_how_to_give_one(bare_shell: Shell) -> None:
    done = bare_shell.celery("worker")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-2:] == [
        "Error: No API key: BFL_API_KEY is not set.",
        "Set BFL_API_KEY to your key from Black Forest Labs, or add --simulate to try without one.",
    ]


def test_looking_for_workers_needs_no_key_and_no_ledger(bare_shell: Shell, shell: Shell) -> None:
    bare_shell.environment = {
        **bare_shell.environment, "FLUXBATCH_BROKER_URL": shell.environment["FLUXBATCH_BROKER_URL"]
    }  # fmt: skip
    done = bare_shell.celery("inspect", "ping")
    assert "No nodes replied" in done.stderr


def test_the_command_finds_the_embedded_broker_and_keeps_it_up(
    shell: Shell, ledger: Ledger, submit: Callable[..., str], eventually: Eventually
) -> None:
    shell.environment = {name: value for name, value in shell.environment.items() if name != "FLUXBATCH_BROKER_URL"}
    submit("fox")
    with shell.start("celery", "-A", "workers.app", "worker"):
        assert eventually(lambda: count(ledger, State.DONE) == 1)
        assert shell.inspect("ping") == {"ok": "pong"}
