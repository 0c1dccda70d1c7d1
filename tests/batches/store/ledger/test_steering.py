"""A person pauses, resumes and cancels a batch while workers are at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from batches.policy import Budget, BudgetMode, Policy
from batches.store.ledger import feeding, standing, steering
from batches.store.ledger.records import Reported
from batches.store.ledger.schema import batches
from batches.store.ledger.states import State
from batches.store.ledger.steering import OverBudget
from tests.batches.store.ledger.world import CREDIT, World

if TYPE_CHECKING:
    from batches.store.ledger.records import Batch

NOW = 2000.0


def find(world: World, batch_id: str) -> Batch:
    return world.ask(standing.find_batch, batch_id)


def paused_by(world: World, batch_id: str, reason: str, **more: object) -> None:
    """As a policy pauses it."""
    values = {"paused": reason, "paused_message": "because", **more}
    world.do(lambda tx: tx.execute(update(batches).where(batches.c.id == batch_id).values(**values)))


def capped(world: World, batch_id: str, budget: Budget) -> None:
    """Paused, because a job of 3 credits did not fit under this cap."""
    paused_by(world, batch_id, "budget", paused_for=3 * CREDIT, policy=Policy(budget=budget).as_json())


def resume(world: World, batch_id: str) -> Batch:
    world.do(steering.resume, find(world, batch_id), NOW)
    return find(world, batch_id)


def cancel(world: World, batch_id: str, limit: int = 100) -> int:
    assert world.do(steering.begin_cancelling, batch_id)
    return world.do(steering.cancel_some, batch_id, now=NOW, limit=limit)


def states(world: World, count: int) -> list[str]:
    return [world.job(job_id).state for job_id in range(1, count + 1)]


class TestPause:
    """A person's word goes before that of any policy."""

    @pytest.mark.parametrize("before", [None, "person", "budget", "canary", "deadline"])
    def test_a_batch_is_paused_by_a_person_whatever_has_paused_it(self, before: str | None, world: World) -> None:
        batch_id = world.submit()
        paused_by(world, batch_id, before, paused_for=3 * CREDIT)
        assert world.do(steering.pause, batch_id, "lunch", NOW)
        batch = find(world, batch_id)
        assert (batch.paused, batch.paused_message, batch.paused_for) == ("person", "lunch", None)

    def test_jobs_that_wait_for_a_slot_go_back_to_the_queue(self, world: World) -> None:
        batch_id = world.submit(2)
        waiting, begun = (world.claim(job_id) for job_id in world.call())
        assert waiting is not None
        rendering = world.carry(begun, State.RENDERING)
        world.do(steering.pause, batch_id, "lunch", NOW)
        assert world.begin(waiting) is None
        assert states(world, 2) == [State.QUEUED, State.RENDERING]
        assert world.fetch(rendering)

    def test_what_is_cancelled_stays_cancelled(self, world: World) -> None:
        batch_id = world.at(State.RENDERING).batch_id
        cancel(world, batch_id)
        assert not world.do(steering.pause, batch_id, "lunch", NOW)
        assert find(world, batch_id).paused == "cancelled"

    def test_there_is_nothing_to_pause_when_every_job_has_ended(self, world: World) -> None:
        job = world.at(State.FETCHING)
        world.finish(job)
        assert not world.do(steering.pause, job.batch_id, "lunch", NOW)
        assert find(world, job.batch_id).paused is None


class TestResume:
    """What paused a batch holds no more, but for a budget."""

    @pytest.mark.parametrize(
        ("reason", "approved_at", "deadline_at"),
        [
            ("person", None, 1500.0),  # the policy says the rest
            ("canary", NOW, 1500.0),  # a person has found it good
            ("deadline", None, None),  # a person says go on, late as it is
            ("cancelled", None, 1500.0),
        ],
    )
    def test_it_goes_on(self, reason: str, approved_at: float | None, deadline_at: float | None, world: World) -> None:
        batch_id = world.submit()
        paused_by(world, batch_id, reason, deadline_at=1500.0)
        batch = resume(world, batch_id)
        assert (batch.paused, batch.paused_message, batch.paused_for) == (None, "", None)
        assert (batch.approved_at, batch.deadline_at) == (approved_at, deadline_at)

    @pytest.mark.parametrize(
        ("mode", "room"),
        [
            (BudgetMode.HARD, 9),  # 3 reserved, 3 at risk, 3 to come
            (BudgetMode.CAUTIOUS, 6),  # 3 reserved, 3 to come
        ],
    )
    def test_a_batch_whose_budget_is_used_up_goes_on_only_when_there_is_room(
        self, mode: BudgetMode, room: int, world: World
    ) -> None:
        batch_id = world.submit(3)
        doubtful, rendering, _ = world.call()
        world.doubt(world.carry(world.claim(doubtful), State.SUBMITTING))
        world.carry(world.claim(rendering), State.RENDERING)
        capped(world, batch_id, Budget(micro_credits=room * CREDIT - 1, mode=mode))
        with pytest.raises(OverBudget, match=r"Raise policy\.budget"):
            resume(world, batch_id)
        assert find(world, batch_id).paused == "budget"
        capped(world, batch_id, Budget(micro_credits=room * CREDIT, mode=mode))
        assert resume(world, batch_id).paused is None

    def test_a_budget_that_was_taken_out_of_the_manifest_holds_no_more(self, world: World) -> None:
        batch_id = world.submit()
        paused_by(world, batch_id, "budget", paused_for=3 * CREDIT)
        assert resume(world, batch_id).paused is None


