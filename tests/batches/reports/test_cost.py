"""The cost report: what came of a batch, and the bill."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from batches.models import PUBLISHED
from batches.reports import CostReport, cost_report
from batches.store.ledger import feeding, moves, standing
from batches.store.ledger.records import BatchTerms, Reported
from batches.store.ledger.states import State
from tests.batches.store.ledger.world import CREDIT, UNKNOWN, plan_of, plan_with, risking, write_batch

if TYPE_CHECKING:
    from tests.batches.store.ledger.world import World

PAID = Reported(micro_credits=4_500_000)


def report_of(world: World, batch_id: str) -> CostReport:
    return world.ask(lambda tx: cost_report(tx, standing.find_batch(tx, batch_id)))


@pytest.fixture
def batch_id(world: World) -> str:
    """Four jobs by flux-dev (done, done, moderated, unsure) and one of unknown price by flux-2-pro (failed)."""
    cheap, other = plan_of(4), plan_of(5, model="flux-2-pro", estimate=None)
    plan = plan_with((*cheap.jobs(), list(other.jobs())[-1]))
    terms = BatchTerms(accounts=("main",), policy=risking(0))
    batch_id = world.do(write_batch, plan, terms, 0.0)
    one, two, three, four, five = (world.carry(world.claim(job_id), State.SUBMITTING) for job_id in world.call())
    world.finish(world.carry(one, State.FETCHING), PAID)
    world.finish(world.carry(two, State.FETCHING), PAID)
    say_no = {"source": "rule", "now": world.now}
    moderated = world.carry(three, State.RENDERING)
    world.do(moves.end, moderated, State.MODERATED, reason="Nudity", cost=Reported(micro_credits=0), **say_no)
    world.doubt(four)
    world.do(moves.end, five, State.FAILED, reason="rejected: 422", cost=None, **say_no)
    world.do(feeding.close_ended_batches, world.now)
    return batch_id


def test_as_json_it_has_every_count_and_every_amount(batch_id: str, world: World) -> None:
    told = report_of(world, batch_id).as_json()
    assert json.loads(json.dumps(told)) == {
        "batch": batch_id,
        "name": "hello",
        "accounts": ["main"],
        "state": "done",
        "paused": None,
        "paused_message": "",
        "jobs": {
            "queued": 0,
            "called": 0,
            "submitting": 0,
            "rendering": 0,
            "fetching": 0,
            "unsure": 1,
            "done": 2,
            "moderated": 1,
            "failed": 1,
            "cancelled": 0,
        },
        "total": 5,
        "prices": {"as_of": PUBLISHED.as_of, "sha256": PUBLISHED.sha256},
        "images": 2,
        "output_megapixels": 1,  # two pictures of 1,000 x 500
        "estimated": {"credits": 12, "usd": 0.12},  # four times 3; the fifth is unknown
        "cost": {"credits": 9, "usd": 0.09},  # 4.5 + 4.5 + 0
        "cost_unknown": 0,
        "reserved": {"credits": 0, "usd": 0},
        "at_risk": {"credits": 3, "usd": 0.03},
        "models": [
            {
                "model": "flux-dev",
                "jobs": 4,
                "images": 2,
                "output_megapixels": 1,
                "estimated": {"credits": 12, "usd": 0.12},
                "cost": {"credits": 9, "usd": 0.09},
            },
            {
                "model": "flux-2-pro",
                "jobs": 1,
                "images": 0,
                "output_megapixels": 0,
                "estimated": {"credits": 0, "usd": 0},
                "cost": {"credits": 0, "usd": 0},
            },
        ],
        "paid_by": [{"account": "main", "images": 2, "cost": {"credits": 9, "usd": 0.09}}],
        "missing": [
            {"state": "failed", "reason": "rejected: 422", "jobs": 1},
            {"state": "moderated", "reason": "Nudity", "jobs": 1},
            {"state": "unsure", "reason": "the answer was lost", "jobs": 1},
        ],
    }


def test_a_batch_without_gaps_has_no_list_of_them(world: World) -> None:
    job = world.at(State.FETCHING)
    world.finish(job, PAID)
    report = report_of(world, job.batch_id)
    assert report.missing == {}


def test_a_bill_with_unknown_amounts_says_how_many(world: World) -> None:
    world.submit(2)
    first, second = (world.carry(world.claim(job_id), State.FETCHING) for job_id in world.call())
    world.finish(first, UNKNOWN)
    world.finish(second, PAID)
    report = report_of(world, first.batch_id)
    assert report.as_json()["cost_unknown"] == 1


def test_a_batch_that_is_under_way_shows_what_is_set_aside(world: World) -> None:
    told = report_of(world, world.at(State.RENDERING).batch_id).as_json()
    assert (told["state"], told["images"]) == ("running", 0)
    assert told["reserved"] == {"credits": 3, "usd": 0.03}
    assert told["cost"] == {"credits": 0, "usd": 0}


def test_the_same_reason_is_told_once_with_its_number_the_most_frequent_first(world: World) -> None:
    batch_id = world.submit(3)
    for job_id, reason in zip(world.call(), ["blood", "nudity", "nudity"], strict=True):
        job = world.carry(world.claim(job_id), State.RENDERING)
        world.do(moves.end, job, State.MODERATED, reason=reason, cost=UNKNOWN, source="result", now=world.now)
    missing = report_of(world, batch_id).missing
    assert list(missing.items()) == [((State.MODERATED, "nudity"), 2), ((State.MODERATED, "blood"), 1)]


def test_what_a_second_attempt_cost_is_on_the_bill_of_its_model(world: World) -> None:
    job = world.at(State.RENDERING)
    world.put_back(job, counts="failure", cost=PAID)
    world.finish(world.carry(world.claim(*world.call()), State.FETCHING), PAID)
    [line] = report_of(world, job.batch_id).lines
    assert (line.jobs, line.images, line.estimated, line.settled) == (1, 1, 3 * CREDIT, 9 * CREDIT)
