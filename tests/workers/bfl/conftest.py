"""Clients, of the simulator and of servers that break every rule."""

from __future__ import annotations

import io
import re
import socket
import threading
from contextlib import suppress
from itertools import takewhile
from typing import TYPE_CHECKING

import pytest

from batches.store.images import Draft
from workers.bfl import Client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.workers.conftest import Company

    Behaviour = Callable[[socket.socket], None]


class OddServer:
    """Accepts connections on loopback and treats each as it is told to; keeps what was sent to it."""

    def __init__(self, behave: Behaviour) -> None:
        """Behave like this with every connection."""
        self._behave = behave
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.heard: list[bytes] = []
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        """Serve nobody any more."""
        self._listening.shutdown(socket.SHUT_RDWR)  # close alone would not wake accept
        self._thread.join()
        self._listening.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                with connection, suppress(OSError):
                    self.heard.append(_request(connection))
                    self._behave(connection)


def _request(connection: socket.socket) -> bytes:
    """A whole request: its head, and as much body as the head announces."""
    stream = connection.makefile("rb")
    head = b"".join(takewhile(lambda line: line.strip(), iter(stream.readline, None)))
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    return head + stream.read(int(length[1]) if length else 0)


@pytest.fixture
def odd_server() -> Iterator[Callable[[Behaviour], OddServer]]:
    """Starts servers that behave oddly."""
    servers: list[OddServer] = []

    def start(behave: Behaviour) -> OddServer:
        servers.append(OddServer(behave))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def client_of(key: str) -> Iterator[Callable[[str], Client]]:
    """Makes clients that wait 0.3 s for an answer."""
    clients: list[Client] = []

    def make(url: str, *, key: str = key, connections: int = 4, allowed_hosts: tuple[str, ...] = ()) -> Client:
        client = Client(url, key, connections=connections, allowed_hosts=allowed_hosts, answer_seconds=0.3)
        clients.append(client)
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(company: Company, client_of: Callable[[str], Client]) -> Client:
    """A client of the simulator."""
    return client_of(company.url)


@pytest.fixture
def draft() -> Draft:
    """A place to download to."""
    return Draft(io.BytesIO())
