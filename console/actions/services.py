"""What a command needs to be up: a broker, and on request a simulator in BFL's place."""

from __future__ import annotations

import socket
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
from pydantic import SecretStr

from batches.errors import SettingError
from workers.broker import connect
from workers.embedded import Service, embedded_broker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from workers.settings import Settings

SIMULATED_ACCOUNT = "simulator"
SIMULATED_KEY = "simulated-key"
SIMULATED_SPEED = 10


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
def api(settings: Settings, *, simulate: bool) -> Iterator[Settings]:
    """The settings with a host and a key that can be used: BFL's own, or a simulator kept up for the block."""
    if not simulate:
        required_key(settings)
        yield settings
        return
    folder = settings.home.absolute() / "simulator"
    url = f"http://127.0.0.1:{_port_of(folder)}"
    service = Service(name="simulator", folder=folder, command=_simulator(url, folder), is_up=lambda: _answers(url))
    with service.in_use():
        yield simulated(settings).model_copy(update={"api_url": url, "api_key": SecretStr(SIMULATED_KEY)})


def simulated(settings: Settings) -> Settings:
    """The same settings for the simulator's account, which never mixes with a real one."""
    return settings.model_copy(update={"account": SIMULATED_ACCOUNT})


def required_key(settings: Settings) -> str:
    """The API key, or a word on how to give one."""
    if settings.api_key is None:
        raise SettingError(
            "No API key: BFL_API_KEY is not set.",
            cure="Set BFL_API_KEY to your key from Black Forest Labs, or add --simulate to try without one.",
        )
    return settings.api_key.get_secret_value()


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
