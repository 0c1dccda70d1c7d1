"""What a journey teaches about the pace of its model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from batches.store.ledger.states import State
from workers.journey.paces import Paces

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.workers.conftest import Company
    from tests.workers.journey.conftest import World


def lessons(world: World) -> float:
    return sum(world.hands.paces.of("flux-dev").weights)


def test_a_finished_job_teaches_once_however_often_its_link_is_renewed(
    world: World, submit: Callable[..., str], company: Company
) -> None:
    submit("fox")
    company.spoil("download", "expired", times=1)
    assert world.carry()["state"] == State.DONE
    assert lessons(world) == 1


def test_a_job_that_was_moderated_teaches_nothing(world: World, submit: Callable[..., str]) -> None:
    """It ends long before a picture would be there."""
    submit("forbidden fox")
    assert world.carry()["state"] == State.MODERATED
    assert lessons(world) == 0


def test_a_job_taken_over_teaches_nothing_unless_it_is_seen_unfinished(
    world: World, submit: Callable[..., str], company: Company, eventually: Callable[[Callable[[], object]], bool]
) -> None:
    submit("fox")
    company.spoil("poll", "pending")
    with world.carrying(until=State.RENDERING):
        world.leaving.set()
    assert eventually(lambda: company["billed_micro_credits"]), "it is ready before anybody looks again"
    company.mend()
    world.leaving.clear()
    world.hands = replace(world.hands, paces=Paces(), worker="two")
    assert world.carry()["state"] == State.DONE
    assert lessons(world) == 0
    company.spoil("poll", "pending", times=1)
    submit("hare")
    assert world.carry(2)["state"] == State.DONE
    assert lessons(world) == 1


def test_two_workers_know_what_either_has_learnt(world: World) -> None:
    one, two = Paces(), Paces()
    one.learn("flux-dev", 3, [4.0])
    two.learn("flux-dev", 3, [4.0])
    for paces in (one, two, one):
        with world.ledger.write() as tx:
            paces.share(tx, "ours")
    assert one.of("flux-dev") == two.of("flux-dev")
    assert sum(one.of("flux-dev").weights) > 1.9
    assert sum(one.of("flux-dev").promises) > 1.9


def test_what_polls_promised_is_learnt_with_what_came_of_it(
    world: World, submit: Callable[..., str], company: Company
) -> None:
    company.spoil("poll", "pending", times=3)
    submit("fox")
    assert world.carry()["state"] == State.DONE
    silent = sum(world.hands.paces.of("flux-dev").promises)
    assert silent == 0, "nothing is promised where polls tell no progress"
