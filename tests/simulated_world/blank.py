"""An empty ledger for each world: one and the same, wiped, because to make one anew takes as long as half a world.

What costs so much are the migrations, and the statements that SQLAlchemy puts together once for each engine.
"""

from __future__ import annotations

import sqlite3
from functools import cache

from batches.store.ledger import Ledger


def blank_ledger() -> Ledger:
    """The one ledger of this process, with nothing in it."""
    ledger, file, empty = _made()
    file.deserialize(empty)
    return ledger


@cache
def _made() -> tuple[Ledger, sqlite3.Connection, bytes]:
    ledger = Ledger("sqlite://")
    with ledger.read() as tx:
        file = tx.connection.driver_connection
    assert isinstance(file, sqlite3.Connection)
    return ledger, file, file.serialize()
