"""The ledger keeps a policy as JSON, and other versions read it."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batches.policy import Budget, BudgetMode, Canary, Check, Deadline, LaterPolicy, Output, Policy, Unsure, Window

AMOUNTS = st.integers(1, 10**17)
PARTS = st.decimals(0, 1, places=6)
ZONES = st.sampled_from(["Europe/Berlin", "UTC"])
POLICIES = st.builds(
    Policy,
    budget=st.none()
    | st.builds(
        Budget,
        micro_credits=AMOUNTS,
        mode=st.sampled_from(BudgetMode),
        warn=st.lists(st.integers(1, 100)).map(tuple),
    ),
    attempts=st.integers(1, 100),
    unsure=st.builds(Unsure, part=PARTS) | st.builds(Unsure, micro_credits=AMOUNTS),
    in_flight=st.none() | st.integers(1, 10_000),
    priority=st.integers(-100, 100),
    share=st.integers(1, 100),
    window=st.none() | st.builds(Window, begin=st.integers(0, 1439), end=st.integers(1440, 2879), time_zone=ZONES),
    deadline=st.none() | st.builds(Deadline, day=st.none() | st.dates(), minutes=st.integers(0, 1439), time_zone=ZONES),
    canary=st.none() | st.builds(Canary, first=st.integers(1, 99), moderated=st.none() | PARTS, cost=st.none() | PARTS),
    new_seeds=st.integers(0, 100),
    output=st.builds(Output, embed=st.booleans(), size=st.sampled_from(Check), one_colour=st.sampled_from(Check)),
)


@given(POLICIES)
def test_a_policy_comes_back_from_its_json(policy: Policy) -> None:
    assert Policy.from_json(json.loads(json.dumps(policy.as_json()))) == policy


def test_the_json_has_every_rule_by_its_name() -> None:
    policy = Policy(
        budget=Budget(micro_credits=5),
        window=Window(begin=1320, end=1860, time_zone="UTC"),
        deadline=Deadline(day=date(2026, 11, 21), minutes=420, time_zone="+01:00"),
        canary=Canary(first=20, failed=Decimal("0.02")),
    )
    assert json.loads(json.dumps(policy.as_json())) == {
        "budget": {"micro_credits": 5, "mode": "hard", "warn": [50, 80, 100]},
        "attempts": 3,
        "unsure": {"part": "0.01", "micro_credits": 0},
        "in_flight": None,
        "priority": 0,
        "share": 1,
        "window": {"begin": 1320, "end": 1860, "time_zone": "UTC"},
        "deadline": {"day": "2026-11-21", "minutes": 420, "time_zone": "+01:00"},
        "canary": {"first": 20, "moderated": None, "failed": "0.02", "cost": None},
        "new_seeds": 0,
        "output": {"embed": True, "size": "flag", "one_colour": "flag", "similar": "flag"},
    }


@pytest.mark.parametrize("name", [field.name for field in fields(Policy)])
def test_a_rule_that_an_earlier_version_did_not_know_has_its_default(name: str) -> None:
    written = Policy().as_json()
    del written[name]
    assert Policy.from_json(written) == Policy()


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ({"moon": "full", "tide": 1}, "`moon`, `tide`"),
        ({"budget": {"micro_credits": 5, "currency": "EUR"}}, "`currency`"),
        ({"budget": {"micro_credits": 5, "mode": "lenient"}}, "'lenient' is not a valid BudgetMode"),
    ],
)
def test_a_rule_of_a_later_version_is_never_passed_over(written: dict[str, object], told: str) -> None:
    with pytest.raises(LaterPolicy) as caught:
        Policy.from_json({**Policy().as_json(), **written})
    assert caught.value.message == f"the policy of a batch says what this version cannot read: {told}."
    assert caught.value.cure == "Update fluxbatch on this machine."
