"""What workers have learnt of each model outlives them, and adds up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from batches.pace import NEVER_SEEN
from batches.store.ledger.paces import known_paces, teach
from batches.store.ledger.side_tables import paces

if TYPE_CHECKING:
    from tests.batches.store.ledger.world import World


def test_lessons_of_all_workers_add_up_by_account_and_model(world: World) -> None:
    world.do(teach, "main", {"flux-dev": [1.0, 2.0], "flux-2-pro": [9.0]})
    world.do(teach, "main", {"flux-dev": [3.0]})
    world.do(teach, "simulator", {"flux-dev": [0.1]})
    known = world.ask(known_paces, "main")
    assert known["flux-dev"] == NEVER_SEEN.after([1.0, 2.0, 3.0])
    assert known["flux-2-pro"] == NEVER_SEEN.after([9.0])
    assert world.ask(known_paces, "nobody") == {}


def test_a_histogram_of_another_shape_is_learnt_anew(world: World) -> None:
    """As a later release may have another one."""
    world.do(teach, "main", {"flux-dev": [1.0]})
    world.do(lambda tx: tx.execute(update(paces).values(weights=[1, 2, 3])))
    assert world.ask(known_paces, "main") == {"flux-dev": NEVER_SEEN}
    world.do(teach, "main", {"flux-dev": [2.0]})
    assert world.ask(known_paces, "main") == {"flux-dev": NEVER_SEEN.after([2.0])}
