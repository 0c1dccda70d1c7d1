"""The same manifest with something changed: planned again, and compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from batches.manifest import ManifestError
from batches.megapixels import megapixels
from batches.money import cost_json
from batches.planning.duration import duration_of
from batches.planning.making import make_plan
from batches.planning.overrides import all_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batches.manifest import Manifest
    from batches.planning.overrides import Overrides
    from batches.planning.plan import Plan
    from batches.planning.premises import Premises


@dataclass(frozen=True, slots=True)
class Changed:
    """What a manifest comes to with something changed. Its jobs are never submitted."""

    name: str  #: how people read it
    overrides: Overrides  #: what is changed
    plan: Plan  #: what it comes to now
    seconds: float  #: that it takes
    difference: int | None  #: micro-credits more than as it stands; None while a price is unknown
    notes: tuple[str, ...]  #: what is odd about it, and was not before

    def as_json(self) -> dict[str, object]:
        """All of it, for machines."""
        return {
            "name": self.name,
            "changes": self.overrides.as_json(),
            "jobs": self.plan.asked,
            "unique_jobs": self.plan.unique,
            "output_megapixels": megapixels(self.plan.output_pixels),
            "cost": cost_json(self.plan.micro_credits),
            "difference": None if self.difference is None else cost_json(self.difference),
            "unknown_prices": self.plan.unknown_prices,
            "seconds": round(self.seconds, 1),
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class Impossible:
    """A change that the models do not take."""

    name: str  #: how people read it
    overrides: Overrides  #: what is changed
    reason: str  #: the first of what is wrong with it

    def as_json(self) -> dict[str, object]:
        """All of it, for machines."""
        return {"name": self.name, "changes": self.overrides.as_json(), "reason": self.reason}


def what_if(
    manifest: Manifest, planned: Plan, overrides: Sequence[Overrides], premises: Premises
) -> Iterator[Changed | Impossible]:
    """Each of these changes, then all at once where there are several that go together."""
    named = {str(one): one for one in overrides}
    if together := all_of(overrides):
        named["all of these"] = together
    for name, one in named.items():
        try:
            plan = make_plan(manifest, replace(premises, overrides=one))
        except ManifestError as error:
            yield Impossible(name, one, error.problems[0].message)
        else:
            notes = tuple(warning for warning in plan.warnings if warning not in planned.warnings)
            unknown = plan.unknown_prices or planned.unknown_prices
            difference = None if unknown else plan.micro_credits - planned.micro_credits
            yield Changed(name, one, plan, duration_of(plan, premises).seconds, difference, notes)
