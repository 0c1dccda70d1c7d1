"""What a budget leaves out is told before anything is spent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.planning import Plan

UNPRICED = """
repeat: 40
prompts:
  - {prompt: a, model: flux-dev}
  - {prompt: b, model: flux-2-klein-base-4b-finetuned, params: {finetune_id: x}}
"""
"""40 images of 2.5 credits, and 40 whose price nobody knows."""


@pytest.mark.parametrize(
    ("text", "budget", "notes"),
    [
        ("model: flux-dev\nrepeat: 640\nprompts: [a]", "{credits: 1600}", []),
        (
            "model: flux-dev\nrepeat: 640\nprompts: [a]",
            "{dollars: 8}",
            ["the budget of 800 credits covers about 320 of 640 images"],
        ),
        (
            UNPRICED,
            "{credits: 50}",
            [
                "the budget of 50 credits covers about 20 of 80 images",
                "the price of 40 of 80 images is not known, and they begin under no budget but a soft one",
            ],
        ),
        (UNPRICED, "{credits: 500, mode: soft}", []),
    ],
    ids=["enough", "half", "unknown prices", "soft"],
)
def test_a_plan_tells_what_its_budget_leaves_out(
    text: str, budget: str, notes: list[str], plan: Callable[[str], Plan]
) -> None:
    assert list(plan(f"{text}\npolicy: {{budget: {budget}}}").warnings) == notes
