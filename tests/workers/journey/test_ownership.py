"""A job has one owner: it is handed over, taken up and taken away without being paid again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import update

from batches.store.ledger.schema import jobs
from batches.store.ledger.states import State
from workers.journey import Journey
from workers.slots import holder_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.workers.conftest import Company
    from tests.workers.journey.conftest import World


def test_a_job_that_is_handed_over_goes_on_through_its_ticket_and_is_paid_once(
    world: World, submit: Callable[..., str], company: Company
) -> None:
    submit("a fox")
    company.spoil("poll", "pending")
    with world.carrying(until=State.RENDERING):
        world.leaving.set()
    handed_over = world.job()
    assert (handed_over["state"], handed_over["owner"]) == (State.RENDERING, None)
    assert handed_over["reason"] == "its worker left"
    assert world.held() == 1, "BFL is still at work"
    world.leaving.clear()
    company.mend()
    assert world.carry(worker="two")["state"] == State.DONE
    assert company["accepted"] == 1
    assert world.money().settled == company["billed_micro_credits"] == 2_500_000
    assert world.held() == 0


def test_a_job_that_waits_for_a_slot_goes_back_when_its_worker_leaves(
    world: World, submit: Callable[..., str], company: Company
) -> None:
    submit("a fox")
    world.slots.hold("ours:standard", [f"other-{number}" for number in range(24)])
    with world.carrying(until=State.CALLED):
        world.leaving.set()
    job = world.job()
    assert (job["state"], job["owner"], job["reason"]) == (State.QUEUED, None, "its worker left")
    assert world.charges() == []
    assert company["accepted"] == 0


def test_a_worker_that_was_taken_for_dead_steps_aside(
    world: World, submit: Callable[..., str], company: Company
) -> None:
    submit("a fox")
    company.spoil("poll", "pending")
    with world.carrying(until=State.RENDERING):
        world.worker_one_falls_silent()
        successor = Journey.claim(1, replace(world.hands, worker="two"))
        assert successor is not None
        company.mend()
        successor.travel()
    assert world.job()["state"] == State.DONE
    assert [kind for kind, *_ in world.charges()] == ["reserved", "reported", "settled"]
    assert company["accepted"] == 1


def test_an_answer_that_comes_after_the_job_was_taken_for_lost_keeps_the_ticket(
    world: World, submit: Callable[..., str], company: Company
) -> None:
    submit("a fox")
    company.spoil("submit", "slow", seconds=1)
    with world.carrying(until=State.SUBMITTING):
        world.worker_one_falls_silent()
        assert world.job()["state"] == State.UNSURE
    assert (world.job()["state"], world.job()["reason"]) == (State.RENDERING, "the answer came late")
    assert world.carry(worker="two")["state"] == State.DONE
    assert company["accepted"] == 1
    assert world.money().settled == company["billed_micro_credits"]


def test_a_job_that_was_taken_away_while_it_waited_for_a_slot_is_not_sent(
    world: World, submit: Callable[..., str], company: Company
) -> None:
    submit("a fox")
    world.slots.hold("ours:standard", [f"other-{number}" for number in range(24)])
    with world.carrying(until=State.CALLED):
        world.worker_one_falls_silent()
        world.slots.release("ours:standard", "other-1")
    assert company["accepted"] == 0
    assert world.charges() == []
    assert world.held() == 23, "the slot it had taken is free again"


def test_the_slot_of_a_job_that_another_worker_has_by_now_is_left_to_that_one(
    world: World, submit: Callable[..., str]
) -> None:
    """It has the job's name: given back by the first, it would be taken while the second uses it."""
    submit("a fox")
    world.slots.hold("ours:standard", [f"other-{number}" for number in range(24)])
    with world.carrying(until=State.CALLED):
        world.worker_one_falls_silent()
        with world.ledger.write() as tx:
            tx.execute(update(jobs).values(state=State.CALLED, owner="two"))
        world.slots.hold("ours:standard", [holder_name(1)])
        world.slots.release("ours:standard", "other-1")
    assert world.held() == 24, "23 others and this job"


def test_two_workers_that_hear_the_same_doorbell_do_not_share_the_job(world: World, submit: Callable[..., str]) -> None:
    submit("a fox")
    world.call()
    assert Journey.claim(1, world.hands) is not None
    assert Journey.claim(1, replace(world.hands, worker="two")) is None


def test_a_job_that_was_taken_back_and_called_again_waits_for_the_journey_that_does_not_know(
    world: World, submit: Callable[..., str]
) -> None:
    """Both would have the same slot, and the first would give it back under the other."""
    submit("a fox")
    world.call()
    unaware = Journey.claim(1, world.hands)
    with world.ledger.write() as tx:
        tx.execute(update(jobs).values(owner=None))
    assert unaware is not None
    assert Journey.claim(1, world.hands) is None
    unaware.travel()
    assert Journey.claim(1, world.hands) is not None


def test_a_doorbell_for_a_job_that_is_done_is_for_nothing(world: World, submit: Callable[..., str]) -> None:
    submit("a fox")
    world.carry()
    assert Journey.claim(1, world.hands) is None
