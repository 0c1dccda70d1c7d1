"""A broker that comes and goes at will."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING

from workers.broker import connect
from workers.embedded.broker import server_binary
from workers.errors import BrokerError

if TYPE_CHECKING:
    from pathlib import Path


class Broker:
    """A Redis-compatible server that is started and killed at will."""

    def __init__(self, socket: Path) -> None:
        self.url = f"unix://{socket}"
        options = {"--port": "0", "--unixsocket": str(socket), "--save": "", "--dir": str(socket.parent)}
        self._command = [server_binary(), *(word for pair in options.items() for word in pair)]

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        while True:
            try:
                connect(self.url).close()
            except BrokerError:
                time.sleep(0.02)
            else:
                return

    def kill(self) -> None:
        """End it without a word."""
        self._process.kill()
        self._process.wait()

    def flush(self) -> None:
        """Let it forget everything."""
        with connect(self.url) as redis:
            redis.flushall()
