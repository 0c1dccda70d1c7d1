"""What the dispatcher does to many jobs at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batches.policy import Canary, Policy
from batches.store.ledger import feeding, pausing, presence, retrying, submitting
from batches.store.ledger.looks import RING_AGAIN_SECONDS
from batches.store.ledger.records import BatchTerms, Reported
from batches.store.ledger.states import State
from tests.batches.store.ledger.world import CREDIT, SILENT_SECONDS, UNKNOWN, plan_of

if TYPE_CHECKING:
    from tests.batches.store.ledger.world import World

TERMS = BatchTerms(accounts=("main",))


def ring_again(world: World) -> list[int]:
    return world.do(feeding.ring_again, "main", world.now)


def resubmit(world: World) -> int:
    return world.do(feeding.resubmit_unsure, "main", world.now)


def close(world: World) -> list[str]:
    return list(world.do(feeding.close_ended_batches, world.now))


class TestCallDue:
    """A small window of jobs is called; the rest waits in the ledger."""

    def test_no_more_are_called_than_there_is_room_for(self, world: World) -> None:
        world.submit(5)
        assert [world.call(2), world.call(2), world.call(2)] == [[1, 2], [3, 4], [5]]

    def test_the_one_that_is_due_longest_is_called_first(self, world: World) -> None:
        world.submit(2)
        [first] = world.call(1)
        job = world.claim(first)
        assert job is not None
        world.now += 1
        world.put_back(job)  # due one second after the other
        assert [world.call(1), world.call(1)] == [[2], [1]]

    def test_a_job_is_not_called_before_its_time(self, world: World) -> None:
        world.submit()
        world.now -= 1
        assert world.call() == []

    def test_each_lane_has_its_own_room(self, world: World) -> None:
        world.submit(2, lane="standard")
        world.submit(2, lane="video", name="film")
        assert world.call(1, lane="video") == [3]
        assert world.call(1, lane="kontext-max") == []
        assert world.call(1) == [1]

    def test_an_account_is_not_fed_with_anothers_jobs(self, world: World) -> None:
        world.submit(accounts=("hers",))
        assert world.call() == []
        assert world.call(account="hers") == [1]


class TestTheWindow:
    """The dispatcher sees which lanes are busy and which are hungry."""

    def test_it_counts_what_is_called_or_holds_a_slot(self, world: World) -> None:
        batch_id = world.submit(6)
        called = world.call(5)
        stages = (State.SUBMITTING, State.RENDERING, State.FETCHING, State.CALLED)
        for job_id, stage in zip(called[1:], stages, strict=True):
            world.carry(world.claim(job_id), stage)
        # one is queued, and the one that is being fetched has freed its slot
        assert world.ask(feeding.in_window, batch_id, "main") == {"standard": 4}
        assert world.ask(feeding.in_window, "other", "main") == {}

    def test_a_lane_is_due_when_a_job_of_it_is(self, world: World) -> None:
        batch = world.standing(world.submit(2, lane="video")).batch
        assert list(world.ask(feeding.due_lanes, batch, world.now)) == ["video"]
        assert list(world.ask(feeding.due_lanes, batch, world.now - 1)) == []
        world.call(lane="video")
        assert list(world.ask(feeding.due_lanes, batch, world.now)) == []

    def test_only_the_first_jobs_are_due_until_the_canary_is_good(self, world: World) -> None:
        batch_id = world.submit(5, policy=Policy(canary=Canary(first=2)))
        assert world.call() == [1, 2]
        batch = world.standing(batch_id).batch
        assert list(world.ask(feeding.due_lanes, batch, world.now)) == []
        world.do(pausing.approve, batch_id, world.now)
        assert world.call() == [3, 4, 5]

    def test_a_batch_is_fed_once_all_of_it_is_written(self, world: World) -> None:
        batch = world.do(submitting.open_batch, plan_of(2), TERMS, world.now)
        world.do(submitting.add_jobs, batch, list(plan_of(2).jobs()), reuse=False, now=world.now)
        assert world.call() == []
        assert world.do(feeding.close_ended_batches, world.now) == []
        world.do(submitting.complete, batch.id, plan_of(2), TERMS, world.now)
        assert world.call() == [1, 2]


class TestRingAgain:
    """A doorbell is not the truth: what got lost is rung again."""

    def test_a_call_that_nobody_answers_is_rung_again_after_a_while(self, world: World) -> None:
        world.submit()
        [job_id] = world.call()
        world.now += RING_AGAIN_SECONDS
        assert ring_again(world) == []
        world.now += 1
        assert ring_again(world) == [job_id]
        assert ring_again(world) == []  # the time counts from the last ring
        assert world.job(job_id).state == State.CALLED

    def test_a_job_in_good_hands_is_not_rung_for(self, world: World) -> None:
        world.at(State.RENDERING)
        world.now += RING_AGAIN_SECONDS + 1
        assert ring_again(world) == []

    def test_when_a_worker_comes_or_goes_all_doorbells_are_rung_again_at_once(self, world: World) -> None:
        world.submit()
        [job_id] = world.call()
        world.do(feeding.ring_anew, "main")
        assert ring_again(world) == [job_id]

    def test_a_worker_that_comes_or_goes_does_not_touch_what_another_has_claimed(self, world: World) -> None:
        world.at(State.RENDERING, owner="bob")
        before = world.everything()
        world.do(feeding.ring_anew, "main")
        assert world.everything() == before

    def test_another_accounts_jobs_are_not_rung_for(self, world: World) -> None:
        world.submit(accounts=("hers",))
        world.call(account="hers")
        world.now += RING_AGAIN_SECONDS + 1
        assert ring_again(world) == []


class TestTakeFromSilent:
    """A worker that is not heard of loses its jobs; what it paid for is not paid again."""

    @pytest.mark.parametrize(
        ("before", "after", "why"),
        [
            (State.CALLED, State.QUEUED, "nothing was sent"),
            (State.SUBMITTING, State.UNSURE, "perhaps it was sent"),
            (State.RENDERING, State.RENDERING, "the ticket is kept"),
            (State.FETCHING, State.RENDERING, "a further poll gives a fresh link"),
        ],
    )
    def test_each_job_goes_on_from_what_is_known(self, before: State, after: State, why: str, world: World) -> None:
        job = world.at(before)
        assert world.silence("ann") == 1
        row = world.job(job.id)
        assert (row.state, row.owner, row.reason) == (after, None, "its worker fell silent"), why
        assert row.due_at == world.now
        rung = ring_again(world)
        assert rung == ([job.id] if after is State.RENDERING else []), "rung for at once"

    def test_a_worker_that_leaves_frees_its_jobs_at_once(self, world: World) -> None:
        world.at(State.RENDERING)
        world.do(presence.leave, "ann", world.now)
        assert world.do(feeding.take_from_silent, "sweeper", now=world.now, silent_seconds=SILENT_SECONDS) == 1

    def test_a_worker_that_beats_keeps_its_jobs(self, world: World) -> None:
        job = world.at(State.SUBMITTING)
        assert world.silence("bob") == 0
        assert world.job(job.id).owner == "ann"

    def test_a_worker_is_silent_only_after_the_whole_time(self, world: World) -> None:
        world.at(State.RENDERING)
        late = world.now + SILENT_SECONDS
        assert world.do(feeding.take_from_silent, "sweeper", now=late, silent_seconds=SILENT_SECONDS) == 0

    def test_a_worker_that_slept_takes_nothing_from_itself(self, world: World) -> None:
        world.at(State.SUBMITTING)
        late = world.now + 100 * SILENT_SECONDS
        assert world.do(feeding.take_from_silent, "ann", now=late, silent_seconds=SILENT_SECONDS) == 0

    def test_a_job_that_ended_is_nobodys_and_stays_as_it_is(self, world: World) -> None:
        world.finish(world.at(State.FETCHING))
        assert world.silence("ann") == 0


class TestDeadlyJobs:
    """A job that takes its workers down is set aside, and nobody else's job is."""

    def killed_at(self, world: World, job_id: int, state: State) -> None:
        """A worker takes the job up, brings it to this state, and dies."""
        ring_again(world)
        world.do(presence.beat, "ann", world.now)
        world.carry(world.claim(job_id), state)
        world.silence("ann")

    def test_the_third_worker_that_dies_fetching_it_is_the_last(self, world: World) -> None:
        world.submit(bound=1000 * CREDIT)
        [job_id] = world.call()
        for deaths in (1, 2):
            self.killed_at(world, job_id, State.FETCHING)
            row = world.job(job_id)
            assert (row.state, row.deaths) == (State.RENDERING, deaths)
        self.killed_at(world, job_id, State.FETCHING)
        row = world.job(job_id)
        assert (row.state, row.owner) == (State.UNSURE, None)
        assert row.reason == "its worker died with it 3 times; it is set aside for a person to look at"
        assert resubmit(world) == 0, "whatever the policy allows"
        assert world.attempts(job_id) == [(1, None)], "its ticket is kept"

    def test_the_third_worker_that_dies_submitting_it_is_the_last(self, world: World) -> None:
        world.submit(bound=1000 * CREDIT)
        [job_id] = world.call()
        for _ in range(2):
            self.killed_at(world, job_id, State.SUBMITTING)
            assert resubmit(world) == 1
            assert world.call() == [job_id]
        self.killed_at(world, job_id, State.SUBMITTING)
        assert resubmit(world) == 0
        assert world.job(job_id).state == State.UNSURE

    @pytest.mark.parametrize("waiting", [State.CALLED, State.RENDERING])
    def test_a_job_that_only_waited_is_under_no_suspicion(self, waiting: State, world: World) -> None:
        world.submit()
        [job_id] = world.call()
        for _ in range(5):
            self.killed_at(world, job_id, waiting)
            world.call()
        assert world.job(job_id).deaths == 0

    def test_a_worker_that_leaves_in_order_died_of_nothing(self, world: World) -> None:
        job = world.at(State.FETCHING)
        world.do(presence.leave, "ann", world.now)
        world.silence("ann")
        assert world.job(job.id).deaths == 0

    def test_a_person_who_has_it_tried_again_gives_it_all_its_lives(self, world: World) -> None:
        batch_id = world.submit()
        [job_id] = world.call()
        for _ in range(3):
            self.killed_at(world, job_id, State.FETCHING)
        world.do(retrying.put_back_some, batch_id, retrying.Choice(), now=world.now, limit=10)
        row = world.job(job_id)
        assert (row.state, row.deaths) == (State.QUEUED, 0)


