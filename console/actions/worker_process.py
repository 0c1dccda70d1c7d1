"""Workers as our children: they drain when we ask, when we end, and when we are killed."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from batches.policy import SIMULATED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

LEAVE_SECONDS = 20.0
"""A worker that has not left by then is killed; what it held is taken from it after its heartbeat stays out."""


class WorkerProcess:
    """One child."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, log_began: int) -> None:
        """Watch over this process, which writes this log from that byte on."""
        self._process = process
        self._log = log
        self._log_began = log_began

    def gone(self) -> int | None:
        """Its exit code once it has ended."""
        return self._process.poll()

    def drain(self) -> None:
        """Let it leave, and do not wait."""
        with suppress(ProcessLookupError):
            self._process.terminate()

    def leave(self) -> None:
        """Wait until it has left."""
        try:
            self._process.wait(LEAVE_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        if self._process.stdin is not None:
            self._process.stdin.close()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()

    def last_words(self) -> str:
        """What it last complained about."""
        said = self._log.read_bytes()[self._log_began :].decode(errors="replace")
        _, sign, error = said.rpartition("Error: ")
        return error.strip() if sign else f"its log is {self._log}"


def leave_together(workers: Sequence[WorkerProcess]) -> None:
    """Let them drain, and wait until they are gone."""
    for worker in workers:
        worker.drain()
    for worker in workers:
        worker.leave()


@contextmanager
def worker_processes(log: Path, accounts: Iterable[str], *, verbose: bool) -> Iterator[Sequence[WorkerProcess]]:
    """Start a worker of each of these accounts with our own environment, and let them drain at the end of the block."""
    workers: list[WorkerProcess] = []
    try:
        for account in accounts:
            workers.append(_started(log, account, verbose=verbose))  # noqa: PERF401  # if one cannot be started, the others have to leave
        yield workers
    finally:
        leave_together(workers)


def _started(log: Path, account: str, *, verbose: bool) -> WorkerProcess:
    whose = "--simulate" if account == SIMULATED else f"--account={account}"
    voice = ["--verbose"] if verbose else []
    command = [sys.executable, "-m", "console", *voice, "worker", whose, "--while-stdin-open", "--log-json"]
    with log.open("ab") as file:
        log_began = file.tell()
        process = subprocess.Popen(  # noqa: S603  # our own command line
            command,
            stdin=subprocess.PIPE,
            stdout=file,
            stderr=file,
            start_new_session=True,  # a Ctrl-C in the terminal is for us alone
        )
    return WorkerProcess(process, log, log_began)
