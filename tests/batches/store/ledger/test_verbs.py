"""What each move of one job promises: claim, ticket, putting back, and the ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from batches.store.ledger import LedgerError, feeding, moves
from batches.store.ledger.records import Reported, Ticket
from batches.store.ledger.states import State
from tests.batches.store.ledger.world import CREDIT

if TYPE_CHECKING:
    from batches.store.ledger.records import ClaimedJob
    from tests.batches.store.ledger.world import World

NOW = 2000.0


class TestClaim:
    """A doorbell may ring twice, late or for nothing."""

    def test_a_claimed_job_has_all_that_is_needed_to_carry_it_on(self, world: World) -> None:
        batch_id = world.submit()
        [job_id] = world.call()
        job = world.claim(job_id)
        assert job is not None
        assert (job.batch_id, job.batch_name, job.manifest_sha256) == (batch_id, "hello", "5" * 64)
        assert (job.account, job.lane, job.model, job.path) == ("main", "standard", "flux-dev", "/v1/flux-dev")
        assert (job.params, job.labels) == ({"prompt": "A fox", "seed": 1}, {"series": "animals"})
        assert (job.number, job.row_id, job.output_name) == (1, "row-1", "0001.png")
        assert (job.estimate_micro_credits, job.policy.attempts, job.failures, job.waits) == (3 * CREDIT, 3, 0, 0)
        assert (job.state, job.owner, job.attempt) == (State.CALLED, "ann", None)

    def test_the_second_of_two_doorbells_finds_the_job_taken(self, world: World) -> None:
        world.submit()
        [job_id] = world.call()
        assert world.claim(job_id, "ann")
        assert world.claim(job_id, "bob") is None
        assert world.claim(job_id, "ann") is None

    def test_a_job_that_was_not_called_is_not_claimed(self, world: World) -> None:
        world.submit()
        assert world.claim(1) is None

    def test_a_job_that_ended_is_not_claimed(self, world: World) -> None:
        job = world.at(State.FETCHING)
        world.finish(job)
        assert world.claim(job.id) is None

    def test_a_job_that_does_not_exist_is_not_claimed(self, world: World) -> None:
        assert world.claim(404) is None

    def test_a_worker_that_nobody_knows_claims_nothing(self, world: World) -> None:
        world.submit()
        [job_id] = world.call()
        with pytest.raises(LedgerError):
            world.claim(job_id, "nobody")
        assert world.job(job_id).owner is None

    def test_a_job_handed_over_comes_with_its_ticket(self, world: World) -> None:
        job = world.at(State.RENDERING)
        world.do(moves.hand_over, job, now=NOW, due_at=NOW, reason="leaving")
        taken = world.claim(job.id, "bob")
        assert taken is not None
        assert (taken.state, taken.owner, taken.attempt) == (State.RENDERING, "bob", job.attempt)


class TestKeepTicket:
    """From the ticket on, this attempt is never paid again."""

    TICKET = Ticket(id="t-1", polling_url="https://eu.bfl.example/1", accepted_at=NOW)
    SAID = Reported(micro_credits=2 * CREDIT, input_micro_mp=0, output_micro_mp=262_144)

    def keep(self, world: World, job: ClaimedJob) -> Any:
        return world.do(moves.keep_ticket, job, self.TICKET, self.SAID)

    def test_the_job_renders_and_its_waits_are_over(self, world: World) -> None:
        job = world.at(State.CALLED)
        world.put_back(job, counts="wait")
        world.call()
        job = world.carry(world.claim(job.id), State.SUBMITTING)
        assert job.waits == 1
        kept = self.keep(world, job)
        assert (kept.state, kept.waits, kept.attempt.ticket) == (State.RENDERING, 0, self.TICKET)
        assert world.job(job.id).waits == 0
        assert world.charges(job.id)[-1] == ("reported", 2 * CREDIT, "submit answer")

    def test_an_answer_that_comes_late_settles_the_doubt(self, world: World) -> None:
        job = world.at(State.SUBMITTING)
        world.silence("ann")
        assert world.job(job.id).state == State.UNSURE
        assert self.keep(world, job) is None
        row = world.job(job.id)
        assert (row.state, row.owner, row.reason) == (State.RENDERING, None, "the answer came late")
        assert world.do(feeding.ring_again, "main", NOW) == [job.id]
        taken = world.claim(job.id, "bob")
        assert taken is not None
        assert taken.attempt is not None
        assert taken.attempt.ticket == self.TICKET

    def test_an_answer_that_comes_when_the_job_was_submitted_again_is_kept_and_changes_no_state(
        self, world: World
    ) -> None:
        job = world.at(State.SUBMITTING, bound=3 * CREDIT)
        world.silence("ann")
        again = world.carry(world.take_up(job.id, "bob"), State.SUBMITTING)
        assert self.keep(world, job) is None
        row = world.job(job.id)
        assert (row.state, row.owner) == (State.SUBMITTING, "bob")
        assert world.attempts(job.id) == [(1, "lost"), (2, None)]
        assert ("reported", 2 * CREDIT, "submit answer") in world.charges(job.id)
        assert world.accept(again) is not None

    def test_an_answer_that_comes_when_the_second_attempt_is_in_doubt_too_does_not_settle_that(
        self, world: World
    ) -> None:
        job = world.at(State.SUBMITTING, bound=3 * CREDIT)
        world.silence("ann")
        world.doubt(world.carry(world.take_up(job.id, "bob"), State.SUBMITTING))
        assert self.keep(world, job) is None
        assert world.job(job.id).state == State.UNSURE

    def test_a_job_that_was_not_submitted_has_no_ticket(self, world: World) -> None:
        job = world.at(State.CALLED)
        with pytest.raises(ValueError, match="has no attempt under way"):
            self.keep(world, job)


class TestPutBack:
    """Waiting is not failing."""

    @pytest.mark.parametrize(
        ("counts", "failures", "waits"),
        [
            ("nothing", 0, 0),  # no slot was free, or the worker left
            ("wait", 0, 1),  # BFL was busy
            ("failure", 1, 0),  # BFL failed
        ],
    )
    def test_only_a_real_failure_spends_an_attempt(self, counts: str, failures: int, waits: int, world: World) -> None:
        job = world.at(State.SUBMITTING)
        assert world.put_back(job, counts=counts)
        row = world.job(job.id)
        assert (row.failures, row.waits) == (failures, waits)

    def test_a_worker_that_holds_a_job_twice_does_not_forget_a_failure(self, world: World) -> None:
        early = world.at(State.CALLED)
        world.silence("ann")
        world.put_back(world.carry(world.take_up(early.id, "ann"), State.RENDERING), counts="failure")
        world.take_up(early.id, "ann")
        assert world.put_back(early), "nothing was sent from here, so nothing tells the two claims apart"
        assert world.job(early.id).failures == 1

    def test_the_job_waits_for_its_due_time_and_says_why(self, world: World) -> None:
        job = world.at(State.CALLED)
        world.do(moves.put_back, job, now=NOW, due_at=NOW + 60, reason="429", counts="wait", cost=None)
        row = world.job(job.id)
        assert (row.due_at, row.reason) == (NOW + 60, "429")
        world.now = NOW + 59
        assert world.call() == []
        world.now = NOW + 60
        assert world.call() == [job.id]

    def test_without_an_attempt_no_money_moves(self, world: World) -> None:
        job = world.at(State.CALLED)
        world.put_back(job)
        assert (world.attempts(job.id), world.charges(job.id)) == ([], [])

    def test_the_next_attempt_has_the_next_number(self, world: World) -> None:
        job = world.at(State.SUBMITTING)
        world.put_back(job)
        again = world.carry(world.take_up(job.id, "bob"), State.SUBMITTING)
        assert again.attempt is not None
        assert again.attempt.number == 2
        assert world.attempts(job.id) == [(1, "refused"), (2, None)]


def test_a_job_that_is_done_names_its_picture(world: World) -> None:
    job = world.at(State.FETCHING)
    world.finish(job)
    row = world.job(job.id)
    assert (row.image_key, row.image_sha256, row.image_format) == ("k/0001.png", "a" * 64, "png")
    assert (row.image_width, row.image_height, row.image_bytes) == (1000, 500, 9)
    assert (row.reason, world.attempts(job.id)) == ("", [(1, "done")])


@pytest.mark.parametrize(
    ("state", "failures"),
    [
        (State.FAILED, 1),
        (State.MODERATED, 0),  # an outcome, not a failure
    ],
)
def test_a_job_that_ends_without_a_picture_says_why(state: State, failures: int, world: World) -> None:
    job = world.at(State.RENDERING)
    world.do(moves.end, job, state, reason="because", cost=None, source="rule", now=NOW)
    row = world.job(job.id)
    assert (row.state, row.reason, row.failures) == (state, "because", failures)
    assert world.attempts(job.id) == [(1, state)]


def test_a_link_that_died_keeps_the_attempt(world: World) -> None:
    job = world.at(State.FETCHING)
    asking = world.do(moves.ask_again, job, "the link died", NOW)
    assert (asking.state, asking.attempt) == (State.RENDERING, job.attempt)
    assert world.job(job.id).reason == "the link died"
    assert world.carry(asking, State.FETCHING)


def test_a_job_handed_over_is_rung_for_when_its_time_has_come(world: World) -> None:
    job = world.at(State.FETCHING)
    world.do(moves.hand_over, job, now=NOW, due_at=NOW + 300, reason="the disk is full")
    assert world.do(feeding.ring_again, "main", NOW + 299) == []
    assert world.do(feeding.ring_again, "main", NOW + 300) == [job.id]
    assert world.attempts(job.id) == [(1, None)]