class TestResubmitUnsure:
    """Perhaps paid twice, but never beyond the bound that the batch allows."""

    def unsure(self, world: World, count: int, **batch: object) -> list[int]:
        batch_id = world.submit(count, **batch)
        for job_id in world.call():
            world.doubt(world.carry(world.claim(job_id), State.SUBMITTING))
        assert world.standing(batch_id).jobs == {State.UNSURE: count}
        return list(range(1, count + 1))

    def states(self, world: World, job_ids: list[int]) -> list[State]:
        return [world.job(job_id).state for job_id in job_ids]

    def test_within_the_bound_a_job_is_submitted_again(self, world: World) -> None:
        [job_id] = self.unsure(world, 1, bound=3 * CREDIT)
        assert resubmit(world) == 1
        row = world.job(job_id)
        assert (row.state, row.failures, row.reason) == (State.QUEUED, 0, "submitted again: the answer was lost")
        assert world.attempts(job_id) == [(1, "lost")]

    def test_beyond_the_bound_a_job_is_held(self, world: World) -> None:
        job_ids = self.unsure(world, 3, bound=7 * CREDIT)  # 3 + 3 fit, 3 + 3 + 3 do not
        assert resubmit(world) == 2
        assert self.states(world, job_ids) == [State.QUEUED, State.QUEUED, State.UNSURE]
        assert resubmit(world) == 0

    def test_what_was_risked_once_is_remembered(self, world: World) -> None:
        [job_id] = self.unsure(world, 1, bound=5 * CREDIT)  # 3 fit, and 3 more do not
        resubmit(world)
        world.call()
        world.doubt(world.carry(world.claim(job_id), State.SUBMITTING))
        assert resubmit(world) == 0
        assert world.attempts(job_id) == [(1, "lost"), (2, None)]

    def test_one_batch_does_not_use_up_anothers_bound(self, world: World) -> None:
        first = self.unsure(world, 1, bound=3 * CREDIT)
        world.submit(1, name="second", bound=3 * CREDIT)
        world.doubt(world.carry(world.claim(*world.call()), State.SUBMITTING))
        assert resubmit(world) == 2
        assert self.states(world, [*first, 2]) == [State.QUEUED, State.QUEUED]

    def test_a_price_that_is_unknown_cannot_be_bounded_and_the_job_is_held(self, world: World) -> None:
        job_ids = self.unsure(world, 1, estimate=None, bound=1000 * CREDIT)
        assert resubmit(world) == 0
        assert self.states(world, job_ids) == [State.UNSURE]

    def test_a_bound_of_nothing_holds_every_job_that_costs(self, world: World) -> None:
        self.unsure(world, 1, bound=0)
        assert resubmit(world) == 0

    def test_another_accounts_doubts_are_left_alone(self, world: World) -> None:
        world.submit(accounts=("hers",), bound=3 * CREDIT)
        world.doubt(world.carry(world.claim(*world.call(account="hers"), account="hers"), State.SUBMITTING))
        assert resubmit(world) == 0

    def test_a_refused_attempt_risks_nothing(self, world: World) -> None:
        job = world.at(State.SUBMITTING, bound=3 * CREDIT)
        world.put_back(job)  # BFL was busy
        world.call()
        world.doubt(world.carry(world.claim(job.id), State.SUBMITTING))
        assert resubmit(world) == 1
        assert world.attempts(job.id) == [(1, "refused"), (2, "lost")]


