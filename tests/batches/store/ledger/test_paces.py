"""What workers have learnt of each model outlives them, and adds up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from batches.pace import NEVER_SEEN
from batches.store.ledger.paces import Lessons, known_paces, teach
from batches.store.ledger.side_tables import paces

if TYPE_CHECKING:
    from tests.batches.store.ledger.world import World


def test_lessons_of_all_workers_add_up_by_account_and_model(world: World) -> None:
    world.do(teach, "main", {"flux-dev": Lessons([1.0, 2.0], [0.9]), "flux-2-pro": Lessons([9.0])})
    world.do(teach, "main", {"flux-dev": Lessons([3.0], [1.1, 1.0])})
    world.do(teach, "simulator", {"flux-dev": Lessons([0.1])})
    known = world.ask(known_paces, "main")
    assert known["flux-dev"] == NEVER_SEEN.after([1.0, 2.0, 3.0], [0.9, 1.1, 1.0])
    assert known["flux-2-pro"] == NEVER_SEEN.after([9.0])
    assert world.ask(known_paces, "nobody") == {}


@pytest.mark.parametrize("histogram", ["weights", "promises"])
def test_a_histogram_of_another_shape_is_learnt_anew(histogram: str, world: World) -> None:
    """As a later release may have another one."""
    world.do(teach, "main", {"flux-dev": Lessons([1.0])})
    world.do(lambda tx: tx.execute(update(paces).values(**{histogram: [1, 2, 3]})))
    assert world.ask(known_paces, "main") == {"flux-dev": NEVER_SEEN}
    world.do(teach, "main", {"flux-dev": Lessons([2.0])})
    assert world.ask(known_paces, "main") == {"flux-dev": NEVER_SEEN.after([2.0])}
