"""A batch that several accounts pay: whoever has room takes a job, and whoever has bought a ticket keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batches.policy import Policy
from batches.store.ledger import LedgerError, feeding, looks, payers, retrying, submitting
from batches.store.ledger.payers import Share
from batches.store.ledger.records import BatchTerms, Reported
from batches.store.ledger.states import State
from tests.batches.store.ledger.world import CREDIT, plan_of, risking, write_batch

if TYPE_CHECKING:
    from batches.store.ledger.records import ClaimedJob
    from tests.batches.store.ledger.world import World

POOL = ("lab", "studio")
PAID = Reported(micro_credits=4 * CREDIT)


def claim(world: World, job_id: int, account: str) -> ClaimedJob:
    job = world.claim(job_id, account=account)
    assert job is not None
    return job


class TestAJobOfAPool:
    """What becomes of it between two accounts."""

    def test_is_nobodys_until_an_account_calls_it(self, world: World) -> None:
        world.submit(3, accounts=POOL)
        assert world.call(1, account="studio") == [1]
        assert world.call(account="lab") == [2, 3]
        assert [world.job(job_id).account for job_id in (1, 2, 3)] == ["studio", "lab", "lab"]
        assert claim(world, 1, "studio").account == "studio"

    def test_is_not_called_by_an_account_that_does_not_pay(self, world: World) -> None:
        world.submit(accounts=POOL)
        assert world.call(account="main") == []

    def test_is_claimed_by_no_worker_of_another_account(self, world: World) -> None:
        """Its doorbell may come late: by then another account has called the job, or even bought a ticket."""
        world.submit(accounts=POOL)
        world.call(account="studio")
        assert world.claim(1, account="lab") is None
        world.carry(world.claim(1, account="studio"), State.RENDERING)
        world.silence("ann")
        assert world.claim(1, "bob", account="lab") is None
        assert world.claim(1, "bob", account="studio") is not None

    def test_is_anybodys_again_once_it_is_put_back(self, world: World) -> None:
        world.submit(accounts=POOL)
        world.call(account="studio")
        world.put_back(world.carry(world.claim(1, account="studio"), State.SUBMITTING))
        assert world.call(account="lab") == [1]
        job = world.carry(claim(world, 1, "lab"), State.SUBMITTING)
        assert (job.account, world.attempts(1)) == ("lab", [(1, "refused"), (2, None)])

    def test_stays_with_the_account_of_its_ticket(self, world: World) -> None:
        world.submit(accounts=POOL)
        world.call(account="studio")
        world.carry(world.claim(1, account="studio"), State.RENDERING)
        world.silence("ann")
        world.now += 100
        assert world.call(account="lab") == []
        assert world.do(feeding.ring_again, "lab", world.now) == []
        assert world.do(feeding.ring_again, "studio", world.now) == [1]

    def test_does_not_wait_for_an_account_without_workers(self, world: World) -> None:
        world.submit(2, accounts=POOL)
        world.call(1, account="studio")
        world.call(1, account="lab")
        world.do(feeding.ring_anew, "studio")  # as the last of its workers does when it leaves
        world.now += looks.DEAF_SECONDS
        world.do(feeding.ring_again, "lab", world.now)
        world.now += 1
        assert world.do(feeding.take_back_calls, world.now) == 1, "lab has rung again, and studio has not"
        assert world.call(account="lab") == [1]

    def test_does_not_wait_for_the_dispatcher_of_its_account_when_it_is_in_doubt(self, world: World) -> None:
        world.submit(accounts=POOL, bound=3 * CREDIT)
        world.call(account="studio")
        world.doubt(world.carry(world.claim(1, account="studio"), State.SUBMITTING))
        assert world.do(feeding.resubmit_unsure, "main", world.now) == 0
        assert world.do(feeding.resubmit_unsure, "lab", world.now) == 1
        assert world.call(account="lab") == [1]


def test_the_most_in_flight_counts_all_accounts(world: World) -> None:
    """Also where the leader of one decided before the other called: `call_due` is what holds it."""
    world.submit(5, accounts=POOL, policy=Policy(in_flight=3))
    batch_id = world.ask(feeding.open_batches, "lab")[0].id
    assert len(world.call(2, account="studio")) == 2
    assert world.ask(feeding.in_window, batch_id, "lab") == {looks.ELSEWHERE: 2}
    assert world.ask(feeding.in_window, batch_id, "studio") == {"standard": 2}
    assert len(world.call(account="lab")) == 1
    assert world.call(account="studio") == []


def test_a_job_that_somebody_may_have_paid_has_an_account(world: World) -> None:
    world.submit(accounts=POOL)
    with pytest.raises(LedgerError, match="has_account"):
        world.do(lambda tx: tx.exec_driver_sql("UPDATE jobs SET state = 'rendering'"))


class TestSubmittingAgain:
    """A manifest whose `account` was changed."""

    def test_goes_on_with_the_batch_that_one_of_its_accounts_pays(self, world: World) -> None:
        batch_id = world.submit(accounts=("studio",))
        assert world.ask(submitting.newest_named, "hello", POOL).id == batch_id
        assert world.ask(submitting.newest_named, "hello", ("lab", "main")) is None

    def test_has_the_new_accounts_pay_from_then_on(self, world: World) -> None:
        batch_id = world.submit(2, accounts=("studio",))
        world.call(1, account="studio")
        world.do(submitting.complete, batch_id, plan_of(2), terms("lab", "studio"), world.now)
        assert world.standing(batch_id).batch.accounts == POOL
        assert world.call(account="lab") == [2]
        world.do(submitting.complete, batch_id, plan_of(2), terms("lab"), world.now)
        assert world.call(account="studio") == []
        assert world.claim(1, account="studio") is not None, "what it has called already is its own"

    def test_knows_the_same_accounts_in_any_order(self, world: World) -> None:
        world.submit(accounts=("studio", "lab"))
        with pytest.raises(LedgerError):
            world.do(write_batch, plan_of(1), terms("lab", "studio"), world.now)

    def test_finds_a_twin_that_one_of_its_accounts_pays(self, world: World) -> None:
        first = world.submit(accounts=("studio",))
        world.submit(accounts=("main",))
        second = world.standing(world.submit(accounts=POOL)).batch
        assert world.ask(retrying.open_twin, second) == first


def test_the_shares_of_accounts_add_up_to_the_bill(world: World) -> None:
    batch_id = world.submit(4, accounts=POOL)
    world.call(2, account="studio")
    world.call(1, account="lab")
    world.finish(world.carry(world.claim(1, account="studio"), State.FETCHING), PAID)
    world.put_back(world.carry(world.claim(2, account="studio"), State.RENDERING), counts="failure", cost=PAID)
    world.carry(world.claim(3, account="lab"), State.RENDERING)
    world.call(1, account="lab")
    job_id = next(job_id for job_id in (2, 4) if world.job(job_id).state == State.CALLED)
    world.finish(world.carry(world.claim(job_id, account="lab"), State.FETCHING), PAID)
    assert world.ask(payers.shares_of, batch_id) == [
        Share(account="lab", under_way=1, images=1, settled=4 * CREDIT),
        Share(account="studio", under_way=0, images=1, settled=8 * CREDIT),
    ]
    assert world.standing(batch_id).money.settled == 12 * CREDIT


def test_a_batch_is_left_to_an_account_when_all_it_waits_for_are_tickets_that_nobody_carries(world: World) -> None:
    batch_id = world.submit(2, accounts=POOL)
    world.call(1, account="studio")
    world.carry(world.claim(1, account="studio"), State.RENDERING)
    assert world.ask(payers.with_tickets, batch_id) == ["studio"]
    assert not world.ask(payers.is_left_to, batch_id, ["studio"]), "one is queued"
    world.call(account="lab")
    world.finish(world.carry(world.claim(2, account="lab"), State.FETCHING))
    assert not world.ask(payers.is_left_to, batch_id, ["studio"]), "its ticket is in hand"
    world.silence("ann")
    assert world.ask(payers.is_left_to, batch_id, ["studio"])
    assert not world.ask(payers.is_left_to, batch_id, ["lab"])


def test_what_both_risk_stays_within_one_bound(world: World) -> None:
    world.submit(2, accounts=POOL, bound=3 * CREDIT)
    for job_id, account in ((1, "studio"), (2, "lab")):
        world.call(1, account=account)
        world.doubt(world.carry(world.claim(job_id, account=account), State.SUBMITTING))
    assert [world.do(feeding.resubmit_unsure, account, world.now) for account in POOL] == [1, 0]


def terms(*accounts: str) -> BatchTerms:
    return BatchTerms(accounts=accounts, policy=risking(0))


def test_names_are_told_apart_whole(world: World) -> None:
    world.submit(accounts=("Lab", "lab-2"))
    for name, pays in (("Lab", True), ("lab-2", True), ("lab", False), ("2", False)):
        assert bool(world.ask(feeding.open_batches, name)) == pays, name
