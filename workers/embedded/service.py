"""A shared server in a folder: the first user starts it, the last one's going ends it."""

from __future__ import annotations

import fcntl
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workers.errors import BrokerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

START_SECONDS = 15.0

GUARD = Path(__file__).with_name("guard.py")
"""Started as a file: as a module it would import this whole package, and hold its memory for hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """How to start one server and how to see that it is up."""

    name: str  #: for file names and messages
    folder: Path  #: where its lock and log lie
    command: Sequence[str]  #: starts it in the foreground
    is_up: Callable[[], bool]  #: does it answer?

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Keep the server up for this block, starting it when it is not."""
        self._make_folder()
        with self._file("users").open("a") as users:
            with self._file("starting").open("a") as starting:
                fcntl.flock(starting, fcntl.LOCK_EX)
                fcntl.flock(users, fcntl.LOCK_SH)  # waits while a guard is stopping the server
                if not self.is_up():
                    self._start()
            yield

    def _start(self) -> None:
        with self._file("log").open("ab") as log:
            guard = subprocess.Popen(  # noqa: S603  # our own command line
                [sys.executable, str(GUARD), str(self._file("users")), *self.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        threading.Thread(target=guard.wait, daemon=True).start()  # it may outlive us; if not, it leaves no zombie
        deadline = time.monotonic() + START_SECONDS
        while not self.is_up():
            if guard.poll() is not None or time.monotonic() > deadline:
                raise BrokerError(
                    f"The embedded {self.name} did not start: {self._last_words()}",
                    cure=f"Its log is {self._file('log')}.",
                )
            time.sleep(0.02)

    def _make_folder(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BrokerError(
                f"The folder {self.folder} for the {self.name} cannot be made: {error.strerror}.",
                cure="Set FLUXBATCH_HOME to a folder you may write.",
            ) from error

    def _last_words(self) -> str:
        lines = self._file("log").read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing."

    def _file(self, kind: str) -> Path:
        return self.folder / f"{self.name}.{kind}"
