"""The keeper: ceilings come from the ledger, and a lost lane is restored with all that BFL works on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from batches.store.ledger import limits
from batches.store.ledger.schema import batches, jobs
from batches.store.ledger.states import State
from tests.workers.conftest import ACCOUNT
from tests.workers.slots.conftest import LANE, view
from workers.slots import Keeper
from workers.slots.keeper import RENEWED_WITHIN_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.store.ledger import Ledger
    from tests.workers.slots.conftest import Fleet

USUAL = {"standard": 3, "video": 2}


@pytest.fixture
def keeper(fleet: Fleet, ledger: Ledger) -> Keeper:
    fleet.flush()
    return Keeper(ACCOUNT, USUAL, fleet.slots, ledger)


@pytest.fixture
def put(ledger: Ledger, submit: Callable[..., str]) -> Callable[..., None]:
    """Puts jobs of one batch where a story wants them: `put(1, State.RENDERING, "one")`."""
    submit(*(f"fox {number}" for number in range(6)))

    def at(job_id: int, state: State, owner: str | None) -> None:
        with ledger.write() as tx:
            tx.execute(update(jobs).where(jobs.c.id == job_id).values(state=state, owner=owner, account=ACCOUNT))

    return at


def test_lanes_have_their_usual_slots(fleet: Fleet, keeper: Keeper) -> None:
    keeper = Keeper(ACCOUNT, USUAL, fleet.slots, keeper._ledger)
    assert keeper.keep() == {"standard": 3, "video": 2}
    assert view(fleet.slots).used == 0
    assert fleet.slots.take(LANE, "job-1") == 0, "at once: nobody was about to submit"


def test_a_ceiling_in_the_ledger_goes_before_the_usual_one_and_holds_while_all_is_running(
    fleet: Fleet, keeper: Keeper, ledger: Ledger
) -> None:
    keeper.keep()
    for ceiling, limit in ((12, 12), (1, 1), (None, 3)):
        with ledger.write() as tx:
            limits.set_ceiling(tx, ACCOUNT, "standard", ceiling)
            limits.set_ceiling(tx, "theirs", "standard", 7)
        assert keeper.keep()["standard"] == limit
        assert view(fleet.slots).ceiling == limit


def test_the_limit_in_force_is_what_429s_have_left(fleet: Fleet, keeper: Keeper) -> None:
    keeper.keep()
    fleet.slots.refused(LANE, 0, "429", 0)
    assert keeper.keep() == {"standard": 2, "video": 2}


def test_a_lost_lane_is_restored_with_all_that_bfl_works_on(
    fleet: Fleet, keeper: Keeper, put: Callable[..., None]
) -> None:
    put(1, State.RENDERING, "one")
    put(2, State.RENDERING, None)
    put(3, State.SUBMITTING, "two")
    put(4, State.FETCHING, "one")
    put(5, State.UNSURE, None)
    keeper.keep()
    assert view(fleet.slots).used == 3
    assert fleet.slots.take(LANE, "job-6") is None
    assert fleet.slots.take(LANE, "job-2") == 0, "its own slot is kept for it"
    assert view(fleet.slots, "ours:video").used == 0


def test_while_a_job_is_about_to_be_submitted_a_restored_lane_rests_until_its_owner_has_spoken(
    fleet: Fleet, keeper: Keeper, put: Callable[..., None]
) -> None:
    put(1, State.CALLED, "one")
    keeper.keep()
    assert RENEWED_WITHIN_SECONDS - 1 < view(fleet.slots).rests_seconds <= RENEWED_WITHIN_SECONDS
    assert view(fleet.slots, "ours:video").rests_seconds == 0, "in its own lane only"


def test_a_called_job_that_nobody_has_claimed_keeps_nobody_waiting(
    fleet: Fleet, keeper: Keeper, put: Callable[..., None]
) -> None:
    put(1, State.CALLED, None)
    keeper.keep()
    assert view(fleet.slots).rests_seconds == 0


def test_a_ticket_without_an_owner_keeps_its_slot_however_long_nobody_takes_it_up(
    fleet: Fleet, keeper: Keeper, put: Callable[..., None]
) -> None:
    keeper.keep()
    put(1, State.RENDERING, None)
    put(2, State.RENDERING, "one")
    for _ in range(10):
        fleet.wait(5)
        keeper.keep()
    assert view(fleet.slots).used == 1, "an owner states its own, and this one does not"


def test_what_other_accounts_and_ended_batches_did_holds_nothing(
    fleet: Fleet, keeper: Keeper, put: Callable[..., None], ledger: Ledger
) -> None:
    put(1, State.RENDERING, None)
    for account, ended_at in (("theirs", None), (ACCOUNT, time.time())):
        with ledger.write() as tx:
            tx.execute(update(jobs).values(account=account))
            tx.execute(update(batches).values(ended_at=ended_at))
        keeper.keep()
        assert view(fleet.slots).used == 0
