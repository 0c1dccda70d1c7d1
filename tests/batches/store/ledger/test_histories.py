"""One job with all that happened to it, jobs a page at a time, and what came to its end of late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.store.ledger import histories, presence, standing, tempo
from batches.store.ledger.histories import Wanted
from batches.store.ledger.records import Reported
from batches.store.ledger.retrying import Choice, bill
from batches.store.ledger.states import State
from tests.batches.store.ledger.world import CREDIT, image_of

if TYPE_CHECKING:
    from tests.batches.store.ledger.world import World

COST = Reported(micro_credits=2 * CREDIT)


def make(world: World, count: int) -> None:
    for job_id in world.call(count):
        world.finish(world.carry(world.claim(job_id), State.FETCHING), COST)


def test_a_history_has_every_attempt_with_its_money(world: World) -> None:
    batch_id = world.submit(1)
    [job_id] = world.call()
    world.put_back(world.carry(world.claim(job_id), State.RENDERING), counts="failure", cost=COST)
    world.now += 5
    make(world, 1)
    found = world.ask(histories.history_of, batch_id, 1)
    assert [(tried.number, tried.outcome) for tried in found.attempts] == [(1, "failed"), (2, "done")]
    assert [one.kind for one in found.attempts[1].charges] == ["reserved", "reported", "settled"]
    assert found.attempts[1].charges[-1].micro_credits == 2 * CREDIT
    assert (found.job["state"], found.picture_of) == ("done", None)
    assert world.ask(histories.history_of, batch_id, 2) is None


def test_a_picture_is_found_by_its_job(world: World) -> None:
    batch_id = world.submit(2)
    [job_id] = world.call(1)
    job = world.carry(world.claim(job_id), State.FETCHING)
    world.finish(job, COST)
    its = image_of(job)
    assert world.ask(histories.picture_of, batch_id, 1) == (its.key, its.sha256, its.format)
    assert world.ask(histories.picture_of, batch_id, 2) is None


def test_jobs_are_found_by_what_is_wanted_of_them(world: World) -> None:
    batch_id = world.submit(5)
    make(world, 2)

    def numbers(wanted: Wanted, after: int = 0) -> list[int]:
        rows = world.ask(histories.find_jobs, batch_id, wanted, after=after, limit=3)
        return [row["number"] for row in rows]

    assert numbers(Wanted()) == [1, 2, 3]
    assert numbers(Wanted(), after=3) == [4, 5]
    assert numbers(Wanted(states=frozenset({State.DONE}))) == [1, 2]
    assert numbers(Wanted(states=frozenset({State.FAILED}))) == []
    assert numbers(Wanted(label="series=animals", text="FOX")) == [1, 2, 3]
    assert numbers(Wanted(label="other=animals")) == []
    assert world.ask(histories.models_of, batch_id) == ["flux-dev"]


def test_what_ended_of_late_is_told_by_batch(world: World) -> None:
    batch_id, world.now = world.submit(3), 1000.0
    make(world, 1)
    world.now = 2000.0
    make(world, 2)
    assert world.ask(tempo.images_since, 1500.0) == {batch_id: 2}
    assert (
        world.ask(tempo.ended_since, batch_id, 1500.0) == [tempo.Ended(at=2000.0, brought=True, settled=2 * CREDIT)] * 2
    )
    assert world.ask(tempo.ended_since, "another", 0.0) == []


def test_many_batches_stand_as_each_does(world: World) -> None:
    ids = [world.submit(3, name="one"), world.submit(2, name="two", estimate=None), world.submit(1, name="three")]
    make(world, 4)
    many = world.ask(lambda tx: standing.standings_of(tx, standing.list_batches(tx)))
    assert {one.batch.id: one for one in many} == {batch_id: world.standing(batch_id) for batch_id in ids}


def test_batches_at_rest_stand_apart_from_those_that_go_on(world: World) -> None:
    over, goes_on = world.submit(1, name="one"), world.submit(1, name="two")
    world.do(lambda tx: tx.exec_driver_sql(f"UPDATE batches SET ended_at = 5 WHERE id = '{over}'"))
    assert [batch.id for batch in world.ask(standing.at_rest, limit=5)] == [over]
    assert world.ask(standing.at_rest, limit=5, offset=1) == []
    assert [batch.id for batch in world.ask(standing.going_on)] == [goes_on]


def test_workers_are_told_with_what_they_have_in_their_hands(world: World) -> None:
    world.submit(3)
    for job_id in world.call(2):
        world.claim(job_id, "ann")
    world.do(presence.beat, "ann", 1005.0, at_risk=1)
    ann, bob = world.ask(presence.at_work, 1014.0)
    assert (ann.id, ann.jobs, ann.at_risk, ann.is_silent(1014.0)) == ("ann", 2, 1, False)
    assert (bob.id, bob.jobs, bob.is_silent(1014.0)) == ("bob", 0, True)
    world.do(presence.leave, "bob", 1015.0)
    assert [worker.id for worker in world.ask(presence.at_work, 1016.0)] == ["ann"]
    assert world.ask(presence.at_work, 9999.0) == []


def test_single_jobs_are_tried_again_by_their_numbers(world: World) -> None:
    batch_id = world.submit(3)
    for job_id in world.call(2):
        world.end(world.carry(world.claim(job_id), State.RENDERING), State.FAILED)
    [line] = world.ask(bill, batch_id, Choice(numbers=frozenset({2, 3})))
    assert (line.state, line.jobs) == (State.FAILED, 1)
