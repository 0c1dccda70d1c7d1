"""Jobs of one prompt, put into columns by what they differ in. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import RowMapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What is shown."""

    over: str  #: what has a column: model or seed
    columns: Mapping[str, Sequence[RowMapping]]  #: jobs by that, in the order of the plan
    choices: Sequence[str]  #: by what else there could be columns
    differing: Sequence[str]  #: parameters that are not the same in all of them


def columns_of(jobs: Sequence[RowMapping], over: str | None) -> Compared:
    """By model, where they have several, else by seed, unless somebody chose."""
    models = {job["model"] for job in jobs}
    chosen = over or ("model" if len(models) > 1 else "seed")
    columns: defaultdict[str, list[RowMapping]] = defaultdict(list)
    for job in jobs:
        columns[job["model"] if chosen == "model" else _seed(job)].append(job)
    return Compared(
        over=chosen,
        columns=columns,
        choices=["model", "seed"] if len(models) > 1 and len({_seed(job) for job in jobs}) > 1 else [],
        differing=_differing(jobs),
    )


def _seed(job: RowMapping) -> str:
    return str(job["params"].get("seed", "random"))


def _differing(jobs: Sequence[RowMapping]) -> Sequence[str]:
    names = dict.fromkeys(name for job in jobs for name in job["params"])
    return [name for name in names if len({repr(job["params"].get(name)) for job in jobs}) > 1]