class TestCloseEndedBatches:
    """A batch is over when no worker has anything left to do."""

    @pytest.mark.parametrize("state", [State.CALLED, State.SUBMITTING, State.RENDERING, State.FETCHING])
    def test_not_while_a_worker_has_a_job_of_it(self, state: State, world: World) -> None:
        world.at(state)
        assert close(world) == []

    def test_not_while_a_job_waits(self, world: World) -> None:
        world.submit()
        assert close(world) == []

    def test_when_its_last_job_is_done_and_only_then_and_once(self, world: World) -> None:
        batch_id = world.submit(2)
        first, second = (world.carry(world.claim(job_id), State.FETCHING) for job_id in world.call())
        world.finish(first)
        assert close(world) == []
        world.finish(second, Reported(micro_credits=CREDIT))
        world.now += 5
        assert close(world) == [batch_id]
        assert world.standing(batch_id).batch.ended_at == world.now
        assert close(world) == []

    def test_when_all_that_is_left_is_held(self, world: World) -> None:
        world.doubt(world.at(State.SUBMITTING, bound=0))
        assert len(close(world)) == 1

    def test_the_others_go_on(self, world: World) -> None:
        world.put_back(world.at(State.SUBMITTING), counts="failure", cost=UNKNOWN)
        world.submit(name="second")
        first, second = world.call()
        world.finish(world.carry(world.claim(second), State.FETCHING))
        assert [batch_id.split("-")[0] for batch_id in close(world)] == ["second"]
        assert world.job(first).state == State.CALLED
