"""What people allow beyond one batch, beside what came of it: the slots of its accounts, and wide budgets."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from batches.store.ledger.limits import ceilings
from batches.store.ledger.purses import purse_of
from batches.store.ledger.quarters import WRITTEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from batches.policy import WideBudget
    from batches.store.ledger.spending import Purse
    from batches.store.ledger.totals import Total


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What is set up where the report is made. The ledger does not know it."""

    slots: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  #: by account, of each lane
    budgets: Sequence[WideBudget] = ()  #: by name


@dataclass(frozen=True, slots=True)
class Filled:
    """A wide budget, and what counts against it now."""

    budget: WideBudget
    purse: Purse


def slots_of(tx: Connection, used: Iterable[Total], bounds: Bounds) -> int | None:
    """The slots of all lanes that were used, as they are allowed now; None where an account is not set up here."""
    lanes = {(str(one.key["account"]), str(one.key["lane"])) for one in used if one.what not in WRITTEN}
    if not lanes or any(account not in bounds.slots for account, _ in lanes):
        return None
    allowed = {account: {**bounds.slots[account], **ceilings(tx, account)} for account, _ in lanes}
    return sum(allowed[account][lane] for account, lane in lanes)


def filled(tx: Connection, used: Iterable[Total], bounds: Bounds, now: float) -> Sequence[Filled]:
    """The budgets that cover anything of this, and how much of them is spent in the period that goes on."""
    told = {(str(one.key["account"]), str(one.key["labels"])) for one in used if one.what not in WRITTEN}
    spent = [(account, json.loads(labels)) for account, labels in told]
    covering = [one for one in bounds.budgets if any(one.covers(account, labels) for account, labels in spent)]
    return [Filled(one, purse_of(tx, one, now)) for one in covering]
