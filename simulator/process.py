"""A simulator as a child process, for tests and demonstrations."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class NotStarted(Exception):
    """The child ended before it accepted connections; the message is what it said."""


@dataclass(frozen=True, slots=True)
class Running:
    """A simulator that accepts connections."""

    url: str
    """Where, without a slash at the end."""
    process: subprocess.Popen[str]
    """The child, for a test that wants to kill it."""


@contextmanager
def running(*, port: int = 0, flags: Sequence[str] = (), **options: object) -> Iterator[Running]:
    """Start `python -m simulator` with these options (`random_seed=7` is `--random-seed 7`); stop it after.

    Even a killed parent leaves none behind: the child leaves when its standard input ends.
    """
    words = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    command = [sys.executable, "-m", "simulator", "--port", str(port), "--while-stdin-open", *flags, *words]
    child = subprocess.Popen(  # noqa: S603 -- our own module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout is not None
        said = child.stdout.readline().split()
        if not said:
            raise NotStarted(child.communicate()[1].strip())
        try:
            yield Running(said[-1], child)
        finally:
            child.terminate()
            child.wait()
