"""What is wrong with a manifest, and where: a complaint names file, line and column, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from batches.errors import FluxbatchError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_PROBLEMS = 50
"""How many problems are told; of the rest only the number."""

MOST_ALIKE = 3
"""How many of them say the same of different places: a misspelt column is wrong in each of a million rows."""


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
    alike: int = 0  #: how many more say the same of places that are not told

    def __str__(self) -> str:
        """`hello.yaml:7:12: what is wrong; how to mend it`, and a line for those alike."""
        told = f"{self.place}: {self.message}; {self.hint}" if self.hint else f"{self.place}: {self.message}"
        return f"{told}\n… and {self.alike:,} more like it" if self.alike else told


class ManifestError(FluxbatchError):
    """The manifest asks for what cannot be done; `problems` tells the first of it, in the order of the file."""

    def __init__(self, problems: Iterable[Problem], *, more: int = 0) -> None:
        gathered = Problems()
        gathered.add_all(sorted(problems))
        self.problems = tuple(sorted(gathered.told()))
        self.more = more + gathered.more  #: problems that are neither told nor like one that is
        lines = [str(problem) for problem in self.problems]
        super().__init__("\n".join([*lines, f"… and {self.more:,} more"] if self.more else lines))


class _Kind:
    """Problems that say the same of different places."""

    def __init__(self) -> None:
        self.places: list[Place] = []  # those that are told
        self.more = 0
        self._latest: Place | None = None

    def is_new(self, place: Place) -> bool:
        """Whether this place was not counted yet, as far as those that are told and the latest show."""
        new = place != self._latest and place not in self.places
        self._latest = place
        return new

    def told(self, message: str, hint: str) -> Iterator[Problem]:
        """A problem for each place; the last says how many more are like it."""
        *first, last = sorted(self.places)
        yield from (Problem(place, message, hint) for place in first)
        yield Problem(last, message, hint, self.more)


class Problems:
    """Gathers what is wrong while rows stream by: the first problems, each once, and the number of the rest."""

    def __init__(self) -> None:
        self.more = 0  #: problems that are neither told nor like one that is
        self._kinds: dict[tuple[str, str], _Kind] = {}
        self._room = MOST_PROBLEMS
        self._added = 0

    def __len__(self) -> int:
        """How often something was wrong, the same thing counted each time."""
        return self._added

    def add(self, problem: Problem) -> None:
        """Tell it, or count it where there are too many already."""
        self._added += 1
        words = (problem.message, problem.hint)
        kind = self._kinds.get(words)
        if kind is None and self._room:
            kind = self._kinds[words] = _Kind()
        if kind is None:
            self.more += 1 + problem.alike
        else:
            self._add_to(kind, problem)

    def add_all(self, problems: Iterable[Problem]) -> None:
        """Each of these."""
        for problem in problems:
            self.add(problem)

    def take(self, error: ManifestError) -> None:
        """Keep what this error is about, and go on."""
        self.add_all(error.problems)
        self.more += error.more

    def told(self) -> Iterator[Problem]:
        """The first of them, kind by kind."""
        for words, kind in self._kinds.items():
            yield from kind.told(*words)

    def refuse(self) -> None:
        """Raise ManifestError if there is anything."""
        if self:
            raise ManifestError(self.told(), more=self.more)

    def _add_to(self, kind: _Kind, problem: Problem) -> None:
        kind.more += problem.alike
        if not kind.is_new(problem.place):
            return
        if self._room and len(kind.places) < MOST_ALIKE:
            kind.places.append(problem.place)
            self._room -= 1
        else:
            kind.more += 1
