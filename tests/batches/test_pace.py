"""A histogram of the latest jobs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batches.pace import EDGES, NEVER_SEEN

seconds = st.lists(st.floats(0, 10_000), max_size=200)


@given(earlier=seconds, later=seconds)
def test_lessons_add_up_however_they_are_parted(earlier: list[float], later: list[float]) -> None:
    parted, whole = NEVER_SEEN.after(earlier).after(later), NEVER_SEEN.after(earlier + later)
    assert parted == whole


@given(lessons=seconds)
def test_however_many_jobs_there_were_about_the_last_fifty_count(lessons: list[float]) -> None:
    assert sum(NEVER_SEEN.after(lessons).weights) <= min(len(lessons), 50)


@pytest.mark.parametrize(
    ("took", "begin"),
    [(0, 0), (-1, 0), (0.5, 0.5), (0.59, 0.5), (0.61, 0.6), (10**6, EDGES[-1])],
)
def test_a_job_falls_into_one_class(took: float, begin: float) -> None:
    weights = NEVER_SEEN.after([took]).weights
    assert [edge for edge, weight in zip(EDGES, weights, strict=True) if weight] == [pytest.approx(begin)]


@pytest.mark.parametrize(
    ("took", "part", "within"),
    [
        pytest.param([4.0] * 9 + [40.0], 0.5, 4.0, id="half of them"),
        pytest.param([4.0] * 9 + [40.0], 0.85, 4.0, id="nearly all"),
        pytest.param([4.0] * 9 + [40.0], 0.99, 40.0, id="the slowest too"),
        pytest.param([1e9], 0.5, EDGES[-1], id="longer than anything is waited for"),
    ],
)
def test_a_pace_says_in_which_time_a_part_of_the_jobs_is_done(took: list[float], part: float, within: float) -> None:
    told = NEVER_SEEN.after(took).within(part)
    assert told is not None
    assert within <= told <= 1.2 * within


def test_a_model_never_seen_has_no_such_time() -> None:
    assert NEVER_SEEN.within(0.5) is None
