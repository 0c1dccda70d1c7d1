"""What a person submits: batches of a few jobs, some of which ask for the same, by any policy."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from batches.models import PUBLISHED, Estimate
from batches.planning import Plan, PlannedJob
from batches.policy import Budget, BudgetMode, Canary, Policy, Unsure
from tests.batches.store.ledger.world import NAMING
from tests.simulated_world.company import PRICE
from tests.simulated_world.fleet import LANE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random


def any_policy(dice: Random) -> Policy:
    """Rules of any kind."""
    return Policy(
        budget=dice.choice([None, _any_budget(dice)]),
        attempts=dice.randint(1, 3),
        unsure=Unsure(micro_credits=dice.randint(0, 3) * PRICE),
        in_flight=dice.choice([None, 1, 2]),
        priority=dice.randint(0, 1),
        share=dice.randint(1, 3),
        canary=dice.choice([None, None, _any_canary(dice)]),
        new_seeds=dice.randint(0, 2),
    )


def any_plan(name: str, policy: Policy, dice: Random) -> Plan:
    """One to six jobs."""
    return plan_named(name, [dice.choice("abcdef") for _ in range(dice.randint(1, 6))], policy)


def plan_named(name: str, asked: Sequence[str], policy: Policy) -> Plan:
    """A job for each of these rows; one that comes again is the same request."""
    jobs = tuple(_job(name, number, row, asked[: number - 1].count(row) + 1) for number, row in enumerate(asked, 1))
    return Plan(
        name=name, manifest_sha256="", manifest_text="", fingerprint=name, asked=len(jobs), models=(), policy=policy,
        reuse=False, prices=PUBLISHED, warnings=(), jobs=lambda: iter(jobs),
    )  # fmt: skip


def _any_budget(dice: Random) -> Budget:
    mode = dice.choice([BudgetMode.HARD, *BudgetMode])
    return Budget(micro_credits=dice.randint(0, 4) * PRICE, mode=mode)


def _any_canary(dice: Random) -> Canary:
    bound = dice.choice([None, Decimal("0.5"), Decimal(1)])
    return Canary(first=dice.randint(1, 3), failed=bound, cost=bound)


def _job(batch: str, number: int, row: str, occurrence: int) -> PlannedJob:
    prompt = f"{batch}: {row} {number}"
    estimate = Estimate(low=PRICE, micro_credits=PRICE, high=PRICE, output_pixels=64, input_pixels=0)
    return PlannedJob(
        number=number, row_id=row, fingerprint=row.encode().hex(), occurrence=occurrence, model="flux-2-pro",
        path="/v1/flux-2-pro", lane=LANE, params={"prompt": prompt}, prompt=prompt, seed=None,
        output_name=f"{number}.png", naming=NAMING, labels={}, estimate=estimate,
    )  # fmt: skip
