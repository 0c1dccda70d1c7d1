"""How long a plan takes: each lane works with all its slots at once, beside the others, as far as the policy allows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batches.models import latency_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batches.planning.experience import Experience
    from batches.planning.plan import Plan
    from batches.planning.premises import Premises


@dataclass(frozen=True, slots=True)
class Pace:
    """How quick one model is."""

    seconds: float  #: that an image holds a slot
    learnt_from: int  #: jobs of ours that taught it; 0: what is published stands in


@dataclass(frozen=True, slots=True)
class Duration:
    """How long the jobs of a plan take once they have all the slots of their lanes."""

    seconds: float  #: from the first submission to the last picture
    lanes: Mapping[str, float]  #: seconds of each lane; the longest is the night's, unless they share `in_flight`
    paces: Mapping[str, Pace]  #: by model

    def as_json(self) -> dict[str, object]:
        """All of it, for machines."""
        return {
            "seconds": round(self.seconds, 1),
            "lanes": {lane: round(seconds, 1) for lane, seconds in self.lanes.items()},
            "seconds_per_image": {
                model: {"seconds": round(pace.seconds, 1), "learnt_from": pace.learnt_from}
                for model, pace in self.paces.items()
            },
        }


def duration_of(plan: Plan, premises: Premises) -> Duration:
    """Work divided by slots, for the lane that has most of it; never less than one image takes."""
    paces: dict[str, Pace] = {}
    work: defaultdict[str, float] = defaultdict(float)
    longest: defaultdict[str, float] = defaultdict(float)
    for line in plan.models:
        pace = paces[line.model] = _pace(line.model, premises.experience)
        work[line.lane] += line.jobs * pace.seconds
        longest[line.lane] = max(longest[line.lane], pace.seconds)
    most = plan.policy.in_flight or sum(premises.slots.values())
    lanes = {lane: max(work[lane] / min(premises.slots[lane], most), longest[lane]) for lane in work}
    return Duration(max([sum(work.values()) / most, *lanes.values()]), lanes, paces)


def _pace(model: str, experience: Experience) -> Pace:
    learnt = experience.models.get(model)
    return Pace(learnt.seconds, learnt.jobs) if learnt else Pace(latency_of(model).seconds, 0)
