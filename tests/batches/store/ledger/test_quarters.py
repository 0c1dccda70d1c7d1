"""The sums by quarter of an hour say what jobs, attempts and charges say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from batches.policy import Policy
from batches.store.ledger import feeding, moves
from batches.store.ledger.quarters import QUARTER_SECONDS, SUMS, spelling
from batches.store.ledger.records import Reported
from batches.store.ledger.schema import quarters
from batches.store.ledger.states import State
from tests.batches.store.ledger.world import CREDIT, UNKNOWN, plan_of, plan_with

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.batches.store.ledger.world import World

PAID = Reported(micro_credits=2 * CREDIT)
ESTIMATE = 3 * CREDIT
PIXELS = 1000 * 500


def sums(world: World) -> dict[str, dict[str, Any]]:
    """By what is summed up, the amounts that are not nothing."""
    rows = world.ask(lambda tx: tx.execute(select(quarters)).mappings().all())
    return {row["what"]: {name: row[name] for name in SUMS if row[name]} for row in rows}


def taken_after(world: World, job: Any, seconds: float) -> Any:
    world.now += seconds
    return job


def ends(world: World, to: State, cost: Reported | None) -> None:
    job = taken_after(world, world.at(State.RENDERING), 5)
    world.do(moves.end, job, to, reason="because", cost=cost, source="result", now=world.now)


def lost_and_found(world: World) -> None:
    job = world.at(State.SUBMITTING, bound=ESTIMATE)
    world.doubt(job)
    world.do(feeding.resubmit_unsure, "main", world.now)
    world.accept(taken_after(world, job, 7), PAID)


PLANNED = {"number": 1, "estimated": ESTIMATE}
COST = {"number": 1, "settled": 2 * CREDIT, "foreseen": ESTIMATE, "estimated": ESTIMATE, "compared": 2 * CREDIT}
PICTURE = {"images": 1, "output_pixels": PIXELS}


@pytest.mark.parametrize(
    ("story", "what", "summed"),
    [
        (lambda world: world.submit(), "planned", PLANNED),
        # a price that nobody knows is counted, and not as nothing
        (lambda world: world.submit(estimate=None), "planned", {"number": 1, "unknown": 1}),
        (lambda world: world.finish(world.at(State.FETCHING), PAID), "done", {**COST, **PICTURE}),
        # what nobody said, or nobody foresaw, is compared with nothing
        (
            lambda world: world.finish(world.at(State.FETCHING)),
            "done",
            {"number": 1, "unknown": 1, "foreseen": ESTIMATE, **PICTURE},
        ),
        (
            lambda world: world.finish(world.at(State.FETCHING, estimate=None), PAID),
            "done",
            {"number": 1, "settled": 2 * CREDIT, **PICTURE},
        ),
        (lambda world: ends(world, State.FAILED, PAID), "failed", {**COST, "slot_seconds": 5}),
        (
            lambda world: ends(world, State.MODERATED, Reported(micro_credits=0)),
            "moderated",
            {"number": 1, "foreseen": ESTIMATE, "estimated": ESTIMATE, "slot_seconds": 5},
        ),
        (
            lambda world: world.put_back(world.at(State.RENDERING), counts="failure", cost=UNKNOWN),
            "failed",
            {"number": 1, "unknown": 1, "foreseen": ESTIMATE},
        ),
        # given up in doubt, submitted again, and then the first answer came: paid twice
        (lost_and_found, "lost", {**COST, "slot_seconds": 7}),
    ],
    ids=range(9),
)
def test_each_move_is_summed_up(
    story: Callable[[World], object], what: str, summed: dict[str, Any], world: World
) -> None:
    story(world)
    found = sums(world)
    assert found.pop(what) == summed
    assert found.keys() <= {"planned"}, "and nothing else"


@pytest.mark.parametrize(
    "story",
    [
        lambda world: world.at(State.RENDERING),
        lambda world: world.put_back(world.at(State.SUBMITTING)),  # BFL was busy: nothing was spent
        lambda world: ends(world, State.FAILED, None),
        lambda world: world.doubt(world.at(State.SUBMITTING)),  # perhaps spent: that is no sum yet
    ],
    ids=range(4),
)
def test_what_costs_nothing_or_is_not_over_is_not_summed_up(story: Callable[[World], object], world: World) -> None:
    story(world)
    assert sums(world).keys() == {"planned"}


@pytest.mark.parametrize(("occurrence", "what"), [(2, "copied"), (1, "reused")])
def test_a_copy_is_saved_money(occurrence: int, what: str, world: World) -> None:
    [fox] = plan_of(1).jobs()
    if occurrence == 2:
        copy = fox._replace(number=2, occurrence=2, output_name="2.png")
        world.submit_plan(plan_with((fox, copy)), Policy())
        world.finish(world.carry(world.claim(*world.call()), State.FETCHING), PAID)
    else:
        world.finish(world.at(State.FETCHING), PAID)
        world.submit_plan(plan_with((fox,), name="second", reuse=True), Policy())
    [job_id] = world.call()
    assert world.copied(world.claim(job_id))
    found = sums(world)
    assert found[what] == {"number": 1, "saved": ESTIMATE, **PICTURE}
    assert found["spared"] == {"number": 1, "estimated": ESTIMATE}


def test_a_quarter_of_an_hour_has_a_sum_of_its_own(world: World) -> None:
    world.now = 10 * QUARTER_SECONDS - 1.0
    world.submit(3)
    for job_id in world.call():
        world.finish(world.carry(world.claim(job_id), State.FETCHING), PAID)
        world.now += 1
    rows = world.ask(
        lambda tx: tx.execute(
            select(quarters.c.quarter, quarters.c.number).where(quarters.c.what == "done").order_by(quarters.c.quarter)
        ).fetchall()
    )
    assert rows == [(9, 1), (10, 2)]


def test_labels_are_spelt_in_one_way() -> None:
    assert spelling({"b": "ü", "a": "1"}) == spelling({"a": "1", "b": "ü"}) == '{"a": "1", "b": "ü"}'
    assert spelling({}) == "{}"
