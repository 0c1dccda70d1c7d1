"""Charts: steps of time as shapes, and the steps themselves."""

from __future__ import annotations

import pytest

from batches.money import MICRO_PER_CREDIT
from console.actions.progressing import MOST_STEPS, Step, divided
from console.web import charts

STEPS = [Step(600.0 + 60 * place, 60.0, images, images * MICRO_PER_CREDIT) for place, images in enumerate((3, 0, 12))]


def test_images_a_minute_are_bars_below_a_round_number() -> None:
    chart = charts.throughput(STEPS, goes_on=False)
    assert chart.marks == ["15", "7.5", "0"]
    assert [bar.height for bar in chart.bars] == [20.0, 0.0, 80.0]
    assert [bar.told.partition(": ")[2] for bar in chart.bars] == ["3.0 a minute", "0.0 a minute", "12.0 a minute"]
    assert chart.told == "15 images; 12.0 a minute at the end, 12.0 at most."
    assert chart.bars[-1].x + chart.bars[-1].width <= 100


def test_a_step_that_is_not_over_does_not_look_like_a_fall() -> None:
    assert len(charts.throughput(STEPS, goes_on=True).bars) == 2
    assert len(charts.throughput(STEPS[:1], goes_on=True).bars) == 1


def test_credits_add_up_from_nothing() -> None:
    chart = charts.spending(STEPS, None)
    assert chart.line == "0.00,100.00 33.33,80.00 66.67,80.00 100.00,0.00"
    assert (chart.cap, chart.told) == (None, "15.00 credits spent.")


def test_a_budget_is_drawn_where_it_is_near() -> None:
    assert charts.spending(STEPS, 20 * MICRO_PER_CREDIT).cap == 0.0
    assert charts.spending(STEPS, 1000 * MICRO_PER_CREDIT).cap is None
    over = charts.spending(STEPS, 10 * MICRO_PER_CREDIT)
    assert (over.cap, over.told) == (33.33, "15.00 credits spent of 10.00.")


def test_a_batch_that_cost_nothing_has_a_chart_too() -> None:
    free = [Step(600.0, 60.0, 3, 0)]
    assert charts.spending(free, None).line == "0.00,100.00 100.00,100.00"


@pytest.mark.parametrize(
    ("seconds", "wide"),
    [(60, 5), (360, 5), (361, 10), (3600, 60), (4 * 3600, 900), (18 * 3600, 900), (36 * 3600, 1800)],
)
def test_steps_are_as_wide_as_the_length_of_a_batch_asks_for(seconds: float, wide: float) -> None:
    steps = divided([(900.0, 1, 5), (900.0 + seconds, 2, 5)], 900.0, 900.0 + seconds)
    assert {step.seconds for step in steps} == {wide}
    assert len(steps) <= MOST_STEPS + 2
    assert (sum(step.images for step in steps), sum(step.settled for step in steps)) == (3, 10)


def test_where_nothing_came_to_an_end_there_are_no_steps() -> None:
    assert divided([], 0.0, 100.0) == ()
    assert divided([(50.0, 0, 0)], 0.0, 100.0) == ()
