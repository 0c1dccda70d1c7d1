"""What the ledger tells of each job to those who make a dataset of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.store.ledger import exporting
from batches.store.ledger.exporting import NOTHING, Cost, export_lines
from batches.store.ledger.records import Reported
from batches.store.ledger.states import State

if TYPE_CHECKING:
    import pytest

    from tests.batches.store.ledger.world import World

PAID = Reported(micro_credits=4_500_000)


def test_jobs_come_in_the_order_of_the_plan_from_any_place_however_many(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PAGE", 3)
    batch_id = world.submit(7)
    assert [line.number for line in export_lines(world.ledger, batch_id, {State.QUEUED})] == [1, 2, 3, 4, 5, 6, 7]
    assert [line.number for line in export_lines(world.ledger, batch_id, {State.QUEUED}, after=4)] == [5, 6, 7]
    assert list(export_lines(world.ledger, batch_id, {State.DONE})) == []


def test_what_several_attempts_cost_is_one_sum(world: World) -> None:
    job = world.at(State.RENDERING)
    world.put_back(job, counts="failure", cost=PAID)
    world.finish(world.carry(world.claim(*world.call()), State.FETCHING), Reported())
    [line] = export_lines(world.ledger, job.batch_id, {State.DONE})
    assert line.cost == Cost(attempts=2, settled=4_500_000, unknown=1)
    assert (line.sha256, line.bytes, line.width, line.labels) == ("a" * 64, 9, 1000, {"series": "animals"})
    [line] = export_lines(world.ledger, job.batch_id, {State.DONE}, with_cost=False)
    assert line.cost == NOTHING
