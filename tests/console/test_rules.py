"""A person sees that the policy was understood."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from batches.policy import Budget, BudgetMode, Canary, Deadline, Policy, Unsure, Window
from console.cli.rules import rules


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (Policy(), ""),
        (Policy(budget=Budget(micro_credits=1_500_500_000)), "a hard budget of 1,500.5 credits"),
        (Policy(budget=Budget(micro_credits=1_000_000, mode=BudgetMode.SOFT)), "a soft budget of 1 credit"),
        (Policy(attempts=1), "given up after 1 failure"),
        (Policy(attempts=5, share=2, priority=-3), "given up after 5 failures; priority -3; share 2"),
        (Policy(unsure=Unsure()), "unsure jobs are held"),
        (Policy(unsure=Unsure(part=Decimal("0.05"))), "at most 5% of the cost may be paid twice"),
        (Policy(unsure=Unsure(micro_credits=5_000_000)), "at most 5 credits may be paid twice"),
        (Policy(in_flight=1000), "at most 1,000 in flight"),
        (Policy(new_seeds=3), "up to 3 new seeds for a moderated job"),
        (Policy(window=Window(begin=1320, end=1860, time_zone="Europe/Berlin")), "begins 22:00-07:00 (Europe/Berlin)"),
        (Policy(window=Window(begin=0, end=1440, time_zone="UTC")), "begins 00:00-24:00 (UTC)"),
        (Policy(deadline=Deadline(minutes=425, time_zone="Z")), "to be done by 07:05 (Z)"),
        (
            Policy(deadline=Deadline(day=date(2026, 11, 21), minutes=420, time_zone="+01:00")),
            "to be done by 2026-11-21 07:00 (+01:00)",
        ),
        (Policy(canary=Canary(first=20)), "the first 20 go ahead, then a person says whether to go on"),
        (
            Policy(canary=Canary(first=20, moderated=Decimal("0.05"), failed=Decimal(0), cost=Decimal("1.1"))),
            "the first 20 go ahead: at most 5% moderated, 0% failed, 110% of their estimate",
        ),
    ],
)
def test_what_differs_from_a_policy_nobody_wrote_is_told(policy: Policy, said: str) -> None:
    assert rules(policy) == said
