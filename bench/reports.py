"""What a million finished jobs take to be told: `./run bench reports`.

Milliseconds of the quickest of five times, in SQLite, and in PostgreSQL where FLUXBATCH_BENCH_POSTGRES is the URL of an
empty database. `status` of a batch shall take 50 ms in the database, its report by model 1 s, and one of all batches by
day and label 2 s.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from big_ledger import JOBS, fill

from batches.reports import Question, axes_of, make_report
from batches.store.ledger import Ledger, standing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Connection

TIMES = 5


def main() -> None:
    """Measure and print one JSON document."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else JOBS
    told: dict[str, object] = {"jobs": count}
    with tempfile.TemporaryDirectory() as folder:
        told["sqlite"] = _measured(f"sqlite:///{Path(folder) / 'ledger.db'}", count)
    if server := os.environ.get("FLUXBATCH_BENCH_POSTGRES"):
        told["postgresql"] = _measured(server, count)
    json.dump(told, sys.stdout, indent=2)
    sys.stdout.write("\n")


def _measured(url: str, count: int) -> Mapping[str, float]:
    with Ledger(url) as ledger:
        fill(ledger, count)
        with ledger.read() as tx:
            newest = standing.list_batches(tx)[0]
        one = frozenset({newest.id})
        by_day = axes_of("day,label:project")
        questions: dict[str, Callable[[Connection], object]] = {
            "status of a batch": lambda tx: standing.standing_of(tx, newest),
            "a batch by model": lambda tx: make_report(tx, Question(batches=one)),
            "a batch by state and reason": lambda tx: make_report(
                tx, Question(batches=one, by=axes_of("state,reason"))
            ),
            "all by day and label": lambda tx: make_report(tx, Question(batches=None, by=by_day)),
        }
        return {name: _milliseconds(ledger, ask) for name, ask in questions.items()}


def _milliseconds(ledger: Ledger, ask: Callable[[Connection], object]) -> float:
    took = []
    for _ in range(TIMES):
        with ledger.read() as tx:
            begun = time.perf_counter()
            ask(tx)
            took.append(time.perf_counter() - begun)
    return round(1000 * min(took), 1)


if __name__ == "__main__":
    main()
