"""Runs a server for as long as somebody uses it. Started as a process of its own; uses the standard library alone.

Users hold a shared lock on a file. The guard waits for the exclusive lock, which the system grants when the last
user is gone, even one that was killed; then it stops the server.
"""

from __future__ import annotations

import ctypes
import fcntl
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1
STOP_SECONDS = 5


def main() -> int:
    """`python guard.py LOCK COMMAND…`."""
    lock_path, *command = sys.argv[1:]
    for ignored in (signal.SIGINT, signal.SIGHUP):  # a Ctrl-C in the terminal is for the users, not for us
        signal.signal(ignored, signal.SIG_IGN)
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=_die_with_parent)  # noqa: S603, PLW1509  # our own command line, and this process has one thread
    with Path(lock_path).open("w") as lock:
        watcher = threading.Thread(target=_when_unused, args=(lock.fileno(), server), daemon=True)
        watcher.start()
        server.wait()
    return 0


def _when_unused(lock: int, server: subprocess.Popen[bytes]) -> None:
    fcntl.flock(lock, fcntl.LOCK_EX)
    server.terminate()
    with suppress(subprocess.TimeoutExpired):
        server.wait(STOP_SECONDS)
        return
    server.kill()


def _die_with_parent() -> None:
    """On Linux the server goes with its guard, even when the guard is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
