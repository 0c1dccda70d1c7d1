"""What a batch will have cost in the end and when that will be, as far as it can be told from how it has gone. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from typing import TYPE_CHECKING

from batches.money import cost_json
from batches.store.ledger.states import RESTING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batches.store.ledger.courses import Course, Speed
    from batches.store.ledger.standing import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """The end of a batch. Amounts are micro-credits."""

    low: int  #: if what is left costs as little as was foreseen, or as the rest did
    likely: int  #: if what is left costs, for its estimate, what the rest did
    high: int  #: if it costs the dearer of the two, as much fails again, and every lost answer was billed
    unpriced: int  #: jobs left that this leaves out, because nobody knows their price
    per_image: int | None  #: what a picture has cost so far; None: there is none, or nobody knows
    done_at: float | None  #: seconds since the epoch; None: nothing was done of late

    def as_json(self) -> dict[str, object]:
        """For machines."""
        return {
            "low": cost_json(self.low),
            "likely": cost_json(self.likely),
            "high": cost_json(self.high),
            "unpriced_jobs": self.unpriced,
            "per_image": None if self.per_image is None else cost_json(self.per_image),
            "done_at": self.done_at,
        }


def project(standing: Standing, courses: Sequence[Course], speed: Speed, now: float) -> Projection:
    """How a batch will end that goes on like this."""
    going_on = _going_on(standing)
    left, unpriced = left_of(standing, courses)
    so_far = _ratio(sum(course.compared for course in courses), sum(course.estimated for course in courses))
    made = sum(course.made for course in courses)
    again = max(Fraction(1), _ratio(sum(course.attempts for course in courses), made))
    money = standing.money
    return Projection(
        low=money.settled + int(left * min(so_far, Fraction(1))),
        likely=money.settled + int(left * so_far),
        high=money.settled + int(left * max(so_far, Fraction(1)) * again) + money.at_risk,
        unpriced=unpriced,
        per_image=round(Fraction(money.settled, made)) if made and not money.unknown else None,
        done_at=_done_at(standing, going_on, speed, now),
    )


def left_of(standing: Standing, courses: Sequence[Course]) -> tuple[Fraction, int]:
    """The estimate of what has not come to rest, in micro-credits, and how many jobs that leaves out.

    By model it is known what is made. What ended without a picture is spread over the models in the proportion of
    what they lack.
    """
    going_on = _going_on(standing)
    lacking = sum(course.planned - course.made for course in courses)
    share = min(Fraction(1), _ratio(going_on, lacking)) if lacking else Fraction(0)
    foreseen = sum(course.foreseen - course.made_foreseen for course in courses)
    unpriced = sum(course.planned - course.made for course in courses if course.planned == course.unpriced)
    return foreseen * share, int(unpriced * share)


def _going_on(standing: Standing) -> int:
    return standing.total - sum(standing.jobs.get(state, 0) for state in RESTING)


def _ratio(part: int, whole: int) -> Fraction:
    """How it has gone so far; as foreseen, while nothing has."""
    return Fraction(part, whole) if whole else Fraction(1)


def _done_at(standing: Standing, going_on: int, speed: Speed, now: float) -> float | None:
    if not going_on or not speed.images or standing.batch.paused is not None:
        return None
    seconds = going_on * speed.seconds / speed.images
    window = standing.batch.policy.window
    end = window.working_end(now, seconds) if window else now + seconds
    return end if isfinite(end) else None
