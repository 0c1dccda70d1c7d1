"""A person has jobs tried again that rest without a picture, and knows before what that costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batches.store.ledger import LedgerError, feeding, retrying, standing, steering
from batches.store.ledger.records import BatchTerms
from batches.store.ledger.retrying import Again, Choice
from batches.store.ledger.states import NEVER, RETRIABLE, State
from tests.batches.store.ledger.world import CREDIT, World, plan_of, plan_with, write_batch

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = 2000.0
ALL = Choice()
FAILED, MODERATED, UNSURE, DONE, CANCELLED = range(1, 6)
"""The jobs of the batch with one of each."""


def retry(world: World, batch_id: str, choice: Choice = ALL, *, limit: int = 100) -> int:
    return world.do(retrying.put_back_some, batch_id, choice, now=NOW, limit=limit)


def bill(world: World, batch_id: str, choice: Choice = ALL) -> Sequence[Again]:
    return world.ask(retrying.bill, batch_id, choice)


def only(*states: State) -> Choice:
    return Choice(states=frozenset(states))


def cancel(world: World, batch_id: str) -> None:
    world.do(steering.begin_cancelling, batch_id)
    world.do(steering.cancel_some, batch_id, now=world.now, limit=100)


@pytest.fixture
def batch_id(world: World) -> str:
    """A batch that is over, with a job of each kind of rest."""
    batch_id = world.submit(5)
    held = {job_id: world.carry(world.claim(job_id), State.RENDERING) for job_id in world.call(4)}
    world.put_back(held[FAILED], counts="failure")
    [again] = world.call(1)
    world.end(world.carry(world.claim(again), State.RENDERING), State.FAILED)
    world.end(held[MODERATED], State.MODERATED)
    world.finish(world.carry(held[DONE], State.FETCHING))
    cancel(world, batch_id)
    world.doubt(held[UNSURE])
    world.do(feeding.close_ended_batches, world.now)
    return batch_id


@pytest.fixture
def foxes(world: World) -> str:
    """A batch that asks for one picture three times."""
    [fox] = plan_of(1).jobs()
    asked = (fox._replace(number=n, occurrence=n, output_name=f"{n}.png") for n in (1, 2, 3))
    terms = BatchTerms(accounts=("main",))
    return world.do(write_batch, plan_with(tuple(asked)), terms, world.now)


def states(world: World, count: int) -> list[str]:
    return [world.job(job_id).state for job_id in range(1, count + 1)]


class TestChoice:
    """States, words of the reason, or everything that rests without a picture."""

    @pytest.mark.parametrize(
        ("choice", "chosen"),
        [
            (ALL, {FAILED, MODERATED, UNSURE, CANCELLED}),
            (only(State.FAILED), {FAILED}),
            (only(State.MODERATED, State.CANCELLED), {MODERATED, CANCELLED}),
            (Choice(words=("a reason",)), {FAILED, MODERATED}),
            (Choice(words=("LOST",)), {UNSURE}),  # nobody remembers capitals
            (Choice(words=("lost", "as a person")), {UNSURE, CANCELLED}),
            (Choice(states=frozenset({State.FAILED}), words=("lost",)), {FAILED, UNSURE}),  # each adds its own
            (Choice(words=("%",)), set()),  # a character like any other
            (Choice(words=("never heard",)), set()),
        ],
    )
    def test_is_put_back_and_nothing_else(self, choice: Choice, chosen: set[int], world: World, batch_id: str) -> None:
        before = states(world, 5)
        assert sum(line.jobs for line in bill(world, batch_id, choice)) == len(chosen)
        assert retry(world, batch_id, choice) == len(chosen)
        expected = [State.QUEUED if job_id in chosen else state for job_id, state in enumerate(before, 1)]
        assert states(world, 5) == expected

    def test_is_of_one_batch(self, world: World, batch_id: str) -> None:
        other = world.submit(name="other")
        cancel(world, other)
        retry(world, other)
        assert states(world, 5).count(State.QUEUED) == 0
        assert world.standing(batch_id).rests

    def test_does_not_fit_what_ended_after_it_was_asked(self, world: World) -> None:
        world.now = NOW + 1
        job = world.at(State.CALLED, name="other")
        world.end(job, State.FAILED)
        assert retry(world, job.batch_id) == 0


class TestBill:
    """What is to be paid again is told before, by state."""

    def test_has_a_line_for_each_state(self, world: World, batch_id: str) -> None:
        lines = bill(world, batch_id)
        assert {line.state for line in lines} == RETRIABLE
        assert {(line.jobs, line.copies, line.micro_credits, line.unknown_prices) for line in lines} == {
            (1, 0, 3 * CREDIT, 0)
        }

    def test_says_which_prices_nobody_knows(self, world: World) -> None:
        batch_id = world.submit(2, estimate=None)
        cancel(world, batch_id)
        unknown = Again(state=State.CANCELLED, jobs=2, copies=0, micro_credits=0, unknown_prices=2)
        assert bill(world, batch_id) == [unknown]

    def test_copies_cost_nothing(self, world: World, foxes: str) -> None:
        cancel(world, foxes)
        told = Again(state=State.CANCELLED, jobs=1, copies=2, micro_credits=3 * CREDIT, unknown_prices=0)
        assert bill(world, foxes) == [told]


class TestPutBack:
    """A job that is tried again begins anew, and what it cost before stays on the bill."""

    def test_it_is_due_at_once_and_has_all_its_attempts(self, world: World, batch_id: str) -> None:
        assert world.job(FAILED).failures == 2
        retry(world, batch_id, only(State.FAILED))
        row = world.job(FAILED)
        assert (row.due_at, row.failures, row.waits, row.owner) == (NOW, 0, 0, None)
        world.now = NOW
        job = world.carry(world.take_up(FAILED, "bob"), State.FETCHING)
        assert job.attempt is not None
        assert job.attempt.number == 3
        assert world.finish(job)

    def test_a_doubt_is_given_up_and_its_money_stays_at_risk(self, world: World, batch_id: str) -> None:
        at_risk = world.standing(batch_id).money.at_risk
        retry(world, batch_id, only(State.UNSURE))
        assert world.attempts(UNSURE) == [(1, "lost")]
        money = world.standing(batch_id).money
        assert (money.at_risk, money.reserved) == (at_risk, 0) == (3 * CREDIT, 0)

    def test_the_batch_is_open_and_cancelled_no_more(self, world: World, batch_id: str) -> None:
        retry(world, batch_id, only(State.CANCELLED))
        batch = world.ask(standing.find_batch, batch_id)
        assert (batch.ended_at, batch.paused, batch.paused_message) == (None, None, "")
        world.now = NOW
        assert world.call() == [CANCELLED]

    def test_a_batch_that_has_nothing_to_try_again_is_left_alone(self, world: World, batch_id: str) -> None:
        before = world.everything()
        assert retry(world, batch_id, Choice(words=("never heard",))) == 0
        assert world.everything() == before

    def test_a_few_at_a_time_make_all(self, world: World, batch_id: str) -> None:
        assert [retry(world, batch_id, limit=3) for _ in range(3)] == [3, 1, 0]


class TestCopies:
    """A job and its copies go together."""

    @pytest.mark.parametrize("fate", [State.FAILED, State.MODERATED])
    def test_wait_again_for_the_picture(self, fate: State, world: World, foxes: str) -> None:
        world.end(world.carry(world.claim(*world.call()), State.RENDERING), fate)
        assert retry(world, foxes) == 3
        assert [world.job(job_id).due_at for job_id in (1, 2, 3)] == [NOW, NEVER, NEVER]
        world.now = NOW
        world.finish(world.carry(world.claim(*world.call()), State.FETCHING))
        assert world.call() == [2, 3]

    def test_are_due_at_once_where_the_picture_is_there(self, world: World, foxes: str) -> None:
        job = world.carry(world.claim(*world.call()), State.RENDERING)
        cancel(world, foxes)
        world.finish(world.carry(job, State.FETCHING))
        assert states(world, 3) == [State.DONE, State.CANCELLED, State.CANCELLED]
        assert retry(world, foxes) == 2
        assert [world.job(job_id).due_at for job_id in (2, 3)] == [NOW, NOW]

    def test_wait_where_the_picture_is_being_made(self, world: World, foxes: str) -> None:
        job = world.carry(world.claim(*world.call()), State.RENDERING)
        cancel(world, foxes)
        assert retry(world, foxes) == 2
        assert world.job(2).due_at == NEVER
        world.finish(world.carry(job, State.FETCHING))
        world.now = NOW
        assert world.call() == [2, 3]

    def test_take_the_job_along_without_which_there_is_no_picture(self, world: World, foxes: str) -> None:
        job = world.carry(world.claim(*world.call()), State.RENDERING)
        cancel(world, foxes)
        world.end(job, State.FAILED)
        choice = only(State.CANCELLED)
        assert [(line.state, line.jobs, line.copies) for line in bill(world, foxes, choice)] == [
            (State.FAILED, 1, 0),
            (State.CANCELLED, 0, 2),
        ]
        assert retry(world, foxes, choice, limit=1) == 3


def test_a_plan_is_not_open_twice(world: World, batch_id: str) -> None:
    twin = world.submit(5)
    batch = world.ask(standing.find_batch, batch_id)
    assert world.ask(retrying.open_twin, batch) == twin
    with pytest.raises(LedgerError):
        retry(world, batch_id)
    cancel(world, twin)
    world.do(feeding.close_ended_batches, world.now)
    assert world.ask(retrying.open_twin, batch) is None
