"""Accounts and lanes rest, one job tries, and what goes well lifts the stop."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from batches.store.ledger import feeding, moves, stops
from batches.store.ledger.records import Stop
from batches.store.ledger.states import State

if TYPE_CHECKING:
    from batches.store.ledger.records import ClaimedJob
    from tests.batches.store.ledger.world import World

STOP = Stop(account="main", reason="no credits", message="402: buy some", since=1000.0, until=1300.0, rest=300.0)
LANE = replace(STOP, lane="standard", reason="API in trouble", until=1030.0, rest=30.0)


def trouble(world: World, job: ClaimedJob) -> int:
    return world.do(stops.ran_into_trouble, job, world.now, within=60.0)


def test_the_later_stop_is_the_one_that_counts(world: World) -> None:
    later = replace(STOP, reason="key refused", since=1100.0, until=1600.0)
    world.do(stops.stop, STOP)
    world.do(stops.stop, later)
    assert world.ask(stops.stops_of, "main") == [later]


def test_a_stop_that_goes_on_began_when_it_began(world: World) -> None:
    world.do(stops.stop, STOP)
    world.do(stops.stop, replace(STOP, message="402: still", since=1300.0, until=1600.0))
    assert world.ask(stops.stop_of_account, "main") == replace(STOP, message="402: still", until=1600.0)


def test_an_account_and_its_lanes_rest_apart(world: World) -> None:
    world.do(stops.stop, LANE)
    assert world.ask(stops.stop_of_account, "main") is None
    assert world.ask(stops.stop_of_lane, "main", "standard") == LANE
    assert world.ask(stops.stop_of_lane, "main", "video") is None
    assert list(world.ask(stops.stops_of, "hers")) == []
    assert list(world.ask(stops.all_stops)) == [LANE]


@pytest.mark.parametrize("stop", [STOP, LANE], ids=["account", "lane"])
def test_while_it_rests_no_job_may_be_submitted_but_the_one_that_tries(stop: Stop, world: World) -> None:
    world.submit(2)
    first, second = (world.claim(job_id) for job_id in world.call())
    assert first
    assert world.ask(stops.holding, first, world.now) is None
    world.do(stops.stop, stop)
    assert world.ask(stops.holding, first, world.now) == stop
    world.now = stop.until
    world.do(stops.one_tries, "main", "standard", first.id, world.now)
    assert world.ask(stops.holding, first, world.now) is None
    held = world.ask(stops.holding, second, world.now)
    assert held == replace(stop, probe=first.id, until=stop.until + stop.rest)


def test_nobody_tries_before_the_time_has_come(world: World) -> None:
    world.do(stops.stop, LANE)
    world.do(stops.one_tries, "main", "standard", 1, LANE.until - 1)
    world.do(stops.one_tries, "main", "video", 1, LANE.until + 1)
    assert world.ask(stops.stops_of, "main") == [LANE]


def test_a_job_that_is_accepted_ends_the_rest_of_its_lane_and_account(world: World) -> None:
    job = world.at(State.SUBMITTING)
    video = replace(LANE, lane="video")
    for stop in (STOP, LANE, video):
        world.do(stops.stop, stop)
    assert trouble(world, job) == 1
    world.accept(job)
    assert world.ask(stops.all_stops) == [video]
    assert trouble(world, job) == 1, "counted anew"


def test_a_picture_that_is_stored_shows_that_the_image_store_is_mended_and_an_acceptance_does_not(world: World) -> None:
    job_id = hand_over_for_an_hour(world)
    full = replace(STOP, reason="image store")
    world.do(stops.stop, full)
    world.submit(name="second")
    job = world.carry(world.claim(*world.call()), State.FETCHING)
    assert world.ask(stops.all_stops) == [full]
    world.finish(job)
    assert list(world.ask(stops.all_stops)) == []
    assert world.do(feeding.ring_again, "main", world.now) == [job_id], "and what waited for it goes on"


def test_troubles_in_a_row_are_counted_by_lane_while_they_are_young(world: World) -> None:
    world.submit(1)
    world.submit(1, name="film", lane="video")
    [image], [film] = world.call(), world.call(lane="video")
    image, film = world.claim(image), world.claim(film)
    assert [trouble(world, image), trouble(world, image), trouble(world, film)] == [1, 2, 1]
    world.now += 60
    assert trouble(world, image) == 3
    world.now += 1
    assert trouble(world, image) == 1, "the first was longer ago"


def hand_over_for_an_hour(world: World) -> int:
    job = world.at(State.FETCHING)
    world.do(moves.hand_over, job, now=world.now, due_at=world.now + 3600, reason="the disk is full")
    return job.id


@pytest.mark.parametrize("stop", [STOP, LANE], ids=["account", "lane"])
def test_what_a_person_mended_goes_on_at_once_and_what_waited_for_it_too(stop: Stop, world: World) -> None:
    world.do(stops.stop, stop)
    job_id = hand_over_for_an_hour(world)
    world.do(stops.stop, stop)
    world.do(stops.lift, "main", 1001.0)
    assert list(world.ask(stops.all_stops)) == []
    assert world.do(feeding.ring_again, "main", 1001.0) == [job_id]


def test_where_nothing_was_stopped_nothing_is_hurried(world: World) -> None:
    hand_over_for_an_hour(world)
    before = world.everything()
    world.do(stops.lift, "main", 1001.0)
    assert world.everything() == before
