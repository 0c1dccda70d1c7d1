"""Everything at once: refusals, lost answers, garbage, dead links and kills. In the morning the books agree."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.people import child, stop

if TYPE_CHECKING:
    from tests.end_to_end.people import Company, Person

IMAGES = 120
CREDITS_EACH = 2.5
FAULTS = [
    {"effect": "status", "on": "submit", "status": 503, "retry_after": 1, "probability": 0.1},
    {"effect": "status", "on": "submit", "status": 429, "probability": 0.05},
    {"effect": "lost", "on": "submit", "probability": 0.02},
    {"effect": "garbage", "on": "poll", "probability": 0.05},
    {"effect": "cut", "on": "poll", "probability": 0.05},
    {"effect": "not_found", "on": "poll", "probability": 0.03},
    {"effect": "restated", "on": "poll", "status": 503, "probability": 0.05},
    {"effect": "redirect", "on": "poll", "status": 307, "probability": 0.05},
    {"effect": "foreign_host", "on": "poll", "host": "elsewhere.invalid", "probability": 0.02},
    {"effect": "truncated", "on": "download", "probability": 0.1},
    {"effect": "expired", "on": "download", "probability": 0.1},
    {"effect": "cut_midway", "on": "download", "probability": 0.1},
]


@pytest.mark.parametrize("company", [10], indirect=True, ids=["ten times as fast"])
def test_no_image_is_lost_and_every_credit_is_settled_or_told_to_be_at_risk(person: Person, company: Company) -> None:
    manifest = person.folder / "night.yaml"
    head = "version: 1\nname: night\nmodel: flux-dev\nparams: {width: 256, height: 256}\nprompts:\n"
    manifest.write_text(head + "".join(f"  - scene {number}\n" for number in range(IMAGES)))
    company.spoil(FAULTS)

    for accepted in (30, 70):
        run = person.start("run", manifest, "--yes")
        company.wait_for(lambda books, enough=accepted: books["accepted"] >= enough)
        worker = child(run.pid, "worker")
        stop(run, signal.SIGKILL)
        os.kill(worker, signal.SIGKILL)
    done = person.does("run", manifest, "--yes", "--json")

    report, books = done.json, company.books()
    jobs, at_risk = report["jobs"], report["at_risk"]["credits"]
    assert jobs["done"] + jobs["unsure"] == IMAGES, done.err
    assert report["cost"]["credits"] == jobs["done"] * CREDITS_EACH
    assert 0 <= books["billed_credits"] - report["cost"]["credits"] <= at_risk
    resubmitted = at_risk / CREDITS_EACH - jobs["unsure"]
    assert books["accepted_by_body"]["accepted_more_than_once"] <= resubmitted <= IMAGES / 100, "within the policy"
    assert books["peak_active"]["standard"] <= 24
