"""The policy that a person wrote -> the policy that the batch has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.manifest.problem import ManifestError, Problem
from batches.policy import Budget, BudgetMode, Canary, Check, Deadline, Output, Policy, Unsure, Window

if TYPE_CHECKING:
    from batches.manifest.document import Node
    from batches.manifest.output_shape import OutputShape
    from batches.manifest.policy_shape import BudgetShape, CanaryShape, PolicyShape, UnsureShape
    from batches.manifest.policy_values import Due, Hours


def policy_of(shape: PolicyShape, output: OutputShape, root: Node) -> Policy:
    """The policy of these shapes; raises ManifestError where nobody can tell what time is meant."""
    return Policy(
        budget=_budget(shape.budget) if shape.budget else None,
        attempts=shape.attempts,
        unsure=_unsure(shape.unsure) if shape.unsure else Policy().unsure,
        in_flight=shape.in_flight,
        priority=shape.priority,
        share=shape.share,
        window=_window(shape.window, shape.time_zone, root) if shape.window else None,
        deadline=_deadline(shape.deadline, shape.time_zone, root) if shape.deadline else None,
        canary=_canary(shape.canary) if shape.canary else None,
        new_seeds=shape.moderation.new_seeds if shape.moderation else 0,
        output=_output(output),
    )


def _output(shape: OutputShape) -> Output:
    return Output(
        embed=shape.embed,
        size=Check(shape.check.size),
        one_colour=Check(shape.check.one_colour),
        similar=Check(shape.check.similar),
    )


def _budget(shape: BudgetShape) -> Budget:
    return Budget(micro_credits=shape.micro_credits, mode=BudgetMode(shape.mode), warn=shape.warn)


def _unsure(shape: UnsureShape) -> Unsure:
    bound = shape.resubmit
    return Unsure(micro_credits=bound.micro_credits) if bound.part is None else Unsure(part=bound.part)


def _window(hours: Hours, zone: str | None, root: Node) -> Window:
    return Window(begin=hours.begin, end=hours.end, time_zone=_zone(zone, "window", root))


def _deadline(due: Due, zone: str | None, root: Node) -> Deadline:
    return Deadline(day=due.day, minutes=due.minutes, time_zone=_zone(due.zone or zone, "deadline", root))


def _zone(zone: str | None, key: str, root: Node) -> str:
    if zone is None:
        place = root.nearest("policy", key).place
        raise ManifestError([Problem(place, f"`{key}` needs a `time_zone`", "such as `time_zone: Europe/Berlin`")])
    return zone


def _canary(shape: CanaryShape) -> Canary:
    return Canary(first=shape.first, moderated=shape.moderated, failed=shape.failed, cost=shape.cost)
