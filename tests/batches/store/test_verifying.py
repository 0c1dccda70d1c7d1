"""What is stored is held against the ledger, byte by byte."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from batches.policy import Check, Output, Policy
from batches.store.ledger import standing
from batches.store.ledger.schema import batches, jobs
from batches.store.rebuild import rebuild
from batches.store.verifying import Verified, verify_batch
from tests.batches.store.shelf import copy_of, facts, kept, key
from tests.simulated_world.blank import blank_ledger

if TYPE_CHECKING:
    from batches.store.images import MemoryStore
    from batches.store.ledger import Ledger
    from batches.store.sidecar import Sidecar


def shelved(*told: Sidecar) -> tuple[Ledger, MemoryStore]:
    """A ledger that knows these pictures, and the store in which they are."""
    ledger, store = blank_ledger(), kept(told)
    rebuild(store, ledger, batch=None, hashing=False, tell=lambda _: None)
    return ledger, store


def verified(ledger: Ledger, store: MemoryStore, most: int = 4) -> Verified:
    with ledger.read() as tx:
        batch = standing.find_batch(tx, "fox-1")
    assert batch is not None
    return verify_batch(ledger, store, batch, most=most, tell=lambda _: None)


def flags(ledger: Ledger) -> list[tuple[str, ...]]:
    with ledger.read() as tx:
        return list(tx.scalars(select(jobs.c.flags).order_by(jobs.c.number)))


KEY = key(facts())


@pytest.mark.parametrize(
    ("spoil", "problems"),
    [
        (lambda _: None, []),
        (lambda store: store.delete(KEY), [(KEY, "it is missing")]),
        (lambda store: store.put(KEY, b"....."), [(KEY, "it was changed")]),
        (lambda store: store.delete(f"{KEY}.json"), [(KEY, "it has no sidecar")]),
        (lambda store: store.put(f"{KEY}.json", b""), [(KEY, "its sidecar cannot be read: Invalid JSON: EOF")]),
    ],
    ids=["whole", "missing", "changed", "alone", "garbled"],
)
def test_what_is_not_as_it_was_stored_is_named(spoil: Any, problems: list[tuple[str, str]]) -> None:
    ledger, store = shelved(facts(1), facts(2, dhash=-1))
    spoil(store)
    told = verified(ledger, store)
    assert told.pictures == 2
    assert [
        (one.key, one.problem[: len(said)]) for one, (_, said) in zip(told.wrong, problems, strict=True)
    ] == problems


def test_of_pictures_that_look_alike_all_but_the_first_get_a_flag() -> None:
    ledger, store = shelved(
        facts(1, dhash=0b0000, flags=("size",)), facts(2, dhash=0b0111, flags=("size",)), facts(3, dhash=-1)
    )
    assert verified(ledger, store, most=2).similar == []
    assert verified(ledger, store, most=3).similar == [[1, 2]]
    assert flags(ledger) == [("size",), ("similar", "size"), ()]
    verified(ledger, store, most=2)
    assert flags(ledger) == [("size",), ("size",), ()], "what no longer looks alike loses it"


def test_copies_are_asked_to_look_alike() -> None:
    ledger, store = shelved(facts(1), copy_of(facts(1), 2, 2))
    assert verified(ledger, store).similar == []


def test_a_batch_that_does_not_mind_gets_no_flags() -> None:
    ledger, store = shelved(facts(1), facts(2))
    with ledger.write() as tx:
        tx.execute(update(batches).values(policy=Policy(output=Output(similar=Check.OFF)).as_json()))
    assert verified(ledger, store).similar == ()
    assert flags(ledger) == [(), ()]


def test_flags_are_counted_and_found() -> None:
    ledger, _ = shelved(facts(1, flags=("one-colour", "size")), facts(2, flags=("size",)), facts(3))
    with ledger.read() as tx:
        assert standing.flagged(tx, "fox-1") == (2, {"size": 2, "one-colour": 1})
        found = standing.list_jobs(tx, "fox-1", flags=["one-colour"])
    assert [job["number"] for job in found] == [1]
