"""What the ledger holds when a world has ended."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from batches.store.ledger.schema import attempts, batches, charges, jobs, quarters
from tests.simulated_world.blank import diary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batches.store.ledger import Ledger


EVERY_ROW = {table: select(table) for table in (jobs, attempts, batches, charges, quarters, diary)}


class Remains:
    """Every row, in order."""

    def __init__(self, ledger: Ledger) -> None:
        with ledger.read() as tx:
            tables = {table: tx.execute(statement).all() for table, statement in EVERY_ROW.items()}
        self.jobs: Mapping[int, Any] = {job.id: job for job in tables[jobs]}
        self.attempts: Sequence[Any] = tables[attempts]
        self.batches: Sequence[Any] = tables[batches]
        self.charges: Sequence[Any] = tables[charges]
        self.quarters: Sequence[Any] = tables[quarters]
        self.diary: Sequence[Any] = tables[diary]
        self.tries: Mapping[int, list[Any]] = defaultdict(list)  #: the attempts of each job
        for attempt in self.attempts:
            self.tries[attempt.job_id].append(attempt)
