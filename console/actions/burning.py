"""Budgets, and how they burn down."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batches.store.ledger import purses, spending, standing
from batches.store.ledger.quarters import QUARTER_SECONDS
from batches.store.ledger.totals import Scope, totals
from console.actions.progressing import divided, steps_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from batches.policy import WideBudget
    from batches.store.ledger.spending import Purse
    from console.actions.progressing import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Burning:
    """One budget."""

    name: str  #: of the budget, or of the batch that it is of
    batch_id: str | None  #: None: it is wider than a batch
    words: str  #: when it begins anew: ` a day`; empty for never
    purse: Purse
    steps: Sequence[Step]  #: what was spent from it over time


def burning(tx: Connection, budgets: Sequence[WideBudget], now: float) -> Iterator[Burning]:
    """Those of fluxbatch.toml, and those of batches that go on."""
    for one in budgets:
        purse = purses.purse_of(tx, one, now)
        yield Burning(name=one.name, batch_id=None, words=one.words, purse=purse, steps=_wide_steps(tx, one, now))
    for batch in standing.going_on(tx):
        if batch.policy.budget:
            left = spending.outstanding(tx, batch.id)
            purse = spending.Purse(
                budget=batch.policy.budget,
                spent=spending.spent_of(tx, batch.id),
                reserved=left.reserved,
                at_risk=left.at_risk,
            )
            yield Burning(name=batch.name, batch_id=batch.id, words="", purse=purse, steps=steps_of(tx, batch, now))


def _wide_steps(tx: Connection, one: WideBudget, now: float) -> Sequence[Step]:
    since = one.since(now)
    told = totals(tx, ["quarter", "account", "labels"], Scope(first=int(since // QUARTER_SECONDS)))
    sums = [
        (int(its.key["quarter"]) * QUARTER_SECONDS, its.amounts.images, its.amounts.settled)
        for its in told
        if one.covers(str(its.key["account"]), json.loads(str(its.key["labels"])))
    ]
    begin = since or min((at for at, *_ in sums), default=now)
    return divided(((float(at), images, settled) for at, images, settled in sums), begin, now, least=QUARTER_SECONDS)
