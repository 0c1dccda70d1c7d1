"""The bill adds up, whatever the order of the rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.planning import ModelLine, Plan

    Planner = Callable[[str], Plan]

MEGAPIXEL = 1024 * 1024
CREDIT = 1_000_000

ROWS = """
  - {prompt: a, model: flux-2-pro, params: {width: 1024, height: 1024}}
  - {prompt: b, model: flux-2-pro, params: {input_image: "https://example.com/b.png", output_format: png}}
  - {prompt: a, model: flux-2-pro, params: {width: 1024, height: 1024}}
  - {prompt: c, model: flux-kontext-max}
  - {prompt: d, model: flux-tools/vto-v1, params: {person: "https://e.com/p.png", garment: "https://e.com/g.png"}}
"""


def test_a_line_says_all_about_its_model(plan: Planner) -> None:
    pro, kontext, tryon = plan(f"prompts:{ROWS}").models
    assert (pro.model, pro.lane, pro.jobs, pro.copies) == ("flux-2-pro", "standard", 2, 1)
    assert (pro.output_pixels, pro.unknown_sizes) == (MEGAPIXEL, 1)
    assert (pro.input_pixels, pro.unmeasured_inputs) == (0, 1)
    assert (pro.low, pro.micro_credits, pro.high) == (7.5 * CREDIT, 7.5 * CREDIT, 16.5 * CREDIT)  # 3 + 4.5, 3 + 13.5
    assert pro.stored_pixels == {"jpeg": 2 * MEGAPIXEL, "png": MEGAPIXEL}  # a copy is a file; b is likely a megapixel
    assert (kontext.lane, kontext.micro_credits) == ("kontext-max", 8 * CREDIT)
    assert (tryon.unknown_prices, tryon.micro_credits) == (1, 0)


@pytest.mark.parametrize("order", [(0, 2, 1, 3, 4), (1, 0, 2, 4, 3), (4, 3, 2, 1, 0)])
def test_the_order_of_the_rows_does_not_matter(order: tuple[int, ...], plan: Planner) -> None:
    rows = ROWS.strip("\n").splitlines()
    usual = plan(f"prompts:{ROWS}")
    other = plan("prompts:\n" + "\n".join(rows[index] for index in order))
    assert _by_model(usual) == _by_model(other)


def test_the_plan_is_the_sum_of_its_lines(plan: Planner) -> None:
    made = plan(f"prompts:{ROWS}")
    assert (made.asked, made.unique, made.copies, made.unknown_prices) == (5, 4, 1, 1)
    assert (made.low, made.micro_credits, made.high) == (15.5 * CREDIT, 15.5 * CREDIT, 24.5 * CREDIT)
    assert made.as_json()["cost"] == {
        "credits": 15.5,
        "usd": 0.155,
        "low": {"credits": 15.5, "usd": 0.155},
        "high": {"credits": 24.5, "usd": 0.245},
    }


def _by_model(plan: Plan) -> dict[str, ModelLine]:
    return {line.model: replace(line, stored_pixels=dict(sorted(line.stored_pixels.items()))) for line in plan.models}
