"""What was lost is found again: doorbells, the jobs of silent workers, doubts, and batches that are over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from batches.policy import Unsure
from batches.store.ledger import looks, moves, receipts, standing
from batches.store.ledger.records import Reported, Ticket
from batches.store.ledger.schema import jobs
from batches.store.ledger.states import State
from workers.dispatcher import SILENT_SECONDS, SWEEP_SECONDS
from workers.errors import BrokerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.workers.dispatcher.conftest import Feeding


def no_bell(_: int) -> None:
    raise BrokerError("The broker is away.")


def test_a_lost_doorbell_is_rung_again(fed: Feeding, submit: Callable[..., str]) -> None:
    submit("fox", "hare")
    dispatcher = fed.dispatcher()
    dispatcher.tick()
    fed.claim(1)
    fed.ahead += looks.RING_AGAIN_SECONDS / 2
    fed.beat("one")
    assert dispatcher.tick() == [], "a worker may be on its way"
    fed.ahead += looks.RING_AGAIN_SECONDS
    fed.beat("one")
    assert dispatcher.tick() == [2], "the other one is in somebody's hands"
    fed.ahead += SWEEP_SECONDS
    assert dispatcher.tick() == [], "rung once more, not all the time"


def test_only_the_leader_sweeps_and_with_each_sweep_it_does_what_only_a_leader_does(fed: Feeding) -> None:
    leader, other = fed.dispatcher("one"), fed.dispatcher("two")
    for seconds in (0, SWEEP_SECONDS / 2, SWEEP_SECONDS):
        fed.ahead += seconds
        leader.tick()
        other.tick()
    assert fed.sweeps == ["one", "one"]


def test_jobs_that_were_called_while_the_broker_went_away_are_rung_for_when_it_is_back(
    fed: Feeding, submit: Callable[..., str]
) -> None:
    submit("fox")
    dispatcher = fed.dispatcher()
    fed.bell = no_bell
    with pytest.raises(BrokerError):
        dispatcher.tick()
    assert fed.states() == {"called": 1}
    fed.bell = fed.rung.append
    fed.ahead += looks.RING_AGAIN_SECONDS + SWEEP_SECONDS
    assert dispatcher.tick() == [1]


def test_jobs_of_a_silent_worker_are_freed_by_what_a_crash_leaves_behind(
    fed: Feeding, submit: Callable[..., str]
) -> None:
    submit("called", "submitting", "rendering", "fetching", "of a living worker")
    dispatcher = fed.dispatcher("two")
    dispatcher.tick()
    with fed.ledger.write() as tx:
        called, submitting, rendering, fetching = (
            moves.claim(tx, number, "one", "ours", fed.now) for number in range(1, 5)
        )
        assert called
        assert submitting
        assert rendering
        assert fetching
        moves.claim(tx, 5, "two", "ours", fed.now)
        moves.begin_attempt(tx, submitting, fed.now)
        for job in (rendering, fetching):
            under_way = moves.begin_attempt(tx, job, fed.now)
            assert under_way
            ticket = Ticket(id=f"t-{job.id}", polling_url="https://api.bfl.ai", accepted_at=fed.now)
            taken = moves.keep_ticket(tx, under_way, ticket, Reported())
            assert taken
            if job is fetching:
                moves.start_fetching(tx, taken, fed.now)
    fed.ahead += SILENT_SECONDS + 1
    fed.beat("two")
    assert dispatcher.tick() == [3, 4, 1], "taken up through their tickets; what was never sent is called anew"
    with fed.ledger.read() as tx:
        rows = tx.execute(select(jobs.c.state, jobs.c.owner).order_by(jobs.c.id))
        assert [tuple(row) for row in rows] == [
            ("called", None),
            ("unsure", None),
            ("rendering", None),
            ("rendering", None),
            ("called", "two"),
        ]


def test_unsure_jobs_are_submitted_again_within_the_bound_and_held_beyond_it(
    fed: Feeding, submit: Callable[..., str]
) -> None:
    submit("fox", "hare", unsure=Unsure(micro_credits=4_000_000))  # an image costs 2,500,000
    dispatcher = fed.dispatcher()
    dispatcher.tick()
    with fed.ledger.write() as tx:
        for number in (1, 2):
            job = moves.claim(tx, number, "one", "ours", fed.now)
            assert job
            under_way = moves.begin_attempt(tx, job, fed.now)
            assert under_way
            moves.doubt(tx, under_way, "no answer", fed.now)
    fed.ahead += SWEEP_SECONDS
    assert dispatcher.tick() == [1]
    assert fed.states() == {"called": 1, "unsure": 1}


def test_an_unsure_job_that_is_for_a_person_is_not_submitted_again(fed: Feeding, submit: Callable[..., str]) -> None:
    submit("fox", unsure=Unsure(micro_credits=4_000_000))
    dispatcher = fed.dispatcher()
    dispatcher.tick()
    with fed.ledger.write() as tx:
        job = moves.claim(tx, 1, "one", "ours", fed.now)
        assert job
        under_way = moves.begin_attempt(tx, job, fed.now)
        assert under_way
        moves.doubt(tx, under_way, "its link leads to a stranger", fed.now, for_a_person=True)
    fed.ahead += SWEEP_SECONDS
    assert dispatcher.tick() == []
    assert fed.states() == {"unsure": 1}


def test_a_batch_is_closed_when_its_last_job_rests(fed: Feeding, submit: Callable[..., str]) -> None:
    batch_id = submit("fox", "hare")
    dispatcher = fed.dispatcher()
    dispatcher.tick()
    with fed.ledger.write() as tx:
        tx.execute(update(jobs).where(jobs.c.id == 1).values(state=State.FAILED))
    fed.ahead += SWEEP_SECONDS
    dispatcher.tick()
    assert ended_at(fed, batch_id) is None
    with fed.ledger.write() as tx:
        tx.execute(update(jobs).where(jobs.c.id == 2).values(state=State.UNSURE))
    fed.ahead += SWEEP_SECONDS
    dispatcher.tick()
    assert ended_at(fed, batch_id) is not None
    with fed.ledger.read() as tx:
        assert receipts.wanting(tx, "ours") == [batch_id], "and somebody is to write its receipt"


def ended_at(fed: Feeding, batch_id: str) -> float | None:
    with fed.ledger.read() as tx:
        batch = standing.find_batch(tx, batch_id)
        assert batch
        return batch.ended_at
