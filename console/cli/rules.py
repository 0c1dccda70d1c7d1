"""How the policy of a batch reads: what a person has set, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.money import plain, show_credits
from batches.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from batches.policy import Canary, Unsure


def rules(policy: Policy) -> str:
    """Everything that differs from a policy nobody wrote, in one line; empty where nothing does."""
    return "; ".join(each_rule(policy))


def each_rule(policy: Policy) -> Iterator[str]:
    """The same, one by one."""
    usual = Policy()
    if policy.budget:
        yield f"a {policy.budget.mode} budget of {show_credits(policy.budget.micro_credits)}"
    if policy.attempts != usual.attempts:
        yield f"given up after {policy.attempts} failure{'' if policy.attempts == 1 else 's'}"
    if policy.unsure != usual.unsure:
        yield _unsure(policy.unsure)
    if policy.in_flight:
        yield f"at most {policy.in_flight:,} in flight"
    if policy.priority != usual.priority:
        yield f"priority {policy.priority}"
    if policy.share != usual.share:
        yield f"share {policy.share}"
    if policy.window:
        begin, end = _clock(policy.window.begin), _clock(policy.window.end)
        yield f"begins {begin}-{end} ({policy.window.time_zone})"
    if policy.deadline:
        day = f"{policy.deadline.day} " if policy.deadline.day else ""
        yield f"to be done by {day}{_clock(policy.deadline.minutes)} ({policy.deadline.time_zone})"
    if policy.canary:
        yield _canary(policy.canary)
    if policy.new_seeds:
        yield f"up to {policy.new_seeds} new seeds for a moderated job"


def _unsure(unsure: Unsure) -> str:
    if not unsure.part and not unsure.micro_credits:
        return "unsure jobs are held"
    bound = f"{_percent(unsure.part)} of the cost" if unsure.part else show_credits(unsure.micro_credits)
    return f"at most {bound} may be paid twice"


def _canary(canary: Canary) -> str:
    bounds = [
        f"{_percent(bound)} {what}"
        for bound, what in (
            (canary.moderated, "moderated"),
            (canary.failed, "failed"),
            (canary.cost, "of their estimate"),
        )
        if bound is not None
    ]
    then = f": at most {', '.join(bounds)}" if bounds else ", then a person says whether to go on"
    return f"the first {canary.first:,} go ahead{then}"


def _percent(part: Decimal) -> str:
    return f"{plain(part * 100)}%"


def _clock(minutes: int) -> str:
    """`22:00`; 1860 is 07:00 of the next morning, and midnight at the end of a day is 24:00."""
    hours, minutes = divmod(minutes, 60)
    return f"{hours if hours <= 24 else hours - 24:02}:{minutes:02}"
