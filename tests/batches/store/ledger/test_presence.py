"""Who is at work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from batches.store.ledger import presence
from batches.store.ledger.schema import workers

if TYPE_CHECKING:
    from tests.batches.store.ledger.world import World


def test_a_worker_arrives_beats_and_leaves(world: World) -> None:
    world.do(presence.arrive, "eve", host="there", pid=7, now=1.0)
    world.do(presence.beat, "eve", 2.0)
    world.do(presence.leave, "eve", 3.0)
    row = world.ask(lambda tx: tx.execute(select(workers).where(workers.c.id == "eve")).one())
    assert tuple(row) == ("eve", "there", 7, 1.0, 2.0, 0, 3.0)


def test_results_at_risk_are_those_of_workers_that_live(world: World) -> None:
    for worker, heartbeat, at_risk in (("ann", 1000.0, 2), ("bob", 980.0, 3), ("eve", 1000.0, 4)):
        if worker == "eve":
            world.do(presence.arrive, "eve", host="there", pid=7, now=1.0)
        world.do(presence.beat, worker, heartbeat, at_risk=at_risk)
    world.do(presence.leave, "eve", 1000.0)
    assert world.ask(presence.results_at_risk, 1000.0) == 2
