"""When the ledger fails or the mistake is ours, the job is let go of and the money is not forgotten."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, NoReturn

import pytest

from batches.store.images import MemoryStore
from batches.store.ledger import LedgerError
from batches.store.ledger.states import State
from workers.journey import journey as journey_module
from workers.slots import Gate, MemorySlots

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.workers.conftest import Company
    from tests.workers.journey.conftest import World


class Buggy(MemoryStore):
    """An image store with a mistake in it."""

    def put(self, key: str, data: bytes) -> None:  # noqa: ARG002  # the seam's signature
        raise KeyError(key)


class BuggySlots(MemorySlots):
    """A counter with a mistake in it."""

    def take(self, lane: str, holder: str, *, urgent: bool = False) -> int | None:  # noqa: ARG002  # the seam's signature
        raise KeyError(lane)


def test_a_mistake_of_ours_lets_go_of_the_job_and_of_its_slot(
    world: World, submit: Callable[..., str], company: Company
) -> None:
    submit("a fox")
    job = world.carry(images=Buggy())
    assert (job["state"], job["owner"]) == (State.RENDERING, None)
    assert "KeyError" in job["reason"]
    assert world.held() == 0
    assert world.carry()["state"] == State.DONE
    assert company["accepted"] == 1


def test_a_mistake_before_anything_is_sent_puts_the_job_back(world: World, submit: Callable[..., str]) -> None:
    submit("a fox")
    job = world.carry(gate=Gate(BuggySlots(), world.leaving.is_set))
    assert (job["state"], job["owner"], job["failures"]) == (State.QUEUED, None, 0)
    assert "KeyError" in job["reason"]


def test_a_mistake_while_sending_leaves_the_job_unsure(
    world: World, submit: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumbles(path: str, body: object) -> NoReturn:  # noqa: ARG001  # the client's signature
        raise KeyError(path)

    submit("a fox")
    monkeypatch.setattr(world.hands.client, "submit", stumbles)
    job = world.carry()
    assert (job["state"], job["owner"]) == (State.UNSURE, None)
    assert "KeyError" in job["reason"]


def test_a_ticket_that_the_ledger_does_not_take_is_offered_until_it_does(
    world: World,
    submit: Callable[..., str],
    company: Company,
    monkeypatch: pytest.MonkeyPatch,
    eventually: Callable[[Callable[[], object]], bool],
) -> None:
    monkeypatch.setattr(journey_module, "BROKEN_LEDGER_PAUSE", 0.02)
    submit("a fox")
    company.spoil("submit", "slow", seconds=1)
    with world.carrying(until=State.SUBMITTING):
        break_ledger(world)
        assert eventually(lambda: company["accepted"] == 1)
        time.sleep(0.2)
        assert world.job()["state"] == State.SUBMITTING
        mend_ledger(world)
    assert world.job()["state"] == State.DONE
    assert company["accepted"] == 1


def test_a_worker_that_leaves_with_a_ticket_nobody_took_says_it_aloud(
    world: World, submit: Callable[..., str], company: Company, capfd: pytest.CaptureFixture[str]
) -> None:
    submit("a fox")
    company.spoil("submit", "slow", seconds=1)

    def break_and_leave() -> None:
        while world.job()["state"] != State.SUBMITTING:
            time.sleep(0.01)
        break_ledger(world)
        world.leaving.set()

    breaker = threading.Thread(target=break_and_leave)
    breaker.start()
    with pytest.raises(LedgerError):
        world.carry()
    breaker.join()
    assert world.job()["state"] == State.SUBMITTING, "the sweep will make it unsure"
    assert company["accepted"] == 1
    assert "get_result?id=" in "".join(capfd.readouterr()), "the log has the only trace of what was paid"


def break_ledger(world: World) -> None:
    with world.ledger.write() as tx:
        tx.exec_driver_sql("ALTER TABLE charges RENAME TO elsewhere")


def mend_ledger(world: World) -> None:
    with world.ledger.write() as tx:
        tx.exec_driver_sql("ALTER TABLE elsewhere RENAME TO charges")
