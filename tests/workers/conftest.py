"""The real parts that workers need, each started once: a broker, and a simulator in BFL's place."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import simulator
from batches.manifest import read_manifest
from batches.planning import make_plan
from batches.policy import Policy, Unsure
from batches.store.ledger import Ledger, presence
from batches.store.ledger.records import BatchTerms
from tests.batches.store.ledger.world import write_batch
from workers.broker import connect
from workers.embedded import embedded_broker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from redis import Redis

ACCOUNT = "ours"


@pytest.fixture(scope="session")
def broker_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The embedded broker."""
    with embedded_broker(tmp_path_factory.mktemp("broker")) as url:
        yield url


@pytest.fixture
def redis(broker_url: str) -> Iterator[Redis]:
    """An empty broker."""
    with connect(broker_url) as client:
        client.flushall()
        yield client


class Company:
    """The simulator's books since this test began, and a hand on its faults."""

    def __init__(self, url: str, http: httpx.Client) -> None:
        self.url = url
        self._http = http
        self._before = self._stats()

    def __getitem__(self, name: str) -> int:
        """By how much a number of `/_sim/stats` has grown."""
        grown: int = self._stats()[name] - self._before[name]
        return grown

    def spoil(self, on: str, effect: str, **more: object) -> None:
        """Let something go wrong from now on."""
        self._http.post(f"{self.url}/_sim/faults", json={"on": on, "effect": effect, **more}).raise_for_status()

    def mend(self) -> None:
        """Let everything go right from now on."""
        self._http.delete(f"{self.url}/_sim/faults").raise_for_status()

    def _stats(self) -> dict[str, Any]:
        stats: dict[str, Any] = self._http.get(f"{self.url}/_sim/stats").json()
        return stats


@pytest.fixture(scope="session")
def simulator_url() -> Iterator[str]:
    """A simulator in which an image takes some hundredths of a second."""
    with simulator.running(speed=200) as running:
        yield running.url


@pytest.fixture
def company(simulator_url: str) -> Iterator[Company]:
    """The simulator without any faults."""
    with httpx.Client(trust_env=False) as http:
        company = Company(simulator_url, http)
        yield company
        company.mend()


@pytest.fixture
def key() -> str:
    """A key that the simulator has not seen: an account with all its credits and no active tasks."""
    return f"key-{secrets.token_hex(8)}"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger in a file, known to the workers `one` and `two`."""
    with Ledger(f"sqlite:///{tmp_path}/ledger.db") as ledger:
        with ledger.write() as tx:
            for worker in ("one", "two"):
                presence.arrive(tx, worker, host="here", pid=1, now=time.time())
        yield ledger


@pytest.fixture
def submit(ledger: Ledger, tmp_path: Path) -> Callable[..., str]:
    """Write a batch with these prompts and rules into the ledger; answers with its id."""

    def submitted(*prompts: str, model: str = "flux-dev", accounts: tuple[str, ...] = (ACCOUNT,), **rules: Any) -> str:
        manifest = tmp_path / "manifest.yaml"
        size = "{}" if model in {"flux-kontext-max", "flux-3-image"} else "{width: 256, height: 256}"
        rows = "\n".join(f"  - {prompt!r}" for prompt in prompts)
        manifest.write_text(f"version: 1\nname: test\nmodel: {model}\nparams: {size}\nprompts:\n{rows}\n")
        plan = make_plan(read_manifest(manifest))
        terms = BatchTerms(accounts=accounts, policy=Policy(**{"unsure": Unsure(), **rules}))
        with ledger.write() as tx:
            return write_batch(tx, plan, terms, time.time())

    return submitted


@pytest.fixture
def eventually() -> Callable[[Callable[[], object]], bool]:
    """Whether a condition comes true within some seconds."""

    def waited(condition: Callable[[], object]) -> bool:
        deadline = time.monotonic() + 20
        while not (true := condition()) and time.monotonic() < deadline:
            time.sleep(0.01)
        return bool(true)

    return waited
