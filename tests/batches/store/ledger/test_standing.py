"""How a batch stands: counts, megapixels and money, at every moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batches.store.ledger import feeding, moves, spending, standing
from batches.store.ledger.records import Reported
from batches.store.ledger.standing import Money
from batches.store.ledger.states import State
from tests.batches.store.ledger.world import CREDIT, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.batches.store.ledger.world import World

PAID = Reported(micro_credits=2 * CREDIT)
PICTURE = 1000 * 500  # pixels


def end(world: World, state: State, cost: Reported | None) -> None:
    job = world.at(State.RENDERING)
    world.do(moves.end, job, state, reason="because", cost=cost, source="result", now=world.now)


def resubmitted(world: World) -> None:
    world.doubt(world.at(State.SUBMITTING, bound=3 * CREDIT))
    world.do(feeding.resubmit_unsure, "main", world.now)


def done_after_doubt(world: World) -> None:
    resubmitted(world)
    world.finish(world.carry(world.claim(*world.call()), State.FETCHING), PAID)


def money(settled: int = 0, unknown: int = 0, reserved: int = 0, at_risk: int = 0) -> Money:
    return Money(
        settled=settled * CREDIT, unknown=unknown, reserved=reserved * CREDIT, at_risk=at_risk * CREDIT
    )  # fmt: skip


@pytest.mark.parametrize(
    ("story", "state", "bill", "pixels"),
    [
        (lambda world: world.submit(), State.QUEUED, money(), 0),
        (lambda world: world.at(State.CALLED), State.CALLED, money(), 0),
        (lambda world: world.at(State.SUBMITTING), State.SUBMITTING, money(reserved=3), 0),
        (lambda world: world.at(State.RENDERING), State.RENDERING, money(reserved=3), 0),
        (lambda world: world.at(State.FETCHING), State.FETCHING, money(reserved=3), 0),
        # the answer was lost: no longer set aside for something under way, but perhaps spent
        (lambda world: world.doubt(world.at(State.SUBMITTING)), State.UNSURE, money(at_risk=3), 0),
        # BFL was busy, and the money is free again
        (lambda world: world.put_back(world.at(State.SUBMITTING)), State.QUEUED, money(), 0),
        # BFL failed and charged
        (lambda world: world.put_back(world.at(State.RENDERING), cost=PAID), State.QUEUED, money(settled=2), 0),
        (lambda world: world.finish(world.at(State.FETCHING), PAID), State.DONE, money(settled=2), PICTURE),
        # nobody said what it cost: counted as unknown, not as zero and not as the estimate
        (lambda world: world.finish(world.at(State.FETCHING), UNKNOWN), State.DONE, money(unknown=1), PICTURE),
        (lambda world: end(world, State.MODERATED, Reported(micro_credits=0)), State.MODERATED, money(), 0),
        (lambda world: end(world, State.FAILED, PAID), State.FAILED, money(settled=2), 0),
        (lambda world: end(world, State.FAILED, None), State.FAILED, money(), 0),
        # submitted again: the first attempt stays at risk for good
        (resubmitted, State.QUEUED, money(at_risk=3), 0),
        (done_after_doubt, State.DONE, money(settled=2, at_risk=3), PICTURE),
    ],
    ids=range(15),
)
def test_the_bill_is_right_at_every_moment(
    story: Callable[[World], object], state: State, bill: Money, pixels: int, world: World
) -> None:
    story(world)
    [batch] = world.ask(standing.list_batches)
    now = world.standing(batch.id)
    assert (now.jobs, now.money, now.output_pixels) == ({state: 1}, bill, pixels)


def test_a_batch_is_counted_by_itself(world: World) -> None:
    first = world.submit(3)
    second = world.submit(1, name="second")
    *_, last = world.call()
    world.finish(world.carry(world.claim(last), State.FETCHING), PAID)
    one, other = world.standing(first), world.standing(second)
    assert (one.total, one.jobs, one.money) == (3, {State.CALLED: 3}, money())
    assert (other.total, other.jobs, other.money) == (1, {State.DONE: 1}, money(settled=2))


@pytest.mark.parametrize("state", [State.CALLED, State.SUBMITTING, State.RENDERING, State.FETCHING])
def test_a_batch_with_a_job_under_way_does_not_rest(state: State, world: World) -> None:
    assert not world.standing(world.at(state).batch_id).rests


def test_a_batch_rests_when_every_job_is_done_or_held(world: World) -> None:
    batch_id = world.submit(2)
    first, second = (world.carry(world.claim(job_id), State.SUBMITTING) for job_id in world.call())
    world.finish(world.carry(first, State.FETCHING))
    assert not world.standing(batch_id).rests
    world.doubt(second)
    assert not world.standing(batch_id).rests, "the policy may yet submit it again"
    world.do(feeding.close_ended_batches, world.now)
    assert world.standing(batch_id).rests


def test_batches_are_listed_the_newest_first(world: World) -> None:
    ids = []
    for name in ("a", "b", "c"):
        ids.append(world.submit(name=name))
        world.now += 1
    assert [batch.id for batch in world.ask(standing.list_batches)] == ids[::-1]
    assert world.ask(standing.find_batch, "no-such-batch") is None


class TestListJobs:
    """The jobs of a batch, in the order of the plan."""

    def test_each_with_its_attempts_and_what_it_cost(self, world: World) -> None:
        batch_id = world.submit(2)
        first, _ = world.call()
        world.put_back(world.carry(world.claim(first), State.RENDERING), cost=PAID, counts="failure")
        world.call()
        world.finish(world.carry(world.claim(first), State.FETCHING), PAID)
        rows = world.ask(standing.list_jobs, batch_id)
        told = [(row["number"], row["state"], row["attempts"], row["settled_micro_credits"]) for row in rows]
        assert told == [(1, "done", 2, 4 * CREDIT), (2, "called", 0, None)]

    def test_only_those_in_the_states_asked_for_and_no_more_than_asked_for(self, world: World) -> None:
        batch_id = world.submit(5)
        world.call(3)
        called = world.ask(standing.list_jobs, batch_id, states=[State.CALLED], limit=2)
        assert [row["number"] for row in called] == [1, 2]
        waiting = world.ask(standing.list_jobs, batch_id, states=[State.QUEUED, State.DONE])
        assert [row["number"] for row in waiting] == [4, 5]


def test_batches_are_listed_a_page_at_a_time_also_those_of_one_moment(world: World) -> None:
    ids = [world.submit(name=f"batch-{number}") for number in range(5)]
    seen: list[str] = []
    behind = None
    while page := world.ask(standing.newest, behind=behind, limit=2):
        seen += [batch.id for batch in page]
        behind = page[-1]
    assert seen == [batch.id for batch in world.ask(standing.list_batches)]
    assert sorted(seen) == sorted(ids)


def test_what_is_reserved_is_told_by_account(world: World) -> None:
    world.at(State.RENDERING)
    world.submit(1, name="theirs", accounts=("lab",))
    world.do(moves.begin_attempt, world.claim(*world.call(account="lab"), account="lab"), world.now)
    told = world.ask(spending.outstanding_by_account)
    assert {account: one.reserved for account, one in told.items()} == {"main": 3 * CREDIT, "lab": 3 * CREDIT}
