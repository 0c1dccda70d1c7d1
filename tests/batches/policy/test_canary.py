"""The verdict on the first jobs."""

from __future__ import annotations

from decimal import Decimal

import pytest

from batches.policy import Canary, Trial

ALONE = Canary(first=20)
BOUND = Canary(first=20, moderated=Decimal("0.05"), failed=Decimal(0), cost=Decimal("1.1"))


def trial(
    *,
    jobs: int = 20,
    ended: int = 20,
    moderated: int = 0,
    failed: int = 0,
    estimated: int | None = 60_000_000,
    spent: int | None = 60_000_000,
) -> Trial:
    """Twenty jobs that went well, but for what is said."""
    return Trial(jobs=jobs, ended=ended, moderated=moderated, failed=failed, estimated=estimated, spent=spent)


@pytest.mark.parametrize(
    ("canary", "seen", "answer", "reason"),
    [
        (ALONE, trial(ended=7), "wait", "canary: 7 of 20 have ended"),
        (BOUND, trial(ended=19, failed=19), "wait", "canary: 19 of 20 have ended"),
        (ALONE, trial(), "ask", "canary: all 20 have ended, and a person says whether to go on"),
        (ALONE, trial(jobs=3, ended=3), "ask", "canary: all 3 have ended, and a person says whether to go on"),
        (BOUND, trial(), "go on", "canary: all 20 have ended within the bounds"),
        (BOUND, trial(moderated=1, spent=66_000_000), "go on", "canary: all 20 have ended within the bounds"),
        (BOUND, trial(moderated=2), "ask", "canary: 2 of 20 moderated (at most 5%)"),
        (BOUND, trial(failed=1), "ask", "canary: 1 of 20 failed (at most 0%)"),
        (BOUND, trial(spent=66_000_001), "ask", "canary: cost 66.000001 credits (at most 110% of 60 credits)"),
        (BOUND, trial(spent=None), "ask", "canary: cost not known"),  # BFL did not say it of all of them
        (BOUND, trial(estimated=None), "ask", "canary: cost not known"),  # no price is published
        (BOUND, trial(estimated=0, spent=0), "go on", "canary: all 20 have ended within the bounds"),
        (
            BOUND,
            trial(moderated=3, failed=2, spent=None),
            "ask",
            "canary: 3 of 20 moderated (at most 5%), 2 of 20 failed (at most 0%), cost not known",
        ),
        (
            Canary(first=20, failed=Decimal("0.5")),
            trial(moderated=20, spent=None),
            "go on",
            "canary: all 20 have ended within the bounds",
        ),
    ],
)
def test_the_rest_follows_when_every_bound_holds(canary: Canary, seen: Trial, answer: str, reason: str) -> None:
    assert canary.verdict(seen) == (answer, reason)
