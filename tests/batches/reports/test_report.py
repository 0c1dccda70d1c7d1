"""Reports of any batches over any time."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from batches.reports import Figures, Question, Report, axes_of, make_report
from batches.reports.period import EVER, Period
from batches.reports.sentences import MOST_REASONS, sentences
from batches.store.ledger import feeding, moves
from batches.store.ledger.quarters import What
from batches.store.ledger.records import Reported
from batches.store.ledger.spending import Outstanding
from batches.store.ledger.states import State
from batches.store.ledger.waste import Waste
from tests.batches.store.ledger.world import CREDIT, UNKNOWN, plan_of, plan_with, risking

if TYPE_CHECKING:
    from tests.batches.store.ledger.world import World

PAID = Reported(micro_credits=4_500_000)
ESTIMATE = 3 * CREDIT
HOUR = 3600.0
ONE = "3 credits ($0.03)"
GIVEN_UP = "the answer was lost; submitted again"


def report_of(
    world: World, by: str = "model", *, batches: frozenset[str] | None = None, period: Period = EVER
) -> Report:
    return world.ask(make_report, Question(batches=batches, period=period, by=axes_of(by)))


def told(world: World, by: str, *names: str, **question: Any) -> dict[tuple[str, ...], Any]:
    """Of each line these figures."""
    return {
        line.values: tuple(getattr(line.figures, name) for name in names)
        for line in report_of(world, by, **question).lines
    }


def ends(world: World, job: Any, to: State, cost: Reported | None, reason: str) -> None:
    job = world.carry(job, State.RENDERING)
    world.do(moves.end, job, to, reason=reason, cost=cost, source="result", now=world.now)


@dataclass
class Night:
    """Two batches: foxes by flux-dev from one o'clock on, and an owl of unknown price by flux-2-pro at three."""

    world: World
    foxes: str  #: id: one done, one done at the second attempt, one moderated, one back in the queue
    owls: str  #: id: one failed, and nobody said what it cost


@pytest.fixture
def night(world: World) -> Night:
    world.now = HOUR
    foxes = world.submit(4)
    called = world.call()
    first, second, third, fourth = (world.claim(job_id) for job_id in called)
    world.now = 2 * HOUR
    world.finish(world.carry(first, State.FETCHING), PAID)
    world.put_back(world.carry(second, State.RENDERING), counts="failure", cost=Reported(micro_credits=CREDIT))
    ends(world, third, State.MODERATED, Reported(micro_credits=0), "Nudity")
    world.put_back(fourth)
    world.now = 3 * HOUR
    [second_id] = set(world.call(1))
    world.finish(world.carry(world.claim(second_id), State.FETCHING), PAID)
    [owl] = plan_of(1, model="flux-2-pro", estimate=None).jobs()
    owls = world.submit_plan(plan_with((owl._replace(labels={"series": "birds"}),), name="owls"), risking(0))
    [fourth_id, owl_id] = world.call()
    world.put_back(world.claim(fourth_id))
    ends(world, world.claim(owl_id), State.FAILED, UNKNOWN, "Task Error")
    return Night(world, foxes, owls)


def test_each_model_has_a_line_the_most_expensive_first(night: Night) -> None:
    report = report_of(night.world)
    assert [line.values for line in report.lines] == [("flux-dev",), ("flux-2-pro",)]
    foxes, owls = (line.figures for line in report.lines)
    assert foxes == Figures(
        jobs=4,
        attempts=4,  # two pictures, one failure, one moderated
        images=2,
        output_pixels=2 * 1000 * 500,
        settled=10 * CREDIT,  # 4.5 + 4.5 for the pictures, 1 for the failure
        estimated=4 * ESTIMATE,
        foreseen=2 * ESTIMATE,
        compared=9 * CREDIT,
    )
    assert owls == Figures(jobs=1, attempts=1, unknown=1, unpriced=1)
    assert report.totals == Figures.total([foxes, owls])


