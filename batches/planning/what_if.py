"""The same manifest with something changed: planned again, and compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batches.manifest import ManifestError
from batches.planning.duration import duration_of
from batches.planning.making import make_plan
from batches.planning.overrides import all_of
from batches.planning.premises import Premises

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batches.manifest import Manifest
    from batches.planning.experience import Experience
    from batches.planning.overrides import Overrides
    from batches.planning.plan import Plan


@dataclass(frozen=True, slots=True)
class Changed:
    """What a manifest comes to with something changed. Its jobs are never submitted."""

    overrides: Overrides  #: what is changed
    plan: Plan
    seconds: float  #: that it takes
    notes: tuple[str, ...]  #: what is odd about it, and was not before


@dataclass(frozen=True, slots=True)
class Impossible:
    """A change that the models do not take."""

    overrides: Overrides  #: what is changed
    reason: str  #: the first of what is wrong with it


def what_if(
    manifest: Manifest, planned: Plan, overrides: Sequence[Overrides], experience: Experience
) -> Iterator[Changed | Impossible]:
    """Each of these changes, then all at once where there are several that go together."""
    together = all_of(overrides)
    for one in (*overrides, *([together] if together else [])):
        try:
            plan = make_plan(manifest, Premises(experience, one))
        except ManifestError as error:
            yield Impossible(one, error.problems[0].message)
        else:
            notes = tuple(warning for warning in plan.warnings if warning not in planned.warnings)
            yield Changed(one, plan, duration_of(plan.models, experience).seconds, notes)
