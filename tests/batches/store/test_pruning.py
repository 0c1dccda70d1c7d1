"""Pictures are deleted by rule, the ledger knows that they are gone, and no credit is forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from batches.store.ledger import sorting, standing
from batches.store.ledger.schema import jobs
from batches.store.pruning import Pruned, Rule, prune_batch
from tests.batches.store.ledger.world import plan_of
from tests.batches.store.shelf import DATA, copy_of, facts, key
from tests.batches.store.test_verifying import shelved, verified

if TYPE_CHECKING:
    from batches.store.images import MemoryStore
    from batches.store.ledger import Ledger

ALL = Rule(pictures=True)
NOW = 1_800_000_000.0


def keys(store: MemoryStore) -> list[str]:
    return [one.key for one in store.listing() if not one.key.endswith(".json")]


def settled(ledger: Ledger) -> int:
    with ledger.read() as tx:
        batch = standing.find_batch(tx, "fox-1")
        assert batch is not None
        return standing.standing_of(tx, batch).money.settled


@pytest.mark.parametrize(
    ("rule", "told", "left"),
    [
        (ALL, Pruned(pictures=3, bytes=3 * len(DATA)), ["fox-1/stray.png"]),
        (Rule(flags=["size"]), Pruned(pictures=1, bytes=len(DATA)), ["fox-1/1.png", "fox-1/3.png", "fox-1/stray.png"]),
        (Rule(leftovers=True), Pruned(leftovers=1, bytes=5), ["fox-1/1.png", "fox-1/2.png", "fox-1/3.png"]),
        (Rule(pictures=True, leftovers=True), Pruned(pictures=3, leftovers=1, bytes=5 + 3 * len(DATA)), []),
    ],
    ids=["all", "flagged", "leftovers", "everything"],
)
def test_a_rule_deletes_what_it_says_and_says_so_before(rule: Rule, told: Pruned, left: list[str]) -> None:
    ledger, store = shelved(facts(1), facts(2, flags=("size",)), facts(3))
    store.put("fox-1/stray.png", b"stray")
    before = keys(store)
    assert prune_batch(ledger, store, "fox-1", rule, really=False, now=NOW) == told
    assert keys(store) == before
    assert prune_batch(ledger, store, "fox-1", rule, really=True, now=NOW) == told
    assert keys(store) == left
    assert prune_batch(ledger, store, "fox-1", rule, really=True, now=NOW) == Pruned()
    assert settled(ledger) == 21
    assert verified(ledger, store).wrong == []


def test_sidecars_go_and_receipts_stay() -> None:
    ledger, store = shelved(facts(1))
    store.put("fox-1/jobs.csv", b"job\n")
    prune_batch(ledger, store, "fox-1", Rule(pictures=True, leftovers=True), really=True, now=NOW)
    assert [one.key for one in store.listing()] == ["fox-1/jobs.csv"]


def test_pruning_that_was_cut_off_is_finished_by_the_same_again() -> None:
    ledger, store = shelved(facts(1), facts(2))
    store.delete(key(facts(1)))
    assert prune_batch(ledger, store, "fox-1", ALL, really=True, now=NOW).pictures == 2
    with ledger.read() as tx:
        assert tx.execute(select(jobs.c.image_key, jobs.c.pruned_at, jobs.c.state)).all() == 2 * [(None, NOW, "done")]


def test_what_is_pruned_is_not_taken_for_another_batch() -> None:
    ledger, store = shelved(facts(1), facts(2))
    planned = list(plan_of(2).jobs())

    def reused() -> int:
        with ledger.read() as tx:
            return len(sorting.sorted_out(tx, planned, None, ("lab",), reuse=True).reused)

    assert reused() == 2
    prune_batch(ledger, store, "fox-1", ALL, really=True, now=NOW)
    assert reused() == 0


def test_a_picture_that_a_copy_waits_for_stays() -> None:
    ledger, store = shelved(facts(1), copy_of(facts(1), 2, 2))
    with ledger.write() as tx:
        tx.execute(update(jobs).where(jobs.c.number == 2).values(state="queued", image_key=None))
    prune_batch(ledger, store, "fox-1", ALL, really=True, now=NOW)
    assert key(facts(1)) in keys(store)


def test_leftovers_in_folders_of_a_thousand_are_told_from_pictures() -> None:
    ledger, store = shelved(facts(1), facts(1001))
    store.put("fox-1/0001/1.png", b"stray")
    prune_batch(ledger, store, "fox-1", Rule(leftovers=True), really=True, now=NOW)
    assert keys(store) == ["fox-1/0001/1001.png", "fox-1/1.png"]