class TestCancel:
    """What BFL works on goes on to its end; everything else ends here and costs nothing."""

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (State.QUEUED, State.CANCELLED),
            (State.CALLED, State.CANCELLED),
            (State.SUBMITTING, State.SUBMITTING),
            (State.RENDERING, State.RENDERING),
            (State.FETCHING, State.FETCHING),
            (State.UNSURE, State.CANCELLED),
            (State.DONE, State.DONE),
            (State.FAILED, State.FAILED),
            (State.MODERATED, State.MODERATED),
        ],
    )
    def test_only_what_bfl_does_not_work_on_is_taken_back(self, before: State, after: State, world: World) -> None:
        batch_id = world.submit(2)
        [job_id] = world.call(1)
        bring(world, job_id, before)
        cancel(world, batch_id)
        assert states(world, 2) == [after, State.CANCELLED]

    def test_nothing_is_cancelled_of_other_batches(self, world: World) -> None:
        cancel(world, world.submit())
        world.submit(name="other")
        assert states(world, 2) == [State.CANCELLED, State.QUEUED]

    def test_the_worker_that_waits_for_a_slot_steps_aside(self, world: World) -> None:
        job = world.at(State.CALLED)
        cancel(world, job.batch_id)
        assert world.begin(job) is None
        assert (world.job(job.id).owner, world.attempts(job.id), world.charges(job.id)) == (None, [], [])

    def test_what_bfl_works_on_is_kept_and_paid(self, world: World) -> None:
        job = world.at(State.RENDERING)
        cancel(world, job.batch_id)
        assert world.finish(world.carry(job, State.FETCHING))
        assert world.job(job.id).state == State.DONE

    def test_a_doubt_is_given_up_and_its_money_stays_at_risk(self, world: World) -> None:
        job = world.at(State.SUBMITTING, bound=3 * CREDIT)
        world.doubt(job)
        assert cancel(world, job.batch_id) == 1
        assert world.do(feeding.resubmit_unsure, "main", NOW) == 0
        now = world.standing(job.batch_id)
        assert (now.jobs, now.money.at_risk, now.money.reserved) == ({State.CANCELLED: 1}, 3 * CREDIT, 0)
        assert world.attempts(job.id) == [(1, "lost")]
        assert "perhaps paid" in world.job(job.id).reason

    def test_an_answer_that_comes_after_that_ends_the_doubt_about_the_money_and_nothing_else(
        self, world: World
    ) -> None:
        job = world.at(State.SUBMITTING)
        world.doubt(job)
        cancel(world, job.batch_id)
        assert world.accept(job, Reported(micro_credits=4 * CREDIT)) is None
        assert world.job(job.id).state == State.CANCELLED
        assert world.charges(job.id)[1:] == [
            ("reported", 4 * CREDIT, "submit answer"), ("settled", 4 * CREDIT, "submit answer")
        ]  # fmt: skip
        money = world.standing(job.batch_id).money
        assert (money.settled, money.at_risk) == (4 * CREDIT, 0)

    def test_a_few_at_a_time_make_all(self, world: World) -> None:
        batch_id = world.submit(5)
        counts = [cancel(world, batch_id, limit=2) for _ in range(3)]
        assert counts == [2, 2, 1]
        assert not world.do(steering.begin_cancelling, batch_id), "it is over"

    def test_what_bfl_does_not_take_after_all_is_cancelled_as_well(self, world: World) -> None:
        job = world.at(State.SUBMITTING)
        cancel(world, job.batch_id)
        world.put_back(job, counts="wait")
        assert cancel(world, job.batch_id) == 1
        assert world.job(job.id).state == State.CANCELLED
        assert world.standing(job.batch_id).money.reserved == 0

    def test_the_batch_comes_to_rest_when_bfl_is_done_with_it(self, world: World) -> None:
        job = world.at(State.FETCHING)
        cancel(world, job.batch_id)
        assert not world.standing(job.batch_id).rests
        world.finish(job)
        assert world.do(feeding.close_ended_batches, NOW) == [job.batch_id]

    def test_who_asks_for_more_takes_the_cancelling_back_but_no_other_pause(self, world: World) -> None:
        batch_id = world.submit()
        for reason, after in (("cancelled", None), ("person", "person")):
            paused_by(world, batch_id, reason)
            world.do(steering.take_back_cancelling, batch_id)
            assert find(world, batch_id).paused == after


def bring(world: World, job_id: int, state: State) -> Any:
    """This called job to this state; one that is to wait goes back to the queue."""
    job = world.claim(job_id)
    assert job is not None
    match state:
        case State.QUEUED:
            return world.put_back(job)
        case State.UNSURE:
            return world.doubt(world.carry(job, State.SUBMITTING))
        case State.DONE:
            return world.finish(world.carry(job, State.FETCHING))
        case State.FAILED | State.MODERATED:
            return world.end(world.carry(job, State.RENDERING), state)
    return world.carry(job, state)
