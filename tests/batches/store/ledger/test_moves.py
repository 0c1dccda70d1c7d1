"""A worker moves a job on only while the job is its own; whoever comes late changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from batches.store.ledger import moves
from batches.store.ledger.records import Reported
from batches.store.ledger.states import State
from tests.batches.store.ledger.world import CREDIT, UNKNOWN, image_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from batches.store.ledger.records import ClaimedJob
    from tests.batches.store.ledger.world import World

    Verb = Callable[[Connection, ClaimedJob], object]

NOW = 2000.0
FREE = Reported(micro_credits=0)


def put_back(tx: Connection, job: ClaimedJob) -> bool:
    return moves.put_back(tx, job, now=NOW, due_at=NOW, reason="busy", counts="wait", cost=None)


def give_up(tx: Connection, job: ClaimedJob) -> bool:
    return moves.end(tx, job, State.FAILED, reason="rejected", cost=None, source="result", now=NOW)


def moderate(tx: Connection, job: ClaimedJob) -> bool:
    return moves.end(tx, job, State.MODERATED, reason="nudity", cost=FREE, source="rule", now=NOW)


def hand_over(tx: Connection, job: ClaimedJob) -> bool:
    return moves.hand_over(tx, job, now=NOW, due_at=NOW, reason="leaving")


def begin(tx: Connection, job: ClaimedJob) -> ClaimedJob | None:
    return moves.begin_attempt(tx, job, NOW)


def doubt(tx: Connection, job: ClaimedJob) -> bool:
    return moves.doubt(tx, job, "the answer was lost", NOW)


def fetch(tx: Connection, job: ClaimedJob) -> ClaimedJob | None:
    return moves.start_fetching(tx, job, NOW)


def ask_again(tx: Connection, job: ClaimedJob) -> ClaimedJob | None:
    return moves.ask_again(tx, job, "the link died", NOW)


def finish(tx: Connection, job: ClaimedJob) -> bool:
    return moves.finish(tx, job, image_of(job), UNKNOWN, NOW)


WAYS: list[tuple[State, Verb, State]] = [
    (State.CALLED, begin, State.SUBMITTING),
    (State.CALLED, put_back, State.QUEUED),
    (State.CALLED, give_up, State.FAILED),
    (State.SUBMITTING, put_back, State.QUEUED),
    (State.SUBMITTING, doubt, State.UNSURE),
    (State.SUBMITTING, give_up, State.FAILED),
    (State.RENDERING, fetch, State.FETCHING),
    (State.RENDERING, put_back, State.QUEUED),
    (State.RENDERING, doubt, State.UNSURE),
    (State.RENDERING, moderate, State.MODERATED),
    (State.RENDERING, give_up, State.FAILED),
    (State.RENDERING, hand_over, State.RENDERING),
    (State.FETCHING, ask_again, State.RENDERING),
    (State.FETCHING, hand_over, State.RENDERING),
    (State.FETCHING, doubt, State.UNSURE),
    (State.FETCHING, give_up, State.FAILED),
    (State.FETCHING, finish, State.DONE),
]
"""Every verb but `claim` and `keep_ticket`, from every state it leads out of."""


def named(before: State, verb: Verb, *after: State) -> Any:
    return pytest.param(before, verb, *after, id=f"{verb.__name__}-from-{before}")


every_way = pytest.mark.parametrize(("before", "verb"), [named(before, verb) for before, verb, _ in WAYS])


@pytest.mark.parametrize(("before", "verb", "after"), [named(*way) for way in WAYS])
def test_the_owner_moves_its_job_on(before: State, verb: Verb, after: State, world: World) -> None:
    job = world.at(before)
    assert world.do(verb, job)
    row = world.job(job.id)
    assert (row.state, row.changed_at) == (after, NOW)
    keeps_it = after in (State.SUBMITTING, State.FETCHING) or verb is ask_again
    assert row.owner == ("ann" if keeps_it else None)


@every_way
def test_a_job_whose_worker_was_taken_for_dead_is_left_alone(before: State, verb: Verb, world: World) -> None:
    job = world.at(before)
    assert world.silence("ann") == 1
    steps_aside(world, verb, job)


@every_way
def test_a_job_that_another_worker_brought_to_the_same_state_is_left_alone(
    before: State, verb: Verb, world: World
) -> None:
    job = world.at(before, bound=3 * CREDIT)
    world.silence("ann")
    world.carry(world.take_up(job.id, "bob"), before)
    steps_aside(world, verb, job)


@pytest.mark.parametrize(
    ("before", "verb"),
    [named(before, verb) for before, verb, _ in WAYS if before is not State.CALLED],  # before the first attempt
)
def test_a_worker_that_slept_and_took_the_job_up_anew_keeps_its_two_attempts_apart(
    before: State, verb: Verb, world: World
) -> None:
    job = world.at(before, bound=3 * CREDIT)
    world.silence("ann")
    bobs = world.take_up(job.id, "bob")
    if bobs.state is not State.CALLED:  # the ticket was handed on, and came to nothing
        world.put_back(bobs, counts="failure", cost=UNKNOWN)
        bobs = world.take_up(job.id, "bob")
    world.put_back(bobs)
    anew = world.carry(world.take_up(job.id, "ann"), before)
    assert (anew.state, anew.owner) == (job.state, job.owner)
    assert anew.attempt is not None
    assert anew.attempt.number == 2
    steps_aside(world, verb, job)


def steps_aside(world: World, verb: Verb, job: ClaimedJob) -> None:
    before = world.everything()
    assert not world.do(verb, job)
    assert world.everything() == before


@pytest.mark.parametrize(
    ("state", "verb"),
    [
        (State.CALLED, fetch),  # nothing was submitted
        (State.CALLED, hand_over),  # there is no ticket to hand over
        (State.SUBMITTING, begin),  # one attempt at a time
        (State.SUBMITTING, finish),  # a picture comes from a ticket
        (State.RENDERING, finish),  # a picture is fetched before it is done
        (State.FETCHING, begin),  # what is paid for is not submitted again
    ],
)
def test_a_move_that_is_not_in_the_table_is_a_bug_and_changes_nothing(state: State, verb: Verb, world: World) -> None:
    job = world.at(state)
    before = world.everything()
    with pytest.raises(ValueError, match=f"no move leads from {state}"):
        world.do(verb, job)
    assert world.everything() == before
