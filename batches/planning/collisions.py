"""Two images of one name: the second would overwrite the first."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from batches.manifest import MOST_PROBLEMS, Place, Problem, Seen
from batches.planning.names import folded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from batches.manifest import Problems
    from batches.planning.drafts import Draft
    from batches.planning.plan import PlannedJob

    Jobs = Callable[[], Iterable[tuple[Draft, PlannedJob]]]


def tell_collisions(jobs: Jobs, problems: Problems) -> None:
    """The names that come twice. Where there is one, the jobs are made once more to say where both stand."""
    seen = Seen()
    names = (folded(job.output_name) for _, job in jobs())
    if taken := set(islice((name for name in names if not seen.is_new(name)), MOST_PROBLEMS)):
        problems.add_all(_collisions(jobs(), taken))


def _collisions(jobs: Iterable[tuple[Draft, PlannedJob]], taken: set[str]) -> Iterator[Problem]:
    first: dict[str, Place] = {}
    for draft, job in jobs:
        name = folded(job.output_name)
        if name in first:
            here = draft.row.place
            other = "another image of this prompt" if first[name] == here else f"the prompt at {first[name]}"
            message = f"{job.output_name} is also the file of {other}"
            yield Problem(here, message, "begin `output.name` with {number}")
        elif name in taken:
            first[name] = draft.row.place
