"""Runs the application until it is told to stop."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from batches.errors import SettingError
from batches.store.images import open_store
from batches.store.ledger import Ledger
from console.web.app import make_app
from console.web.live import Hub
from console.web.site import Site
from console.web.thumbnails import Thumbnails
from workers.budgets import Budgets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fastapi import FastAPI

    from console.web.access import Access
    from workers.settings import Settings

BACKLOG = 512


class Server(uvicorn.Server):
    """Says when it answers, and lets open pages go when it is to end."""

    def __init__(self, app: FastAPI, hub: Hub, announce: Callable[[], None]) -> None:
        """Serve this application."""
        config = uvicorn.Config(
            app, log_level="error", access_log=False, ws="none", backlog=BACKLOG, server_header=False
        )
        super().__init__(config)
        self._hub = hub
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End: a page that listens would be waited for."""
        self._hub.close()
        await super().shutdown(sockets)


@contextmanager
def site_of(settings: Settings, access: Access) -> Iterator[Site]:
    """What these settings lead to, kept open for the block."""
    images = open_store(settings.images_url)
    with Ledger(settings.where_ledger) as ledger:
        small = Thumbnails(images, settings.home)
        yield Site(
            settings=settings,
            ledger=ledger,
            images=images,
            access=access,
            budgets=Budgets(settings),
            hub=Hub(),
            thumbnails=small,
        )
        small.close()


def serve(site: Site, held: socket.socket, announce: Callable[[], None]) -> None:
    """Answer on this socket until SIGTERM or SIGINT."""
    Server(make_app(site), site.hub, announce).run(sockets=[held])


def bound(host: str, port: int) -> socket.socket:
    """A socket that holds the port; 0 takes any free one."""
    held = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind((host, port))
    except OSError as error:
        held.close()
        raise SettingError(
            f"The page cannot be served on {host}:{port}: {error.strerror or error}.",
            cure="Choose another --port, or end what listens there; --host is an address of this machine.",
        ) from None
    return held
