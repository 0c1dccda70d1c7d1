"""What is wrong with a manifest, and where: a complaint names file, line and column, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from batches.errors import FluxbatchError

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_PROBLEMS = 50
"""How many problems are told; of the rest only the number."""


class Place(NamedTuple):
    """A spot in a file, as an editor counts. Every row has one, so it is no dataclass."""

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
    """The manifest asks for what cannot be done; `problems` tells the first of it, in the order of the file."""

    def __init__(self, problems: Iterable[Problem], *, more: int = 0) -> None:
        different = sorted(set(problems))
        self.problems: tuple[Problem, ...] = tuple(different[:MOST_PROBLEMS])
        self.more = more + len(different) - len(self.problems)  #: problems beyond those
        lines = [str(problem) for problem in self.problems]
        super().__init__("\n".join([*lines, f"… and {self.more:,} more"] if self.more else lines))


class Problems:
    """Gathers what is wrong while rows stream by: the first problems, each once, and the number of the rest."""

    def __init__(self) -> None:
        self._kept: set[Problem] = set()
        self._more = 0

    def __len__(self) -> int:
        return len(self._kept) + self._more

    def add(self, problem: Problem) -> None:
        """Keep it, or count it where there are too many already."""
        if len(self._kept) < MOST_PROBLEMS:
            self._kept.add(problem)
        elif problem not in self._kept:
            self._more += 1

    def add_all(self, problems: Iterable[Problem]) -> None:
        """Each of these."""
        for problem in problems:
            self.add(problem)

    def take(self, error: ManifestError) -> None:
        """Keep what this error is about, and go on."""
        self.add_all(error.problems)
        self._more += error.more

    def refuse(self) -> None:
        """Raise ManifestError if there is anything."""
        if self._kept:
            raise ManifestError(self._kept, more=self._more)
