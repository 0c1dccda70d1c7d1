"""Readings of balances, and what they are compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from batches.store.ledger import balances, feeding, moves
from batches.store.ledger.balances import DEBITED_WITHIN_SECONDS, Reading
from batches.store.ledger.records import Reported
from batches.store.ledger.states import State
from tests.batches.store.ledger.world import CREDIT, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from batches.store.ledger.balances import Spending
    from tests.batches.store.ledger.world import World

ALWAYS = {"since": 0.0, "until": 1e9}
PAID = Reported(micro_credits=2 * CREDIT)


def reading(at: float, *, asked: float | None = None, account: str = "main") -> Reading:
    return Reading(account=account, asked_at=at - 1 if asked is None else asked, at=at, micro_credits=int(at))


def spendings(world: World, **period: float) -> Sequence[Spending]:
    return world.ask(lambda tx: list(balances.spendings(tx, "main", **{**ALWAYS, **period})))


def test_readings_are_kept_by_account_and_come_in_their_order(world: World) -> None:
    kept = [reading(20), reading(10), reading(15, account="other")]
    for one in kept:
        world.do(balances.keep, one)
    assert world.ask(balances.accounts_read) == ["main", "other"]
    assert world.ask(balances.readings, "main", **ALWAYS) == [kept[1], kept[0]]
    assert world.ask(balances.readings, "main", since=11, until=21) == [kept[0]]
    assert world.ask(balances.readings, "main", since=10, until=20) == [kept[1]]
    assert world.ask(balances.latest, "main") == kept[0]
    assert world.ask(balances.latest, "nobody") is None


def test_of_two_readings_that_overlap_the_first_stands_for_both(world: World) -> None:
    """Nobody knows which of the two balances was the earlier."""
    kept = [reading(20), reading(21, asked=19.5), reading(30)]
    for one in kept:
        world.do(balances.keep, one)
    assert world.ask(balances.readings, "main", **ALWAYS) == [kept[0], kept[2]]


def settled(world: World, cost: Reported, **batch: Any) -> None:
    job = world.at(State.FETCHING, **batch)
    world.now += 5
    world.finish(job, cost)


def settled_after_an_hour(world: World) -> None:
    job = world.at(State.FETCHING)
    world.now += 3600
    world.finish(job, PAID)


def moderated(world: World, cost: Reported) -> None:
    job = world.at(State.RENDERING)
    world.now += 5
    world.do(moves.end, job, State.MODERATED, reason="no", cost=cost, source="result", now=world.now)


def not_taken(world: World) -> None:
    job = world.at(State.SUBMITTING)
    world.now += 5
    world.put_back(job)


def lost(world: World) -> None:
    world.doubt(world.at(State.SUBMITTING, bound=3 * CREDIT))
    world.now += 5
    world.do(feeding.resubmit_unsure, "main", world.now)


def lost_and_answered_late(world: World) -> None:
    job = world.at(State.SUBMITTING, bound=3 * CREDIT)
    world.doubt(job)
    world.do(feeding.resubmit_unsure, "main", world.now)
    world.now += 5
    world.accept(job, PAID)


@pytest.mark.parametrize(
    ("story", "fate", "seconds", "amount"),
    [
        (lambda world: settled(world, PAID), "settled", 5, 2),
        (lambda world: settled(world, UNKNOWN), "unknown", 5, 0),
        (lambda world: moderated(world, PAID), "settled", 5, 2),
        (lambda world: moderated(world, UNKNOWN), "unknown", 5, 0),
        (not_taken, "settled", 5, 0),  # nothing was spent, which is as certain as a bill
        (settled_after_an_hour, "settled", DEBITED_WITHIN_SECONDS, 2),  # nobody fetched it, but BFL did not wait for us
        (lambda world: world.at(State.SUBMITTING), "under way", DEBITED_WITHIN_SECONDS, 0),
        (lambda world: world.at(State.FETCHING), "under way", DEBITED_WITHIN_SECONDS, 0),
        (lambda world: world.doubt(world.at(State.SUBMITTING)), "unsure", DEBITED_WITHIN_SECONDS, 0),
        (lost_and_answered_late, "settled", DEBITED_WITHIN_SECONDS, 2),
        (lost, "unsure", DEBITED_WITHIN_SECONDS, 0),  # also when it was submitted again
    ],
)
def test_an_attempt_tells_when_and_how_much(
    world: World, story: Callable[[World], Any], fate: str, seconds: float, amount: int
) -> None:
    began = world.now
    story(world)
    [found] = spendings(world)
    assert (found.fate, found.began_at, found.over_at) == (fate, began, began + seconds)
    assert (found.settled, found.reserved) == (amount * CREDIT, 3 * CREDIT)


def test_only_what_can_matter_is_read(world: World) -> None:
    began = world.now
    settled(world, PAID)
    ended = world.now
    assert len(spendings(world, since=ended + DEBITED_WITHIN_SECONDS - 1)) == 1
    assert not spendings(world, since=ended + DEBITED_WITHIN_SECONDS)
    assert not spendings(world, until=began)
    assert world.ask(lambda tx: list(balances.spendings(tx, "other", **ALWAYS))) == []


def test_what_was_settled_since_a_moment(world: World) -> None:
    settled(world, PAID)
    then = world.now
    settled(world, PAID, name="second")
    settled(world, UNKNOWN, name="third")
    assert world.ask(balances.settled_since, "main", then) == 2 * CREDIT
    assert world.ask(balances.settled_since, "main", 0.0) == 4 * CREDIT
    assert world.ask(balances.settled_since, "other", 0.0) == 0
