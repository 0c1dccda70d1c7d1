"""The policy of a batch, and its JSON, which the ledger keeps."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from batches.errors import FluxbatchError
from batches.policy.budget import Budget, BudgetMode, Unsure
from batches.policy.canary import Canary
from batches.policy.output import Check, Output
from batches.policy.times import Deadline, Window

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Part = TypeVar("Part")

RESUBMIT_A_LITTLE = Unsure(part=Decimal("0.01"))
"""Up to a hundredth of the plan's cost may be paid twice where nobody says otherwise."""

KEEP_AND_FLAG = Output()
"""What is paid is kept where nobody says otherwise."""


class LaterPolicy(FluxbatchError):
    """A batch has rules that this version does not know, so it must not be worked on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The rules of one batch. The defaults are what holds without any."""

    budget: Budget | None = None  #: None: no cap
    attempts: int = 3  #: real failures after which a job is given up
    unsure: Unsure = RESUBMIT_A_LITTLE  #: how much may be paid twice
    in_flight: int | None = None  #: the most jobs under way at once; None: as many as the lanes have slots
    priority: int = 0  #: -100 to 100; a greater one goes first
    share: int = 1  #: 1 to 100; of batches with one priority, one with 2 gets twice the slots of one with 1
    window: Window | None = None  #: None: jobs begin at any hour
    deadline: Deadline | None = None  #: None: there is no hurry
    canary: Canary | None = None  #: None: all jobs at once
    new_seeds: int = 0  #: how often a moderated job is tried again with another seed
    output: Output = KEEP_AND_FLAG  #: how pictures are kept

    def as_json(self) -> dict[str, Any]:
        """Every rule by its name."""
        return asdict(self, dict_factory=lambda pairs: {name: _told(value) for name, value in pairs})

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> Policy:
        """What `as_json` wrote, in this version or an earlier one; raises LaterPolicy for what a later one wrote."""
        try:
            return _read(cls, written)
        except ValueError as error:
            raise LaterPolicy(
                f"the policy of a batch says what this version cannot read: {error}.",
                cure="Update fluxbatch on this machine.",
            ) from None


PARTS: Mapping[str, type] = {
    "budget": Budget,
    "unsure": Unsure,
    "window": Window,
    "deadline": Deadline,
    "canary": Canary,
    "output": Output,
}
"""The rules that have rules of their own."""

FROM_JSON: Mapping[str, Callable[[Any], object]] = {
    "mode": BudgetMode,
    "warn": tuple,
    "day": date.fromisoformat,
    **dict.fromkeys(("part", "moderated", "failed", "cost"), Decimal),
    **dict.fromkeys(("size", "one_colour", "similar"), Check),
}
"""The values that JSON has as texts or lists, because it knows no days, no exact decimals and no tuples."""


def _told(value: object) -> object:
    return str(value) if isinstance(value, Decimal | date | StrEnum) else value


def _read(kind: type[Part], written: Mapping[str, Any]) -> Part:
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]  # each of them is a dataclass
    if strangers := sorted(written.keys() - known):
        raise ValueError(f"`{'`, `'.join(strangers)}`")
    return kind(**{name: _value(name, value) for name, value in written.items() if value is not None})


def _value(name: str, value: Any) -> object:  # noqa: ANN401  # JSON has no type of its own
    if name in PARTS:
        return _read(PARTS[name], value)
    return FROM_JSON[name](value) if name in FROM_JSON else value
