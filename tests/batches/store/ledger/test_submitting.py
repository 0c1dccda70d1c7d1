"""A plan becomes a batch: every job of it, or nothing."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from batches.store.ledger import LedgerError, feeding, submitting
from batches.store.ledger.records import BatchTerms
from batches.store.ledger.schema import jobs
from batches.store.ledger.states import State
from batches.store.ledger.submitting import ROWS_PER_INSERT
from tests.batches.store.ledger.world import CREDIT, plan_of, plan_with

if TYPE_CHECKING:
    from batches.store.ledger.records import Batch
    from tests.batches.store.ledger.world import World

TERMS = BatchTerms(account="main", prices_as_of="2026-06-30", unsure_bound=CREDIT)


def found(world: World, plan_name: str, account: str = "main") -> Batch | None:
    return world.ask(submitting.newest_batch_of, plan_of(1, name=plan_name), account)


def test_every_job_of_the_plan_is_queued_and_due(world: World) -> None:
    plan = plan_of(2)
    batch_id = world.do(submitting.add_batch, plan, TERMS, world.now)
    for planned in plan.jobs():
        row = world.job(planned.number)
        assert (row.batch_id, row.number, row.row_id) == (batch_id, planned.number, planned.row_id)
        assert (row.model, row.path, row.lane) == (planned.model, planned.path, planned.lane)
        assert (row.params, row.labels, row.output_name) == (planned.params, planned.labels, planned.output_name)
        assert (row.fingerprint, row.estimate_micro_credits) == (planned.fingerprint, 3 * CREDIT)
        assert (row.estimate_pixels, row.account) == (512 * 512, "main")
        assert (row.state, row.due_at, row.owner) == (State.QUEUED, world.now, None)


def test_the_batch_keeps_its_terms_and_its_name_can_be_read(world: World) -> None:
    batch_id = world.do(submitting.add_batch, plan_of(1), TERMS, 0.0)
    batch = world.standing(batch_id).batch
    assert batch.id.startswith("hello-19700101-")
    assert (batch.name, batch.account, batch.manifest_sha256) == ("hello", "main", "5" * 64)
    assert (batch.prices_as_of, batch.max_attempts, batch.unsure_bound) == ("2026-06-30", 3, CREDIT)
    assert (batch.created_at, batch.ended_at) == (0.0, None)


@pytest.mark.parametrize("count", [ROWS_PER_INSERT - 1, ROWS_PER_INSERT, ROWS_PER_INSERT + 1, 2 * ROWS_PER_INSERT + 1])
def test_no_job_is_lost_where_one_insert_ends_and_the_next_begins(count: int, world: World) -> None:
    world.submit(count)
    numbers = world.ask(lambda tx: tx.scalars(select(jobs.c.number).order_by(jobs.c.number)).all())
    assert numbers == list(range(1, count + 1))


def test_ten_thousand_jobs_are_written_in_seconds(world: World) -> None:
    plan = plan_of(10_000)
    begun = time.perf_counter()
    batch_id = world.do(submitting.add_batch, plan, TERMS, world.now)
    assert time.perf_counter() - begun < 10  # 0.3 s on two shared cores
    assert world.standing(batch_id).total == 10_000


@pytest.mark.parametrize("what", ["fingerprint", "output_name"])
def test_a_plan_with_one_job_that_cannot_be_written_leaves_nothing(what: str, world: World) -> None:
    planned = tuple(plan_of(ROWS_PER_INSERT + 2).jobs())
    twice = replace(planned[-1], **{what: getattr(planned[0], what)})  # asked for twice, or written twice
    before = world.everything()
    with pytest.raises(LedgerError, match=what):
        world.do(submitting.add_batch, plan_with((*planned[:-1], twice)), TERMS, world.now)
    assert world.everything() == before


def test_the_same_plan_is_found_again(world: World) -> None:
    batch_id = world.submit(name="hello")
    again = found(world, "hello")
    assert again is not None
    assert again.id == batch_id
    assert found(world, "other") is None
    assert found(world, "hello", account="hers") is None


def test_the_newest_of_several_is_found(world: World) -> None:
    ids = []
    for _ in range(2):
        ids.append(world.submit())
        world.finish(world.carry(world.claim(*world.call()), State.FETCHING))
        world.now += 1
        world.do(feeding.close_ended_batches, world.now)
    newest = found(world, "hello")
    assert newest is not None
    assert (newest.id, newest.ended_at) == (ids[1], world.now)


def test_the_same_plan_does_not_run_twice_at_a_time_for_one_account(world: World) -> None:
    world.submit()
    with pytest.raises(LedgerError, match="UNIQUE"):
        world.submit()
    world.submit(account="hers")
    world.submit(name="other")
