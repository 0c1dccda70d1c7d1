"""What is wrong with a manifest, and where: a complaint names file, line and column, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batches.errors import FluxbatchError

if TYPE_CHECKING:
    from collections.abc import Iterable

SHOWN_PROBLEMS = 20


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A spot in a file, as an editor counts."""

    file: str  #: the path as the person gave it
    line: int = 0  #: from 1; 0 means the file as a whole
    column: int = 0  #: in characters, from 1; 0 as above

    def __str__(self) -> str:
        """`hello.yaml:7:12`, which editors and terminals make a link of."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend."""

    place: Place  #: where to look
    message: str  #: what is wrong, in one sentence
    hint: str = ""  #: how to mend it; empty where the message says it already

    def __str__(self) -> str:
        """`hello.yaml:7:12: what is wrong; how to mend it`."""
        return f"{self.place}: {self.message}; {self.hint}" if self.hint else f"{self.place}: {self.message}"


class ManifestError(FluxbatchError):
    """The manifest asks for what cannot be done; `problems` is all of it, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        lines = [str(problem) for problem in self.problems[:SHOWN_PROBLEMS]]
        more = len(self.problems) - len(lines)
        super().__init__("\n".join([*lines, f"… and {more} more"] if more else lines))
