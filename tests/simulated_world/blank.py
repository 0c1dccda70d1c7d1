"""An empty ledger for each world: one and the same, wiped, because to make one anew takes as long as half a world.

What costs so much are the migrations, and the statements that SQLAlchemy puts together once for each engine.
"""

from __future__ import annotations

import sqlite3
from functools import cache

from sqlalchemy import Column, MetaData, Table, Text, text

from batches.store.ledger import Ledger

diary = Table("diary", MetaData(), *(Column(name, Text) for name in ("job_id", "before", "after", "had", "has")))
"""Every change of a job's state, and every owner that another one replaced."""

KEPT_BY = """
CREATE TRIGGER diary AFTER UPDATE OF state, owner ON jobs WHEN old.state <> new.state OR old.owner <> new.owner
BEGIN INSERT INTO diary VALUES (old.id, old.state, new.state, old.owner, new.owner); END
"""


def blank_ledger() -> Ledger:
    """The one ledger of this process, with nothing in it."""
    ledger, file, empty = _made()
    file.deserialize(empty)
    return ledger


@cache
def _made() -> tuple[Ledger, sqlite3.Connection, bytes]:
    ledger = Ledger("sqlite://")
    with ledger.write() as tx:
        diary.create(tx)
        tx.execute(text(KEPT_BY))
        file = tx.connection.driver_connection
    assert isinstance(file, sqlite3.Connection)
    return ledger, file, file.serialize()
