"""The dispatchers of several accounts feed one batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.store.ledger import looks, stops
from batches.store.ledger.records import Stop

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.workers.dispatcher.conftest import Feeding

POOL = ("ours", "theirs")
FOUR = {"standard": 4, "kontext-max": 1, "video": 1}


def test_each_fills_its_own_window(fed: Feeding, submit: Callable[..., str]) -> None:
    submit(*(f"fox {number}" for number in range(20)), accounts=POOL)
    ours, theirs = (fed.dispatcher(name, FOUR, account=name) for name in POOL)
    assert ours.tick() == [1, 2, 3, 4, 5, 6]
    assert theirs.tick() == [7, 8, 9, 10, 11, 12]
    assert ours.tick() == theirs.tick() == []


def test_one_that_is_stopped_leaves_everything_to_the_other(fed: Feeding, submit: Callable[..., str]) -> None:
    submit(*(f"fox {number}" for number in range(8)), accounts=POOL)
    ours, theirs = (fed.dispatcher(name, FOUR, account=name) for name in POOL)
    stop = Stop(account="ours", reason="no credits", message="402", since=fed.now, until=fed.now + 300, rest=300)
    with fed.ledger.write() as tx:
        stops.stop(tx, stop)
    assert ours.tick() == []
    assert theirs.tick() == [1, 2, 3, 4, 5, 6]


def test_the_most_in_flight_is_for_both_together(fed: Feeding, submit: Callable[..., str]) -> None:
    submit(*(f"fox {number}" for number in range(8)), accounts=POOL, in_flight=8)
    ours, theirs = (fed.dispatcher(name, FOUR, account=name) for name in POOL)
    assert len(ours.tick()) == 6
    assert len(theirs.tick()) == 2


def test_what_was_called_for_an_account_without_workers_goes_to_the_other(
    fed: Feeding, submit: Callable[..., str]
) -> None:
    submit("fox", "hare", accounts=POOL)
    ours, theirs = (fed.dispatcher(name, FOUR, account=name) for name in POOL)
    assert ours.tick() == [1, 2]
    ours.stop()
    fed.ahead += looks.DEAF_SECONDS - 2
    fed.beat("one")
    assert theirs.tick() == []
    fed.ahead += 3
    fed.beat("one")
    assert theirs.tick() == [1, 2]
