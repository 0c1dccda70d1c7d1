"""What a million finished jobs take to be told: `./run bench reports`.

Milliseconds of the quickest of five times, in SQLite, and in PostgreSQL where FLUXBATCH_BENCH_POSTGRES is the URL of an
empty database; CPU milliseconds beside them, for what this process does itself. `status` of a batch shall take 50 ms in
the database, its report by model 1 s, one of all batches by day and label 2 s, and the page of all 5 s and 3 MB. The
batch that is looked at goes on, so that it has a projection and something is still needed.
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
from batches.reports.page import as_html, facts_of
from batches.store.ledger import Ledger, feeding, standing
from console.actions import funding
from console.actions.looking import look_at

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


def _measured(url: str, count: int) -> Mapping[str, object]:
    with Ledger(url) as ledger:
        fill(ledger, count)
        with ledger.write() as tx:
            newest = standing.list_batches(tx)[0]
            feeding.reopen(tx, {newest.id})
        with ledger.read() as tx:
            page = len(_page(tx))
        one = frozenset({newest.id})
        by_day, by_state = axes_of("day,label:project"), axes_of("state,reason")
        questions: dict[str, Callable[[Connection], object]] = {
            "status of a batch": lambda tx: look_at(tx, newest, newest.created_at),
            "what it still needs": lambda tx: funding.need(tx, newest.accounts),
            "a batch by model": lambda tx: make_report(tx, Question(batches=one)),
            "a batch by state and reason": lambda tx: make_report(tx, Question(batches=one, by=by_state)),
            "all by day and label": lambda tx: make_report(tx, Question(batches=None, by=by_day)),
            "the page of all": _page,
        }
        return {"bytes of the page": page, **{name: _milliseconds(ledger, ask) for name, ask in questions.items()}}


def _page(tx: Connection) -> str:
    return as_html(facts_of(tx, Question(batches=None), now=0.0), now=0.0)


def _milliseconds(ledger: Ledger, ask: Callable[[Connection], object]) -> Mapping[str, float]:
    took = []
    for _ in range(TIMES):
        with ledger.read() as tx:
            begun = time.perf_counter(), time.process_time()
            ask(tx)
            took.append((time.perf_counter() - begun[0], time.process_time() - begun[1]))
    wall, cpu = (round(1000 * min(times), 1) for times in zip(*took, strict=True))
    return {"wall": wall, "cpu": cpu}


if __name__ == "__main__":
    main()
