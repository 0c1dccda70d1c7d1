"""Limits that a person sets, and the jobs that count against them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, text, update

from batches.policy import Policy
from batches.store.ledger import LedgerError, limits, standing
from batches.store.ledger.schema import jobs
from batches.store.ledger.side_tables import limits as table
from batches.store.ledger.states import State

if TYPE_CHECKING:
    from tests.batches.store.ledger.world import World


def test_a_lane_has_the_ceiling_that_was_set_last(world: World) -> None:
    world.do(limits.set_ceiling, "main", "standard", 12)
    world.do(limits.set_ceiling, "main", "standard", 7)
    world.do(limits.set_ceiling, "main", "video", 1)
    world.do(limits.set_ceiling, "hers", "standard", 3)
    assert world.ask(limits.ceilings, "main") == {"standard": 7, "video": 1}


def test_a_ceiling_that_is_taken_back_is_gone(world: World) -> None:
    world.do(limits.set_ceiling, "main", "standard", 12)
    world.do(limits.set_ceiling, "main", "standard", None)
    world.do(limits.set_ceiling, "main", "video", None)
    assert world.ask(limits.ceilings, "main") == {}


def test_the_database_refuses_a_lane_without_slots(world: World) -> None:
    with pytest.raises(LedgerError), world.ledger.write() as tx:
        tx.execute(insert(table).values(account="main", lane="standard", ceiling=0))


def test_a_batch_is_carried_out_by_the_policy_that_was_set_last(world: World) -> None:
    batch_id = world.submit()
    world.do(limits.set_policy, batch_id, Policy(priority=9))
    batch = world.ask(standing.find_batch, batch_id)
    assert batch is not None
    assert batch.policy == Policy(priority=9)


@pytest.mark.parametrize(
    ("state", "owner", "active", "orphan", "claimed"),
    [
        (State.QUEUED, None, False, False, False),
        (State.CALLED, None, False, False, False),
        (State.CALLED, "ann", False, False, True),
        (State.SUBMITTING, "ann", True, False, False),
        (State.RENDERING, "ann", True, False, False),
        (State.RENDERING, None, True, True, False),
        (State.FETCHING, "ann", False, False, False),
        (State.UNSURE, None, False, False, False),
    ],
)
def test_who_counts_against_the_limit_of_a_lane(
    world: World, state: State, owner: str | None, *, active: bool, orphan: bool, claimed: bool
) -> None:
    world.submit()
    world.do(lambda tx: tx.execute(text("DROP TRIGGER diary")))
    world.do(lambda tx: tx.execute(update(jobs).values(state=state, owner=owner, account="main")))
    assert world.ask(limits.orphans, "main") == ({"standard": [1]} if orphan else {})
    assert world.ask(limits.orphans, "hers") == {}
    for account, lane in (("main", "standard"), ("main", "video"), ("hers", "standard")):
        ours = (account, lane) == ("main", "standard")
        assert world.ask(limits.active, account, lane) == ([1] if active and ours else [])
        assert world.ask(limits.has_claimed, account, lane) is (claimed and ours)
