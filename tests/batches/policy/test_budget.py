"""What may begin under a cap, and how much may be paid twice."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batches.policy import Budget, BudgetMode, Unsure

HARD, CAUTIOUS, SOFT = BudgetMode.HARD, BudgetMode.CAUTIOUS, BudgetMode.SOFT
money = st.integers(0, 10**9)


@pytest.mark.parametrize(
    ("spent", "reserved", "at_risk", "estimate", "begins"),
    [
        (0, 0, 0, 10, {HARD, CAUTIOUS, SOFT}),  # the first of many
        (60, 30, 0, 10, {HARD, CAUTIOUS, SOFT}),  # fits to the last micro-credit
        (60, 30, 0, 11, {SOFT}),  # would go beyond the cap
        (60, 100, 0, 10, {SOFT}),  # what is under way will reach it
        (60, 20, 11, 10, {CAUTIOUS, SOFT}),  # fits if the lost answers were not billed
        (99, 0, 0, 1, {HARD, CAUTIOUS, SOFT}),
        (100, 0, 0, 1, set()),  # the cap is reached
        (100, 0, 0, 0, {HARD, CAUTIOUS}),  # what costs nothing goes beyond no cap
        (0, 0, 0, None, {SOFT}),  # nobody knows what it costs
    ],
)
def test_a_job_begins_while_the_cap_has_room(
    spent: int, reserved: int, at_risk: int, estimate: int | None, begins: set[BudgetMode]
) -> None:
    caps = {mode: Budget(micro_credits=100, mode=mode) for mode in BudgetMode}
    room = {
        mode for mode, cap in caps.items() if cap.has_room(estimate, spent=spent, reserved=reserved, at_risk=at_risk)
    }
    assert room == begins


@given(cap=money, estimates=st.lists(st.integers(1, 10**8)), billed=st.booleans())
def test_a_hard_cap_holds_even_if_every_lost_answer_was_billed(cap: int, estimates: list[int], billed: bool) -> None:  # noqa: FBT001  # drawn
    budget = Budget(micro_credits=cap)
    spent = at_risk = 0
    for number, estimate in enumerate(estimates):
        if budget.has_room(estimate, spent=spent, reserved=0, at_risk=at_risk):
            spent, at_risk = (spent, at_risk + estimate) if billed and number % 2 else (spent + estimate, at_risk)
    assert spent + at_risk <= cap


@pytest.mark.parametrize(
    ("unsure", "plan", "bound"),
    [
        (Unsure(), 10**9, 0),  # hold
        (Unsure(part=Decimal("0.01")), 1_000, 10),
        (Unsure(part=Decimal("0.01")), 1_099, 10),  # rounded down: it is a bound
        (Unsure(part=Decimal("0.01")), 10**18 + 100, 10**16 + 1),  # exactly, and not as a float
        (Unsure(part=Decimal(1)), 77, 77),
        (Unsure(micro_credits=5), 10**9, 5),  # whatever the plan costs
    ],
)
def test_the_money_at_risk_has_a_bound(unsure: Unsure, plan: int, bound: int) -> None:
    assert unsure.bound(plan) == bound
