"""Jobs by the state they are in now, and the attempts that were paid in vain by the state of their jobs.

Done jobs and those that wait are many: sums tell of them (see `totals`), and here the others are counted.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Text, case, cast, func, select, type_coerce

from batches.store.ledger.quarters import QUARTER_SECONDS, Amounts, spelling
from batches.store.ledger.schema import batches, charges, jobs
from batches.store.ledger.states import RETRIABLE, State
from batches.store.ledger.waste import COST, IN_VAIN, SETTLED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from sqlalchemy import ColumnElement, Connection, Label, RowMapping

    from batches.store.ledger.totals import Scope, Value

SPENT_SECONDS = charges.c.at - IN_VAIN.c.started_at

OF_JOBS: Mapping[str, ColumnElement[Any]] = {
    "batch_id": jobs.c.batch_id,
    "account": func.coalesce(jobs.c.account, type_coerce(batches.c.accounts, Text)),  # NULL: it was never called
    "lane": jobs.c.lane,
    "model": jobs.c.model,
    "labels": cast(jobs.c.labels, Text),
    "state": jobs.c.state,
    "reason": case((jobs.c.state.in_(RETRIABLE), jobs.c.reason), else_=""),
}
"""What jobs can be told by, where a moment is said by a table of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InState:
    """Jobs, or attempts of jobs, that are told alike."""

    key: Mapping[str, Value]  #: by the columns that were asked for, and always by `state` and `reason`
    jobs: int = 0  #: how many came to this state
    in_vain: Amounts | None = None  #: their attempts that brought no picture


def counted(tx: Connection, by: Collection[str], scope: Scope) -> Iterator[InState]:
    """Jobs that are neither done nor waiting, by the moment at which they came to their state."""
    columns = _columns(by, jobs.c.changed_at)
    query = (
        select(*columns, func.count().label("jobs"))
        .join_from(jobs, batches)
        .where(
            jobs.c.batch_id.in_(select(batches.c.id)),  # all of them: else SQLite takes no index that has the state
            jobs.c.state.in_(set(State) - {State.QUEUED, State.DONE}),
            *scope.by_seconds(jobs.c.batch_id, jobs.c.changed_at),
        )
        .group_by(*(column.name for column in columns))
    )
    for row in tx.execute(query).mappings():
        yield InState(key=_key(row, by), jobs=row["jobs"])


def spent_in_vain(tx: Connection, by: Collection[str], scope: Scope) -> Iterator[InState]:
    """What attempts without a picture came to, by the moment at which they were settled."""
    columns = _columns(by, charges.c.at)
    sums = {
        "number": func.count(),
        "input_pixels": func.sum(jobs.c.input_pixels),
        "settled": func.coalesce(func.sum(COST), 0),
        "unknown": func.count(case((COST.is_(None), 1))),
    }
    seconds = func.sum(case((SPENT_SECONDS > 0, SPENT_SECONDS), else_=0.0))
    query = (
        select(
            *columns, *(cast(of, BigInteger).label(name) for name, of in sums.items()), seconds.label("slot_seconds")
        )
        .join_from(IN_VAIN, charges, SETTLED)
        .join(jobs, jobs.c.id == IN_VAIN.c.job_id)
        .join(batches, batches.c.id == jobs.c.batch_id)
        .where(*scope.by_seconds(charges.c.batch_id, charges.c.at))
        .group_by(*(column.name for column in columns))
    )
    for row in tx.execute(query).mappings():
        amounts = Amounts(**{name: row[name] for name in (*sums, "slot_seconds")})
        yield InState(key=_key(row, by), in_vain=amounts)


def _columns(by: Collection[str], moment: ColumnElement[float]) -> list[Label[Any]]:
    """A moment is told as it is: not every SQLite can say in which quarter of an hour it lies."""
    of = {**OF_JOBS, "quarter": moment}
    return [of[name].label(f"by_{name}") for name in (*by, "state", "reason")]


def _key(row: RowMapping, by: Collection[str]) -> Mapping[str, Value]:
    key = {name: row[f"by_{name}"] for name in (*by, "state", "reason")}
    if "quarter" in key:
        key["quarter"] = int(key["quarter"] // QUARTER_SECONDS)
    if "labels" in key:
        key["labels"] = spelling(json.loads(key["labels"]))
    return key
