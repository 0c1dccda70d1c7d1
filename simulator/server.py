"""Runs the application until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import threading
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fastapi import FastAPI

BACKLOG = 2048
KEEP_ALIVE_SECONDS = 75
"""Idle connections are kept longer than any polling gap, so that no client meets a closing one."""


class _Protocol(HttpToolsProtocol):
    """Lets the application cut the connection it is asked on."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {"abort": {"cut": self.transport.abort}}


class _Server(uvicorn.Server):
    """Leaves signals to us, and says when it accepts connections."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await super().shutdown(sockets=sockets)
        await self.lifespan.shutdown()  # which a forced exit leaves out

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        yield

    def stop(self) -> None:
        """End within a tick, whoever still waits for an answer."""
        self.should_exit = self.force_exit = True


class CannotListen(Exception):
    """The address is taken, foreign or no address; the message says which and why."""


def bound(host: str, port: int) -> socket.socket:
    """A socket that holds the port; 0 takes any free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    held = socket.socket(family, socket.SOCK_STREAM)
    try:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind((host, port))
    except OSError as error:
        held.close()
        raise CannotListen(f"cannot listen on {host}:{port}: {error.strerror}") from None
    return held


def serve(app: FastAPI, held: list[socket.socket], *, while_stdin_open: bool) -> None:
    """Answer until SIGTERM, SIGINT or, when asked for, the end of standard input."""
    config = uvicorn.Config(
        app,
        http=_Protocol,
        loop="uvloop",
        ws="none",
        lifespan="on",
        log_level="error",
        access_log=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )
    host, port = held[0].getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host

    def announce() -> None:
        print(f"simulator listening on http://{shown}:{port}", flush=True)  # noqa: T201 -- whoever started us waits for this line

    server = _Server(config, announce)
    if while_stdin_open:
        threading.Thread(target=_at_end_of_stdin, args=(server.stop,), daemon=True).start()
    server.run(sockets=held)


def _at_end_of_stdin(stop: Callable[[], None]) -> None:
    with contextlib.suppress(OSError):  # a standard input that was never open has ended, too
        while os.read(0, 4096):
            pass
    stop()
