"""The manifests that newcomers run."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from batches.manifest import read_manifest
from batches.planning import Plan, make_plan

EXAMPLES = sorted(Path(str(files("batches"))).glob("examples/*.yaml"))


def plan_of(name: str) -> Plan:
    return make_plan(read_manifest(next(path for path in EXAMPLES if path.name == name)))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_every_example_plans_without_a_warning_and_with_known_prices(path: Path) -> None:
    plan = make_plan(read_manifest(path))
    assert (plan.name, plan.warnings, plan.unknown_prices, plan.copies) == (path.stem, (), 0, 0)


def test_hello_shows_what_a_batch_meets() -> None:
    plan = plan_of("hello.yaml")
    assert plan.unique == 24
    assert len({job.model for job in plan.jobs()}) == 3
    prompts = [job.prompt or "" for job in plan.jobs()]
    assert sum("forbidden" in prompt for prompt in prompts) == 1
    assert sum("hiccup" in prompt for prompt in prompts) == 1


def test_first_costs_less_than_a_nickel() -> None:
    plan = plan_of("first.yaml")
    assert plan.unique == 2
    assert plan.micro_credits < 5_000_000
