"""A lane whose submissions keep failing rests, and one job at a time finds out when that is over."""

from __future__ import annotations

import pytest

from batches.store.ledger.records import Stop
from workers.circuit import FAILURES, next_rest


def resting(rest: float, probe: int | None) -> Stop:
    return Stop(
        account="ours",
        lane="standard",
        reason="API in trouble",
        message="",
        since=0,
        until=rest,
        rest=rest,
        probe=probe,
    )


@pytest.mark.parametrize(
    ("stop", "failures", "rest", "reason"),
    [
        (None, FAILURES - 1, None, "that much trouble passes by itself"),
        (None, FAILURES, 30, "enough"),
        (resting(30, None), FAILURES + 1, None, "on its way when the rest began"),
        (resting(30, 7), FAILURES + 1, 60, "the one that tried"),
        (resting(30, 8), FAILURES + 1, None, "another one tried"),
        (resting(480, 7), FAILURES + 1, 600, "never longer than ten minutes"),
    ],
)
def test_how_long_a_lane_rests(*, stop: Stop | None, failures: int, rest: float | None, reason: str) -> None:
    assert next_rest(stop, 7, failures) == rest, reason
