"""When to ask for a result: bounds that hold whatever is known, and the price of asking over drawn latencies."""

from __future__ import annotations

from math import log
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batches.pace import NEVER_SEEN
from workers.journey.pace import first_poll, next_gap, ripened
from workers.journey.patience import Patience

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.pace import Pace

    Latency = Callable[[Random], float]

PATIENCE = Patience()
JOBS = 10_000
IN_FLIGHT = 24


def log_normal(median: float, sigma: float = 0.35) -> Latency:
    return lambda dice: dice.lognormvariate(log(median), sigma)


def quick_or_slow(dice: Random) -> float:
    """As where a mode of the model takes much longer than another."""
    return dice.lognormvariate(log(dice.choice((2, 12))), 0.2)


class Watched:
    """Jobs of one model, polled as we poll, without the HTTP between; what they teach is known some jobs later."""

    def __init__(self, *, told: bool = True, progress: Callable[[float], float | None] = lambda _: None) -> None:
        self.pace: Pace = NEVER_SEEN
        self.polls: list[int] = []
        self.took: list[float] = []  #: seconds
        self.lay: list[float] = []  #: seconds that each result lay there unseen
        self._told = told  #: whether the result says how long it took
        self._progress = progress  #: what BFL says when so much is done
        self._unlearnt: list[tuple[float, list[float]]] = []

    def watch(self, jobs: int, latency: Latency, dice: Random) -> Watched:
        for _ in range(jobs):
            self._watch_one(latency(dice))
        return self

    def polls_per_job(self, since: int = 0) -> float:
        return sum(self.polls[since:]) / len(self.polls[since:])

    def idle(self, since: int = 0) -> float:
        """The part that slots idle beyond what jobs take."""
        return sum(self.lay[since:]) / sum(self.took[since:])

    def _watch_one(self, takes: float) -> None:
        open_until, age, polls, promised = 0.0, PATIENCE.first_gap(self.pace), 1, []
        while age < takes:
            open_until, polls, progress = age, polls + 1, self._progress(age / takes)
            age += PATIENCE.poll_gap(self.pace, age, progress)
            promised += [open_until / progress] if progress else []
        self.polls.append(polls)
        self.took.append(takes)
        self.lay.append(age - takes)
        self._unlearnt.append((ripened(open_until, age, takes if self._told else None), promised))
        if len(self._unlearnt) > IN_FLIGHT:
            seconds, promised = self._unlearnt.pop(0)
            self.pace = self.pace.after([seconds], [seconds / promise for promise in promised])


@pytest.mark.parametrize(
    ("latency", "polls", "idle", "reason"),
    [
        (log_normal(0.6), 5, 0.08, "0.05 s between two polls is short even for such a job"),
        (log_normal(3), 5.2, 0.07, "five polls by design, of which the quickest jobs need fewer"),
        (log_normal(10), 5.2, 0.07, "the same at any scale"),
        (log_normal(38.5), 6, 0.07, "five seconds at most between two polls make it a few more"),
        (log_normal(10, 0.05), 4.2, 0.02, "nearly always the same"),
        (log_normal(10, 1), 5.5, 0.12, "from 1 s to 100: nobody can know"),
        (quick_or_slow, 5.5, 0.1, "two kinds of jobs, and few polls in the gap between them"),
    ],
)
@pytest.mark.parametrize("told", [True, False])
def test_polls_are_few_and_results_do_not_lie_there(
    latency: Latency, polls: float, idle: float, reason: str, *, told: bool
) -> None:
    watched = Watched(told=told).watch(JOBS, latency, Random(1))
    assert watched.polls_per_job() < polls, reason
    assert watched.idle() < idle, reason


@pytest.mark.parametrize(
    ("progress", "polls", "idle", "reason"),
    [
        (lambda part: round(part, 2) or None, 4.8, 0.015, "as it is"),
        (lambda part: round(part, 2) if part > 0.5 else None, 5, 0.025, "told only in the second half"),
        (lambda part: round(part * part, 2) or None, 4.5, 0.025, "slow first, then quick"),
        (lambda part: round(part**0.5, 2) or None, 5.6, 0.025, "quick first, then slow"),
        (lambda part: min(1.5 * part, 0.99), 6.2, 0.06, "nearly done for a long time"),
    ],
)
def test_progress_saves_seconds_in_whatever_way_it_runs(
    progress: Callable[[float], float | None], polls: float, idle: float, reason: str
) -> None:
    telling = Watched(progress=progress).watch(2000, log_normal(10), Random(1))
    assert telling.polls_per_job(since=200) < polls, reason
    assert telling.idle(since=200) < idle, reason


@pytest.mark.parametrize("stuck", [0.01, 0.4, 0.99, 1.0])
def test_progress_that_means_nothing_does_little_harm(stuck: float) -> None:
    watched = Watched(progress=lambda _: stuck).watch(2000, log_normal(10), Random(1))
    assert watched.polls_per_job() < 6.5
    assert watched.idle() < 0.1


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("factor", [0.25, 0.5, 2, 4])
def test_a_model_that_changes_is_relearnt_within_some_tens_of_jobs(factor: float, *, told: bool) -> None:
    dice = Random(2)
    watched = Watched(told=told).watch(200, log_normal(8), dice)
    watched.watch(IN_FLIGHT + 60, log_normal(8 * factor), dice)
    after = len(watched.polls)
    watched.watch(200, log_normal(8 * factor), dice)
    assert watched.polls_per_job(after) < 6
    assert watched.idle(after) < 0.11


def test_one_job_helps_the_next() -> None:
    def polls(pace: Pace) -> int:
        age, count = PATIENCE.first_gap(pace), 1
        while age < 10:
            age += PATIENCE.poll_gap(pace, age)
            count += 1
        return count

    counts = [polls(NEVER_SEEN.after([10.0] * jobs)) for jobs in (0, 1, 5, 50)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 2 * counts[1]


paces = st.builds(
    NEVER_SEEN.after, st.lists(st.floats(0, 5000), max_size=60), st.lists(st.floats(0, 1e300), max_size=60)
)


@given(pace=paces, age=st.floats(0, 10_000), progress=st.none() | st.floats(1e-300, 1))
def test_gaps_keep_to_their_bounds(pace: Pace, age: float, progress: float | None) -> None:
    assert PATIENCE.sharpest_gap <= PATIENCE.poll_gap(pace, age, progress) <= PATIENCE.longest_gap
    assert PATIENCE.shortest_gap <= PATIENCE.poll_gap(pace, age) <= PATIENCE.longest_gap
    assert PATIENCE.shortest_gap <= PATIENCE.first_gap(pace) <= PATIENCE.longest_first


@given(pace=paces, age=st.floats(0, 1800))
def test_the_next_poll_lies_ahead_and_not_beyond_all_that_is_known(pace: Pace, age: float) -> None:
    assert 0 < next_gap(pace, age, None, unseen=0.5) <= 2500 - age
    assert 0 < first_poll(pace, unseen=0.5) <= 2500


@pytest.mark.parametrize(
    ("told", "seconds", "reason"),
    [
        (None, 5, "the middle between two polls"),
        (4.5, 4.5, "BFL knows better"),
        (3.0, 5, "without its time in the queue: the polls know better"),
        (7.0, 5, "later than we saw it"),
    ],
)
def test_a_result_was_ready_before_it_was_found(told: float | None, seconds: float, reason: str) -> None:
    assert ripened(4, 6, told) == seconds, reason
