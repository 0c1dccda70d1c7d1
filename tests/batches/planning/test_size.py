"""A night's work is planned before the coffee is poured."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.planning import Plan

INLINE = "".join(f"  - A fox, number {number} of many\n" for number in range(10_000))
OWN_SIZES = "".join(
    f"  - {{prompt: Fox {number}, id: fox-{number}, params: {{width: {512 + number % 100 * 16}}}}}\n"
    for number in range(10_000)
)


@pytest.mark.parametrize("prompts", [INLINE, OWN_SIZES], ids=["inline", "mappings"])
def test_ten_thousand_prompts_are_planned_in_seconds_of_work(prompts: str, plan: Callable[[str], Plan]) -> None:
    begun = time.process_time()
    made = plan(f"model: flux-2-pro\nparams: {{width: 1024, height: 1024}}\nprompts:\n{prompts}")
    assert made.unique == 10_000
    assert time.process_time() - begun < 5  # 0.2 and 0.8 s on two idle cores
