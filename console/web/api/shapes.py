"""What answers are made of. A field that a verb tells and that is not here is an error: nothing gets lost unseen."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from batches.store.ledger.states import State

Number = int | float


class Shape(BaseModel):
    """An answer, or a part of one."""

    model_config = ConfigDict(extra="forbid")


def _in_utc(moment: Any) -> Any:  # noqa: ANN401  # pydantic hands over whatever there is
    return datetime.fromtimestamp(moment, UTC) if isinstance(moment, int | float) else moment


Moment = Annotated[datetime, BeforeValidator(_in_utc)]
"""Told in UTC; the ledger has seconds since the epoch."""


class Cost(Shape):
    """An amount of money."""

    credits: Number
    usd: Number


class BatchTold(Shape):
    """How a batch stands."""

    batch: str = Field(description="Its id.")
    name: str = Field(description="As the manifest has it.")
    accounts: list[str] = Field(description="Who pays.")
    state: str = Field(description="running, paused or done.")
    paused: str | None = Field(description="Why: person, budget, canary, deadline or cancelled.")
    paused_message: str = Field(description="The same in a sentence, with the cure.")
    jobs: dict[State, int] = Field(description="How many are in each state.")
    total: int = Field(description="Jobs in all.")
    output_megapixels: Number = Field(description="Of the pictures stored.")
    cost: Cost = Field(description="What is settled, as far as BFL said it.")
    cost_unknown: int = Field(description="Attempts of which nobody said what they cost.")
    reserved: Cost = Field(description="Set aside for attempts under way.")
    at_risk: Cost = Field(description="Attempts whose answer was lost: perhaps paid, perhaps not.")


class ProblemTold(Shape):
    """One thing to mend in a manifest."""

    file: str = Field(description="`manifest.yaml`, or the file beside it.")
    line: int = Field(description="From 1; 0: the file as a whole.")
    column: int = Field(description="From 1; 0: the line or file as a whole.")
    message: str
    cure: str
    alike: int = Field(description="How many more say the same of other places.")


class ErrorTold(Shape):
    """What is wrong."""

    message: str = Field(description="In a sentence or two.")
    cure: str = Field(description="What to do about it; empty where the message says it.")
    code: str = Field(description="A word for programs, such as not_found or over_budget.")
    problems: list[ProblemTold] = Field(default=[], description="Of a manifest, in the order of the file.")


class ErrorBody(Shape):
    """The answer to everything that cannot be done."""

    error: ErrorTold
