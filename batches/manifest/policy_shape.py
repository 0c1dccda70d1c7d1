"""The shape of a manifest's policy, as a person writes it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from batches.manifest.policy_values import (
    DailyHours,
    DueTime,
    Money,
    Part,
    Percent,
    PercentText,
    Thresholds,
    TimeZone,
)
from batches.manifest.strict import Strict
from batches.money import micro_credits
from batches.policy import Policy
from batches.policy.budget import WARN

DEFAULTS = Policy()


class AmountShape(Strict):
    """An amount of money, said in one way."""

    credits: Money | None = Field(default=None, description="The amount in credits.")
    dollars: Money | None = Field(default=None, description="The amount in US dollars, 100 credits each.")

    @property
    def micro_credits(self) -> int:
        """The amount; 0 where it is said in another way."""
        return micro_credits((self.credits or 0) + 100 * (self.dollars or 0))

    def said(self) -> tuple[object, ...]:
        """Every way in which the amount may be said, None where it is not."""
        return (self.credits, self.dollars)

    @model_validator(mode="after")
    def _said_once(self) -> AmountShape:
        if sum(amount is not None for amount in self.said()) != 1:
            raise PydanticCustomError("one_amount", "one amount")
        return self


class BudgetShape(AmountShape):
    """The most that the batch may cost."""

    mode: Literal["hard", "cautious", "soft"] = Field(
        default="hard",
        description="What counts against it when a job begins. soft: what is spent; cautious: also what is reserved, "
        "and the job itself; hard: also the money at risk.",
    )
    warn: Thresholds = Field(default=WARN, description="Percentages of the cap that are told once so much is spent.")


class ResubmitShape(AmountShape):
    """How much may be paid twice, said in one way."""

    part: Part | None = Field(default=None, description="The amount as a percentage of the plan's cost.")

    def said(self) -> tuple[object, ...]:
        """As above, and as a part of the plan's cost."""
        return (*super().said(), self.part)


def _resubmit(written: object) -> object:
    if isinstance(written, str):
        return {"part": written}
    if not isinstance(written, dict):
        raise ValueError('must be a percentage such as "1%" or an amount such as {credits: 5}')  # noqa: TRY004 - pydantic lets a TypeError through
    return written


class UnsureShape(Strict):
    """What becomes of jobs whose answer was lost: perhaps paid for, perhaps not."""

    resubmit: Annotated[
        ResubmitShape, BeforeValidator(_resubmit, json_schema_input_type=PercentText | ResubmitShape)
    ] = Field(description="Submit them again while no more than this may be paid twice; hold the rest.")


def _unsure(written: object) -> object:
    if written == "hold":
        return {"resubmit": "0%"}
    if not isinstance(written, dict):
        raise ValueError("must be `hold`, or `resubmit` with a bound such as {resubmit: 1%}")  # noqa: TRY004 - as above
    return written


class CanaryShape(Strict):
    """The first jobs go ahead. If they keep all bounds, the rest follows; else, or without any, a person is asked."""

    first: Annotated[int, Field(ge=1, le=1_000_000)] = Field(description="How many jobs go ahead.")
    moderated: Part | None = Field(default=None, description="At most this percentage of them moderated.")
    failed: Part | None = Field(default=None, description="At most this percentage of them failed.")
    cost: Percent | None = Field(default=None, description="Their cost at most this percentage of their estimate.")


class ModerationShape(Strict):
    """What becomes of moderated jobs."""

    new_seeds: Annotated[int, Field(ge=0, le=100)] = Field(
        description="Try them again with other seeds, so many times at most."
    )


def _moderation(written: object) -> object:
    if written == "give up":
        return {"new_seeds": 0}
    if not isinstance(written, dict):
        raise ValueError("must be `give up`, or `new_seeds` with a number such as {new_seeds: 3}")  # noqa: TRY004 - as above
    return written


Unsure = Annotated[UnsureShape, BeforeValidator(_unsure, json_schema_input_type=Literal["hold"] | UnsureShape)]
Moderation = Annotated[
    ModerationShape, BeforeValidator(_moderation, json_schema_input_type=Literal["give up"] | ModerationShape)
]


class PolicyShape(Strict):
    """The rules of the batch: what it may cost, when and how it is made."""

    budget: BudgetShape | None = Field(default=None, description="The most that the batch may cost.")
    attempts: Annotated[int, Field(ge=1, le=100)] = Field(
        default=DEFAULTS.attempts, description="Give a job up after so many real failures; waiting is none."
    )
    unsure: Unsure | None = Field(
        default=None, description="Whether jobs whose answer was lost are held, or submitted again within a bound."
    )
    in_flight: Annotated[int, Field(ge=1, le=10_000)] | None = Field(
        default=None, description="At most so many jobs under way at once."
    )
    priority: Annotated[int, Field(ge=-100, le=100)] = Field(
        default=DEFAULTS.priority, description="Batches with a greater one go first."
    )
    share: Annotated[int, Field(ge=1, le=100)] = Field(
        default=DEFAULTS.share, description="Its weight among the batches of one priority."
    )
    window: DailyHours | None = Field(
        default=None, description="Begin jobs only between these times of day, such as 22:00-07:00."
    )
    time_zone: TimeZone | None = Field(
        default=None, description="Whose clocks `window` and `deadline` go by, such as Europe/Berlin."
    )
    deadline: DueTime | None = Field(
        default=None,
        description="When the batch should be done: 2026-11-21 07:00, or 07:00 for the next time the clocks show it.",
    )
    canary: CanaryShape | None = Field(
        default=None, description="Make some jobs first, and the rest if they went well."
    )
    moderation: Moderation | None = Field(
        default=None, description="Whether moderated jobs are given up, or tried again with other seeds."
    )
