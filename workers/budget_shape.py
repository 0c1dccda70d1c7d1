"""`[[budgets]]` of fluxbatch.toml, as a person writes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence  # noqa: TC003  # pydantic reads it at run time
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from batches.manifest.policy_values import Money, Thresholds, TimeZone
from batches.money import micro_credits
from batches.policy import Budget, BudgetMode, Per, WideBudget
from batches.policy.budget import WARN
from workers.strict import Strict

Name = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


def _labels(labels: dict[str, str]) -> dict[str, str]:
    if any(set(key) & set("\"'\\") for key in labels):
        raise ValueError("a label has no quotes in its name")
    return labels


class BudgetShape(Strict):
    """A cap on what several batches cost together."""

    name: Name
    account: str | None = None
    label: Annotated[dict[str, str], AfterValidator(_labels)] = Field(default_factory=dict)
    per: Literal["day", "month", "ever"]
    zone: TimeZone = "UTC"
    credits: Money | None = None
    dollars: Money | None = None
    mode: Literal["hard", "cautious", "soft"] = "hard"
    warn: Thresholds = WARN

    @model_validator(mode="after")
    def _one_amount(self) -> BudgetShape:
        if (self.credits is None) == (self.dollars is None):
            raise ValueError("say once how much it is: credits = 500, or dollars = 5")
        return self

    def budget(self) -> WideBudget:
        """What it means."""
        return WideBudget(
            name=self.name,
            budget=Budget(
                micro_credits=micro_credits((self.credits or 0) + 100 * (self.dollars or 0)),
                mode=BudgetMode(self.mode),
                warn=self.warn,
            ),
            account=self.account,
            labels=self.label,
            per=Per(self.per),
            zone=self.zone,
        )


def _one_of_each_name(budgets: Sequence[BudgetShape]) -> Sequence[BudgetShape]:
    name, times = Counter([budget.name for budget in budgets]).most_common(1)[0] if budgets else ("", 0)
    if times > 1:
        raise ValueError(f"{times} of them have the name {name}; give each its own")
    return budgets


BudgetShapes = Annotated[tuple[BudgetShape, ...], Field(strict=False), AfterValidator(_one_of_each_name)]
