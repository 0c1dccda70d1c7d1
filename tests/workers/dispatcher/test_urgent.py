"""A small batch of a greater priority is called at once, and slots are kept for its like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from batches.store.ledger.schema import jobs
from workers.dispatcher import SWEEP_SECONDS, window
from workers.sharing import FEW_JOBS, RESERVED_SECONDS
from workers.slots import RedisSlots

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.workers.dispatcher.conftest import Feeding

LANE = "ours:standard"


def many(count: int) -> list[str]:
    return [f"fox {number}" for number in range(count)]


def takes(fed: Feeding, count: int) -> int:
    """How many of so many usual jobs get a slot."""
    slots = RedisSlots(fed.redis)
    return sum(slots.take(LANE, f"job-{number}") is not None for number in range(count))


def test_an_urgent_batch_is_called_though_the_window_is_full(fed: Feeding, submit: Callable[..., str]) -> None:
    submit(*many(40))
    dispatcher = fed.dispatcher()
    assert len(dispatcher.tick()) == window(24)
    submit(*many(5), priority=1)
    assert dispatcher.tick() == [41, 42], "as many as there are slots in reserve"
    assert dispatcher.tick() == []
    with fed.ledger.read() as tx:
        assert list(tx.scalars(select(jobs.c.id).where(jobs.c.urgent))) == [41, 42]


def test_a_big_batch_is_not_urgent_whatever_its_priority(fed: Feeding, submit: Callable[..., str]) -> None:
    submit(*many(40))
    dispatcher = fed.dispatcher()
    dispatcher.tick()
    submit(*many(FEW_JOBS + 1), priority=100)
    assert dispatcher.tick() == []


def test_slots_are_kept_while_urgent_batches_are_about(fed: Feeding, submit: Callable[..., str]) -> None:
    submit(*many(40))
    dispatcher = fed.dispatcher()
    dispatcher.tick()
    submit("a hare", priority=1)
    dispatcher.tick()
    fed.ahead += SWEEP_SECONDS
    dispatcher.tick()
    assert takes(fed, 24) == 22
    assert RedisSlots(fed.redis).take(LANE, "urgent", urgent=True) is not None


def test_nothing_is_kept_when_there_was_no_urgent_batch_for_a_while(fed: Feeding, submit: Callable[..., str]) -> None:
    submit(*many(40))
    dispatcher = fed.dispatcher()
    dispatcher.tick()
    assert takes(fed, 12) == 12
    fed.ahead += RESERVED_SECONDS
    dispatcher.tick()
    assert takes(fed, 24) == 24
