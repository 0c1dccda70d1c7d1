"""What a batch will have cost in the end follows from how it has gone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from batches.policy import Policy, Unsure, Window
from batches.reports.projection import Projection, project
from batches.store.ledger import courses, pausing, standing
from batches.store.ledger.records import Reported
from batches.store.ledger.states import State
from tests.batches.store.ledger.world import CREDIT, World, plan_of, plan_with

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

from batches.store.ledger import Ledger


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Ledger(f"sqlite:///{tmp_path}/ledger.db") as ledger:
        yield World(ledger)


def projected(world: World, batch_id: str) -> Projection:
    batch = world.ask(standing.find_batch, batch_id)
    seen, gone = world.standing(batch_id), world.ask(courses.courses_of, batch_id)
    return project(seen, gone, world.ask(courses.speed_of, batch, world.now), world.now)


def span(world: World, batch_id: str) -> tuple[float, float, float]:
    """Low, likely and high, in credits."""
    end = projected(world, batch_id)
    return end.low / CREDIT, end.likely / CREDIT, end.high / CREDIT


def make(world: World, count: int, credits_: float | None) -> None:
    """So many jobs are made, at this cost each."""
    cost = Reported() if credits_ is None else Reported(micro_credits=int(credits_ * CREDIT))
    for job_id in world.call(count):
        assert world.finish(world.carry(world.claim(job_id), State.FETCHING), cost)


def test_before_anything_is_made_it_is_the_plan(world: World) -> None:
    batch_id = world.submit(10)
    assert span(world, batch_id) == (30, 30, 30)
    assert (projected(world, batch_id).per_image, projected(world, batch_id).done_at) == (None, None)


def test_what_is_left_is_what_is_left_and_not_an_average(world: World) -> None:
    """The cheap pictures of a model come first: the dear ones are still to be paid."""
    [job] = plan_of(1).jobs()
    planned = tuple(
        job._replace(
            number=number, fingerprint=f"{number:064x}", output_name=f"{number}.png",
            estimate=replace(job.estimate, micro_credits=price * CREDIT),
        )
        for number, price in enumerate((1, 1, 9, 9), 1)
    )  # fmt: skip
    batch_id = world.submit_plan(plan_with(planned), Policy())
    make(world, 2, 1)
    assert span(world, batch_id) == (20, 20, 20)


@pytest.mark.parametrize(
    ("cost", "low", "likely", "high"),
    [
        (3, 30, 30, 30),  # as foreseen
        (4, 4 * 4 + 6 * 3, 40, 40),  # the rest as foreseen, or as dear as it was
        (1.5, 15, 15, 4 * 1.5 + 6 * 3),  # the rest as cheap as it was, or as foreseen
    ],
)
def test_the_rest_costs_what_was_foreseen_or_what_the_others_did(
    cost: float, low: float, likely: float, high: float, world: World
) -> None:
    batch_id = world.submit(10)
    make(world, 4, cost)
    assert span(world, batch_id) == (low, likely, high)
    assert projected(world, batch_id).per_image == cost * CREDIT


def test_at_the_high_end_as_much_fails_again_and_every_lost_answer_is_billed(world: World) -> None:
    batch_id = world.submit(10)
    make(world, 4, 3)
    lost, *failed = [world.carry(world.claim(job_id), State.RENDERING) for job_id in world.call(5)]
    for job in failed:
        world.put_back(job, counts="failure", cost=Reported(micro_credits=0))
    world.doubt(lost)
    # 8 attempts for 4 pictures: the 5 that are left may need 10. Half of what was foreseen was billed so far.
    assert span(world, batch_id) == (12 + 15 / 2, 12 + 15 / 2, 12 + 15 * 2 + 3)


def test_what_ended_without_a_picture_is_not_made_any_more(world: World) -> None:
    batch_id = world.submit(10)
    make(world, 4, 3)
    for job_id in world.call(3):
        world.end(world.carry(world.claim(job_id), State.CALLED), State.FAILED)
    assert span(world, batch_id) == (21, 21, 21)


def test_models_are_told_apart(world: World) -> None:
    plans = [plan_of(5, model=model, estimate=price * CREDIT) for model, price in (("a", 1), ("b", 9))]
    jobs = [job for plan in plans for job in plan.jobs()]
    planned = [
        job._replace(number=number, output_name=f"{number}.png", fingerprint=f"{number:064x}")
        for number, job in enumerate(jobs, 1)
    ]
    batch_id = world.submit_plan(plan_with(tuple(planned)), Policy())
    make(world, 5, 1)
    assert span(world, batch_id) == (50, 50, 50)


def test_what_has_no_price_is_counted_and_left_out(world: World) -> None:
    batch_id = world.submit(10, estimate=None)
    make(world, 4, None)
    end = projected(world, batch_id)
    assert (end.likely, end.unpriced, end.per_image) == (0, 6, None)


def test_it_is_done_when_the_rest_is_made_as_quickly_as_of_late(world: World) -> None:
    batch_id = world.submit(10)
    world.now += 100
    make(world, 4, 3)
    assert projected(world, batch_id).done_at == world.now + 150, "4 in 100 s, and 6 are left"
    world.do(pausing.pause, batch_id, "person", "later", now=world.now)
    assert projected(world, batch_id).done_at is None


def test_closed_hours_are_waited_for(world: World) -> None:
    hours = Window(begin=0, end=20, time_zone="UTC")  # the world begins at 00:16:40
    batch_id = world.submit(10, policy=Policy(window=hours, unsure=Unsure()))
    world.now += 100
    make(world, 4, 3)
    assert projected(world, batch_id).done_at == 86_400 + 150 - 100, "100 s are left today"
