"""Which writes wait for the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from tests.batches.store.ledger.world import World


def test_only_a_write_that_is_flushed_waits_for_the_disk(world: World) -> None:
    def mode(*, flush: bool) -> object:
        with world.ledger.write(flush=flush) as tx:
            return tx.scalar(text("PRAGMA synchronous"))

    normal, full = 1, 2
    assert [mode(flush=flush) for flush in (True, False, False, True)] == [full, normal, normal, full]