@pytest.mark.parametrize(
    ("by", "jobs_images_and_credits"),
    [
        ("day", {("1970-01-01",): (5, 2, 10 * CREDIT)}),
        (
            "hour",
            {
                ("1970-01-01 01:00+00:00",): (4, 0, 0),
                ("1970-01-01 02:00+00:00",): (0, 1, 5_500_000),
                ("1970-01-01 03:00+00:00",): (1, 1, 4_500_000),
            },
        ),
        ("account", {("main",): (5, 2, 10 * CREDIT)}),
        ("lane", {("standard",): (5, 2, 10 * CREDIT)}),
        ("label:series", {("animals",): (4, 2, 10 * CREDIT), ("birds",): (1, 0, 0)}),
        ("label:nobody", {("",): (5, 2, 10 * CREDIT)}),
        (
            "label:series,model",
            {("animals", "flux-dev"): (4, 2, 10 * CREDIT), ("birds", "flux-2-pro"): (1, 0, 0)},
        ),
        # what the done ones cost has their failures in it
        (
            "state",
            {("done",): (2, 2, 10 * CREDIT), ("failed",): (1, 0, 0), ("moderated",): (1, 0, 0), ("queued",): (1, 0, 0)},
        ),
        ("reason", {("",): (3, 2, 10 * CREDIT), ("Nudity",): (1, 0, 0), ("Task Error",): (1, 0, 0)}),
        (
            "state,account",
            {
                ("done", "main"): (2, 2, 10 * CREDIT),
                ("failed", "main"): (1, 0, 0),
                ("moderated", "main"): (1, 0, 0),
                ("queued", "main"): (1, 0, 0),
            },
        ),
        # a job that waits came to it at no time of its own
        (
            "hour,state",
            {
                ("1970-01-01 02:00+00:00", "done"): (1, 1, 5_500_000),
                ("1970-01-01 02:00+00:00", "moderated"): (1, 0, 0),
                ("1970-01-01 03:00+00:00", "done"): (1, 1, 4_500_000),
                ("1970-01-01 03:00+00:00", "failed"): (1, 0, 0),
            },
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_anything_can_have_the_lines(by: str, jobs_images_and_credits: dict[str, object], night: Night) -> None:
    found = told(night.world, by, "jobs", "images", "settled")
    assert list(found.items()) == list(jobs_images_and_credits.items())


def test_a_report_is_of_the_batches_and_the_time_that_it_is_asked_for(night: Night) -> None:
    both = told(night.world, "batch", "settled", "unknown")
    assert both == {(night.foxes,): (10 * CREDIT, 0), (night.owls,): (0, 1)}
    assert told(night.world, "batch", "jobs", batches=frozenset({night.owls})) == {(night.owls,): (1,)}
    second_hour = Period(since=2 * HOUR, until=3 * HOUR)
    assert told(night.world, "model", "jobs", "images", period=second_hour) == {("flux-dev",): (0, 1)}
    assert told(night.world, "state", "jobs", period=second_hour) == {("done",): (1,), ("moderated",): (1,)}
    assert told(night.world, "model", "jobs", period=Period(since=4 * HOUR)) == {}
    assert report_of(night.world, period=Period(since=4 * HOUR)).wasted == []


def test_what_was_paid_in_vain_is_told_by_reason(night: Night) -> None:
    assert report_of(night.world).wasted == [
        Waste(what=What.FAILED, reason="put back", attempts=1, settled=CREDIT, unknown=0),
        Waste(what=What.FAILED, reason="Task Error", attempts=1, settled=0, unknown=1),
        Waste(what=What.MODERATED, reason="Nudity", attempts=1, settled=0, unknown=0),
    ]
    assert list(sentences(report_of(night.world))) == [
        "! was charged over 5 % more or less than was foreseen for the same pictures.",
        "Paid, and failed: 2 attempts, at least 1 credit ($0.01).",
        "  1 attempt, 1 credit: put back",
        "  1 attempt, at least 0 credits: Task Error",
        "Moderated: 1 attempt, 0 credits ($0.00).",
        "  1 attempt, 0 credits: Nudity",
    ]


def test_an_attempt_that_failed_and_cost_nothing_is_no_waste(world: World) -> None:
    job = world.at(State.RENDERING)
    ends(world, job, State.FAILED, Reported(micro_credits=0), "Task Error")
    assert report_of(world).wasted == []


def test_what_was_paid_twice_and_what_is_at_risk_are_two_things(world: World) -> None:
    job = world.at(State.SUBMITTING, bound=10 * ESTIMATE)
    world.doubt(job)
    assert report_of(world).outstanding == Outstanding(reserved=0, at_risk=ESTIMATE, expired=0)
    world.do(feeding.resubmit_unsure, "main", world.now)
    again = world.carry(world.claim(*world.call()), State.RENDERING)
    assert report_of(world).outstanding == Outstanding(reserved=ESTIMATE, at_risk=ESTIMATE, expired=0)
    world.accept(job, PAID)
    found = report_of(world)
    assert found.wasted == [Waste(what=What.LOST, reason=GIVEN_UP, attempts=1, settled=4_500_000, unknown=0)]
    assert found.outstanding == Outstanding(reserved=ESTIMATE, at_risk=0, expired=0)
    world.doubt(again)  # BFL does not know its ticket any more
    found = report_of(world)
    assert found.outstanding == Outstanding(reserved=0, at_risk=ESTIMATE, expired=ESTIMATE)
    assert list(sentences(found)) == [
        "Paid twice: given up in doubt, and then the answer came: 1 attempt, 4.5 credits ($0.045).",
        f"  1 attempt, 4.5 credits: {GIVEN_UP}",
        f"At risk now: {ONE} for submissions whose answer or result was lost; {ONE} of it can no longer be fetched.",
    ]


def test_what_copies_save_is_told_apart(world: World) -> None:
    [fox] = plan_of(1).jobs()
    copy = fox._replace(number=2, occurrence=2, output_name="2.png")
    world.submit_plan(plan_with((fox, copy)), risking(0))
    world.finish(world.carry(world.claim(*world.call()), State.FETCHING), PAID)
    world.copied(world.claim(*world.call()))
    world.submit_plan(plan_with((fox,), name="second", reuse=True), risking(0))
    world.copied(world.claim(*world.call()))
    its = report_of(world).totals
    assert (its.jobs, its.images, its.attempts, its.settled) == (3, 3, 1, 4_500_000)
    assert (its.estimated, its.deduped, its.reused) == (ESTIMATE, ESTIMATE, ESTIMATE)
    assert told(world, "state", "jobs", "images") == {("done",): (3, 3)}


def test_jobs_that_several_accounts_may_pay_wait_for_all_of_them(world: World) -> None:
    world.submit(3, accounts=("lab", "main"))
    job = world.carry(world.claim(*world.call(1)), State.RENDERING)
    ends(world, job, State.FAILED, PAID, "Task Error")
    world.call(1)
    assert told(world, "account,state", "jobs") == {
        ("main", "failed"): (1,),
        ("main", "called"): (1,),
        ("lab+main", "queued"): (1,),
    }


def test_reasons_beyond_the_first_few_are_counted(world: World) -> None:
    world.submit(MOST_REASONS + 2)
    for job_id in world.call():
        ends(world, world.claim(job_id), State.FAILED, PAID, f"reason {job_id}")
    assert list(sentences(report_of(world)))[-1] == "  2 attempts for 2 more reasons"


def test_a_ledger_without_jobs_has_a_report_without_lines(world: World) -> None:
    for by in ("model", "state", "day,label:x"):
        report = report_of(world, by)
        assert (report.lines, report.totals, report.wasted) == ([], Figures(), [])


@pytest.mark.parametrize(
    ("figures", "per_image", "per_megapixel", "drift", "is_drift"),
    [
        (Figures(), None, None, None, False),
        (
            Figures(images=3, output_pixels=3_000_000, settled=10 * CREDIT, foreseen=100, compared=105),
            Decimal("3.333333"),
            Decimal("3.333333"),
            Decimal("0.05"),
            False,  # five hundredths are no drift yet
        ),
        (
            Figures(images=1, output_pixels=500_000, settled=CREDIT, foreseen=100, compared=94),
            1,
            2,
            Decimal("-0.06"),
            True,
        ),
        # foreseen as free
        (Figures(foreseen=0, compared=1), None, None, None, True),
    ],
)
def test_averages_and_drift_follow_from_the_sums(
    figures: Figures,
    per_image: object,
    per_megapixel: object,
    drift: object,
    is_drift: bool,  # noqa: FBT001  # a table's column
) -> None:
    assert (figures.credits_per_image, figures.credits_per_megapixel) == (per_image, per_megapixel)
    assert (figures.drift, figures.is_drift) == (drift, is_drift)
