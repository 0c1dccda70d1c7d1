"""A real S3 server on this machine, with one bucket and people who may do this and that."""

from __future__ import annotations

import json
import random
import socket
import subprocess
import sysconfig
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Mapping

BUCKET = "pictures"
OWNER = ("AKIAOWNER", "the-secret-of-the-owner")
READER = ("AKIAREADER", "the-secret-of-the-reader")

WAIT_SECONDS = 60


class S3Server:
    """SeaweedFS, started and killed at will; what it keeps stays in its folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names = ("master", "volume", "filer", "s3")
        self.lets_the_owner("Admin", "Read", "Write", "List")

    def lets_the_owner(self, *actions: str) -> None:
        """What the owner may do from its next start on. An admin makes a bucket by writing to it."""
        may = {OWNER: actions, READER: (f"Read:{BUCKET}", f"List:{BUCKET}")}
        people = [
            {"name": key, "actions": its, "credentials": [{"accessKey": key, "secretKey": secret}]}
            for (key, secret), its in may.items()
        ]
        (self._folder / "people.json").write_text(json.dumps({"identities": people}))

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._ports['s3.port']}"

    def environment(self, who: tuple[str, str] = OWNER) -> Mapping[str, str]:
        """What S3's own tools would be told to be this person here."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": who[0],
            "AWS_SECRET_ACCESS_KEY": who[1],
            "AWS_REGION": "us-east-1",
        }

    def start(self) -> None:
        """Start it, and wait until it takes pictures."""
        self._ports = _free_ports(*(f"{name}.port{kind}" for name in self._names for kind in ("", ".grpc")))
        self.resume()

    def resume(self) -> None:
        """Start it again where it was."""
        self._process = subprocess.Popen(
            [Path(sysconfig.get_path("scripts")) / "weed", "server", *self._options()],
            cwd=self._folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + WAIT_SECONDS
        while not self._answers():
            assert time.monotonic() < deadline, "the S3 server does not start"
            time.sleep(0.05)

    def kill(self) -> None:
        """End it without a word."""
        self._process.kill()
        self._process.wait()

    def _answers(self) -> bool:
        assert self._process.poll() is None, "the S3 server has ended"
        room = f"http://127.0.0.1:{self._ports['master.port']}/dir/assign"  # a put without any would wait for long
        try:
            return all(httpx.get(url, trust_env=False).is_success for url in (room, f"{self.url}/healthz"))
        except httpx.HTTPError:
            return False

    def _options(self) -> list[str]:
        said = {
            **self._ports,
            "dir": self._folder,
            "ip": "127.0.0.1",
            "ip.bind": "127.0.0.1",
            "filer.localSocket": self._folder / "filer.sock",
            "s3.localSocket": self._folder / "s3.sock",
            "s3.config": self._folder / "people.json",
            "s3.port.iceberg": 0,
            "s3.port.lance": 0,
            "master.electionTimeout": "1s",  # it elects itself, and would wait for others first
            "master.telemetry": "false",
            "master.volumeSizeLimitMB": 64,
            "volume.max": 0,
        }
        return ["-s3", *(f"-{name}={value}" for name, value in said.items())]


def _free_ports(*names: str) -> dict[str, int]:
    """All are held until the last is found, so that no two are the same."""
    with ExitStack() as held:
        return {name: _free_port(held) for name in names}


def _free_port(held: ExitStack) -> int:
    """Below those that the machine gives to clients, who come and go while a server starts."""
    one = held.enter_context(socket.socket())
    while True:
        port = random.randrange(15_000, 32_000)
        with suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port
