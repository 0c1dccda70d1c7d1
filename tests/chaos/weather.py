"""What is asked for, and what goes wrong at the API while it is made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SMALL = {"width": 256, "height": 256}

MODELS = [
    ("flux-dev", SMALL),
    ("flux-2-klein-4b", SMALL),
    ("flux-dev", SMALL),
    ("flux-2-pro", SMALL),
    ("flux-kontext-max", {"aspect_ratio": "1:1"}),
]
"""FLUX.1 tells the cost with the result, FLUX.2 with the ticket; kontext-max has a lane of its own."""

COPIES_EVERY, MODERATED_EVERY, BROKEN_EVERY = 11, 37, 53
"""Which rows ask for what the row before asks for, and which ones BFL refuses or breaks down over."""

UNSURE_PERCENT = 3
"""Of the plan's cost, what may be paid twice."""

HEAD = f"""\
version: 1
name: chaos
account: chaos
policy: {{unsure: {{resubmit: {UNSURE_PERCENT}%}}}}
prompts:
"""

FAULTS: list[dict[str, object]] = [
    {"effect": "status", "on": "submit", "status": 503, "retry_after": 1, "probability": 0.05},
    {"effect": "status", "on": "submit", "status": 429, "probability": 0.005},
    {"effect": "status", "on": "submit", "status": 500, "probability": 0.01},
    {"effect": "lost", "on": "submit", "probability": 0.02},
    {"effect": "cut", "on": "submit", "probability": 0.01},
    {"effect": "cut_midway", "on": "submit", "probability": 0.01},
    {"effect": "truncated", "on": "submit", "probability": 0.005},
    {"effect": "garbage", "on": "submit", "probability": 0.005},
    {"effect": "content_type", "on": "submit", "content_type": "text/html", "probability": 0.02},
    {"effect": "foreign_host", "on": "submit", "host": "elsewhere.invalid", "probability": 0.005},
    {"effect": "slow", "on": "submit", "seconds": 2, "probability": 0.05},
    {"effect": "drift", "on": "submit", "factor": 3, "probability": 0.05},
    {"effect": "outage", "on": "submit", "after": 200, "seconds": 8},
    {"effect": "garbage", "on": "poll", "probability": 0.03},
    {"effect": "truncated", "on": "poll", "probability": 0.03},
    {"effect": "cut", "on": "poll", "probability": 0.03},
    {"effect": "cut_midway", "on": "poll", "probability": 0.03},
    {"effect": "slow", "on": "poll", "seconds": 2, "probability": 0.03},
    {"effect": "hang", "on": "poll", "after": 900, "times": 2},
    {"effect": "pending", "on": "poll", "probability": 0.03},
    {"effect": "not_found", "on": "poll", "probability": 0.03},
    {"effect": "failed", "on": "poll", "probability": 0.01},
    {"effect": "status", "on": "poll", "status": 429, "probability": 0.02},
    {"effect": "restated", "on": "poll", "status": 503, "probability": 0.03},
    {"effect": "redirect", "on": "poll", "status": 307, "probability": 0.03},
    {"effect": "foreign_host", "on": "poll", "host": "elsewhere.invalid", "probability": 0.01},
    {"effect": "expired", "on": "download", "probability": 0.08},
    {"effect": "truncated", "on": "download", "probability": 0.05},
    {"effect": "garbage", "on": "download", "probability": 0.05},
    {"effect": "cut", "on": "download", "probability": 0.05},
    {"effect": "cut_midway", "on": "download", "probability": 0.05},
    {"effect": "content_type", "on": "download", "content_type": "text/html", "probability": 0.03},
    {"effect": "slow", "on": "download", "seconds": 2, "probability": 0.05},
    {"effect": "status", "on": "download", "status": 500, "probability": 0.05},
]
"""All that ends by itself; an empty purse and a task that never ends have tests of their own. The late ones
(`after`) do not fit into a short night."""


def manifest(jobs: int) -> str:
    """So many jobs: some are copies, some are refused."""
    return HEAD + "".join(f"  - {json.dumps(row)}\n" for row in _rows(jobs))


def _rows(jobs: int) -> Iterator[dict[str, object]]:
    for number in range(1, jobs + 1):
        if number % COPIES_EVERY:
            model, params = MODELS[number % len(MODELS)]
            row: dict[str, object] = {"prompt": _prompt(number), "model": model, "params": params}
        yield row


def _prompt(number: int) -> str:
    if number % MODERATED_EVERY == 0:
        return f"scene {number}, forbidden"
    return f"scene {number}, crash-test" if number % BROKEN_EVERY == 0 else f"scene {number}"
