"""The dispatcher holds batches to their policies."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from batches.policy import Canary
from batches.store.ledger import pausing, standing, steering
from batches.store.ledger.schema import batches, jobs
from batches.store.ledger.states import State
from workers.dispatcher import SWEEP_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.store.ledger.records import Batch
    from tests.workers.dispatcher.conftest import Feeding

FOXES = [f"fox {number}" for number in range(4)]


def batch_of(fed: Feeding, batch_id: str) -> Batch:
    with fed.ledger.read() as tx:
        batch = standing.find_batch(tx, batch_id)
    assert batch is not None
    return batch


def end(fed: Feeding, *states: State) -> None:
    """The first jobs come to these ends."""
    with fed.ledger.write() as tx:
        for number, state in enumerate(states, 1):
            facts = {"image_sha256": "a"} if state is State.DONE else {}
            tx.execute(update(jobs).where(jobs.c.number == number).values(state=state, account="ours", **facts))


def test_the_greater_priority_and_the_greater_share_go_first(fed: Feeding, submit: Callable[..., str]) -> None:
    for animal, count, rules in (("fox", 40, {}), ("hare", 40, {"share": 2}), ("owl", 6, {"priority": 1})):
        submit(*(f"{animal} {number}" for number in range(count)), **rules)
    rung = fed.dispatcher().tick()
    assert [sum(first < job <= first + 40 for job in rung) for first in (0, 40, 80)] == [8, 16, 6]


def test_places_that_one_batch_leaves_are_taken_by_others_at_once(fed: Feeding, submit: Callable[..., str]) -> None:
    submit("one fox")
    submit(*(f"hare {number}" for number in range(40)))
    assert len(fed.dispatcher().tick()) == 30


def test_a_batch_keeps_to_the_most_it_may_have_in_flight(fed: Feeding, submit: Callable[..., str]) -> None:
    submit(*FOXES, in_flight=2)
    assert fed.dispatcher().tick() == [1, 2]


def test_a_canary_without_bounds_waits_for_a_person(fed: Feeding, submit: Callable[..., str]) -> None:
    batch_id = submit(*FOXES, canary=Canary(first=2))
    dispatcher = fed.dispatcher()
    assert dispatcher.tick() == [1, 2]
    end(fed, State.DONE, State.DONE)
    fed.ahead += SWEEP_SECONDS
    assert dispatcher.tick() == []
    batch = batch_of(fed, batch_id)
    assert batch.paused == "canary"
    assert batch.paused_message == (
        "canary: all 2 have ended, and a person says whether to go on. "
        f"`fluxbatch resume {batch_id}` goes on with the rest."
    )
    with fed.ledger.write() as tx:
        pausing.lift(tx, batch_id, "canary")
        pausing.approve(tx, batch_id, fed.now)
    fed.ahead += SWEEP_SECONDS
    assert dispatcher.tick() == [3, 4]


@pytest.mark.parametrize(
    ("states", "paused"),
    [((State.DONE, State.DONE), None), ((State.DONE, State.FAILED), "canary")],
    ids=["within its bounds", "beyond them"],
)
def test_a_canary_with_bounds_decides_by_itself(
    states: tuple[State, ...], paused: str | None, fed: Feeding, submit: Callable[..., str]
) -> None:
    batch_id = submit(*FOXES, canary=Canary(first=2, failed=Decimal("0.4")))
    dispatcher = fed.dispatcher()
    dispatcher.tick()
    end(fed, *states)
    fed.ahead += SWEEP_SECONDS
    assert dispatcher.tick() == ([] if paused else [3, 4])
    assert batch_of(fed, batch_id).paused == paused


def test_after_its_deadline_a_batch_begins_nothing(fed: Feeding, submit: Callable[..., str]) -> None:
    batch_id = submit(*FOXES)
    with fed.ledger.write() as tx:
        tx.execute(update(batches).values(deadline_at=fed.now))
    fed.ahead += 1
    assert fed.dispatcher().tick() == []
    batch = batch_of(fed, batch_id)
    assert batch.paused == "deadline"
    assert f"`fluxbatch resume {batch_id}` goes on without it" in batch.paused_message


def test_what_comes_back_to_a_cancelled_batch_is_cancelled(fed: Feeding, submit: Callable[..., str]) -> None:
    batch_id = submit(*FOXES)
    with fed.ledger.write() as tx:
        steering.begin_cancelling(tx, batch_id)
    assert fed.dispatcher().tick() == []
    assert fed.states() == {State.CANCELLED: 4}
    assert batch_of(fed, batch_id).ended_at is not None
