"""What a command needs to be up: a broker, and on request a simulator in BFL's place."""

from __future__ import annotations

import socket
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx

from batches.models import LANE_SLOTS
from batches.policy import SIMULATED
from workers.accounts import Account
from workers.broker import connect
from workers.embedded import Service, embedded_broker

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from workers.settings import Settings

SIMULATED_SPEED = 10

SIMULATOR = Account(name=SIMULATED, api_url="http://127.0.0.1", slots=LANE_SLOTS, key=lambda: "simulated-key")
"""The account of --simulate. Its port is known once it is up."""


@contextmanager
def broker(settings: Settings) -> Iterator[str]:
    """URL of the broker: the one that is set, else the embedded one, kept up for the block."""
    if settings.broker_url:
        connect(settings.broker_url).close()
        yield settings.broker_url
    else:
        with embedded_broker(settings.home) as url:
            yield url


@contextmanager
def api(account: Account, home: Path) -> Iterator[Account]:
    """The account once its host and key can be used; the simulator's is kept up for the block."""
    if account is not SIMULATOR:
        account.key()  # who has none learns it before anything is begun
        yield account
        return
    folder = home.absolute() / "simulator"
    url = f"http://127.0.0.1:{_port_of(folder)}"
    service = Service(name="simulator", folder=folder, command=_simulator(url, folder), is_up=lambda: _answers(url))
    with service.in_use():
        yield replace(account, api_url=url)


@contextmanager
def apis(accounts: Iterable[Account], home: Path) -> Iterator[Sequence[Account]]:
    """These accounts once all their hosts and keys can be used."""
    with ExitStack() as kept_up:
        yield [kept_up.enter_context(api(account, home)) for account in accounts]


def _simulator(url: str, folder: Path) -> list[str]:
    return [
        sys.executable, "-m", "simulator", "--port", url.rpartition(":")[2],
        "--speed", str(SIMULATED_SPEED), "--books", str(folder / "books.jsonl"),
    ]  # fmt: skip


def _port_of(folder: Path) -> int:
    """The simulator keeps its port, because tickets name it; the first time any free one is taken."""
    file = folder / "port"
    if file.exists():
        return int(file.read_text())
    folder.mkdir(parents=True, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    file.write_text(str(port))
    return port


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/_sim/stats", trust_env=False, timeout=2).is_success
    except httpx.HTTPError:
        return False
