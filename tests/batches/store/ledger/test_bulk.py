"""Many rows at once say what the same rows say one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from batches.store.ledger.bulk import insert_rows
from batches.store.ledger.side_tables import paces

if TYPE_CHECKING:
    from tests.batches.store.ledger.world import World


def test_rows_are_read_back_as_they_were_written(world: World) -> None:
    rows = [("main", "flux-dev", "[1, 2]", "[]"), ("main", 'odd "?" %s name', "{}", "[3]")]
    world.do(insert_rows, paces, ("account", "model", "weights", "promises"), rows)
    found = world.ask(lambda tx: tx.execute(select(paces).order_by(paces.c.model)).fetchall())
    assert found == [("main", "flux-dev", [1, 2], []), ("main", 'odd "?" %s name', {}, [3])]


def test_no_rows_are_no_statement(world: World) -> None:
    world.do(insert_rows, paces, ("account", "model", "weights", "promises"), [])
    assert world.ask(lambda tx: tx.execute(select(paces)).fetchall()) == []
