"""Somebody at a terminal, and the company on the other side: what the end-to-end tests speak with."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable

EXAMPLES = Path(__file__).parents[2] / "batches" / "examples"
HELLO = EXAMPLES / "hello.yaml"
TROUBLE_SECONDS = 110


@dataclass
class Person:
    """Somebody at a terminal: starts commands in one folder, with one environment."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, *words: str | Path) -> subprocess.Popen[str]:
        """Start `fluxbatch …` and do not wait."""
        process = subprocess.Popen(
            [sys.executable, "-m", "console", *map(str, words)],
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def leaves(self) -> None:
        """End what a failed test has left running."""
        for process in self.started:
            with process:
                process.kill()

    def does(self, *words: str | Path) -> Done:
        """Run `fluxbatch …` to its end."""
        process = self.start(*words)
        out, err = process.communicate(timeout=TROUBLE_SECONDS)
        return Done(process.returncode, out, err)

    def left_behind(self) -> list[str]:
        """Processes that still mention this folder."""
        deadline = time.monotonic() + 15
        while (found := self._processes()) and time.monotonic() < deadline:
            time.sleep(0.1)
        return found

    def _processes(self) -> list[str]:
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                cwd = str((entry / "cwd").readlink())
            except OSError:
                continue
            if int(entry.name) != os.getpid() and (str(self.folder) in command or cwd == str(self.folder)):
                found.append(command)
        return found

    def _environment(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("FLUXBATCH_", "BFL_"))}
        return {**clean, "NO_COLOR": "1", **self.env}


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, object]:
        """The one document on stdout."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Company:
    """The simulator's side: its address and its books."""

    url: str

    def books(self) -> dict[str, object]:
        """What it accepted and billed."""
        return httpx.get(f"{self.url}/_sim/stats", trust_env=False).json()

    def tasks(self) -> list[dict[str, object]]:
        """Every task with its fate, oldest first."""
        return httpx.get(f"{self.url}/_sim/tasks", trust_env=False).json()["tasks"]

    def prompts_paid_with(self, key: str) -> list[str]:
        """What it accepted from this key, by prompt."""
        account = hashlib.sha256(key.encode()).hexdigest()[:16]
        return sorted(task["prompt"] for task in self.tasks() if task["account"] == account)

    def spoil(self, fault: object) -> None:
        """Let something go wrong from now on: a fault, or a list of them."""
        httpx.post(f"{self.url}/_sim/faults", json=fault, trust_env=False).raise_for_status()

    def faults(self) -> list[dict[str, object]]:
        """What goes wrong, and how often it did."""
        return httpx.get(f"{self.url}/_sim/faults", trust_env=False).json()["faults"]

    def mend(self) -> None:
        """Let everything go well from now on."""
        httpx.delete(f"{self.url}/_sim/faults", trust_env=False).raise_for_status()

    def wait_for(self, met: Callable[[dict[str, object]], bool]) -> dict[str, object]:
        """Look into the books until they meet a condition."""
        deadline = time.monotonic() + TROUBLE_SECONDS
        while not met(books := self.books()):
            assert time.monotonic() < deadline, f"never happened; the books say {books}"
            time.sleep(0.02)
        return books


def stop(process: subprocess.Popen[str], with_signal: signal.Signals) -> Done:
    """Send a signal and wait for the end."""
    process.send_signal(with_signal)
    out, err = process.communicate(timeout=TROUBLE_SECONDS)
    return Done(process.returncode, out, err)


def child(parent: int, verb: str) -> int:
    """The process that this one has started for a verb."""
    found = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(parent)], capture_output=True, text=True, check=True
    ).stdout
    return next(int(line.split()[0]) for line in found.splitlines() if f"console {verb}" in line)
