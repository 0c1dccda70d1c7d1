"""What accounts have together, beside what is to be paid from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batches.money import cost_json
from batches.reports.projection import left_of
from batches.store.ledger import balances, courses, standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from batches.planning import Plan
    from batches.store.ledger import Ledger
    from batches.store.ledger.balances import Reading
    from batches.store.ledger.survey import Survey


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What the jobs of an account that are not at rest will cost."""

    micro_credits: int  #: as far as prices are known
    unknown_prices: int  #: jobs that this leaves out


NOTHING = Need(micro_credits=0, unknown_prices=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Funds:
    """Whether the money of the accounts that pay for a batch is enough."""

    accounts: tuple[str, ...]
    has: int  #: micro-credits, of all together
    needs: Need  #: for what is new
    under_way: Need  #: for jobs of their batches that are not at rest

    @property
    def missing(self) -> int:
        """Micro-credits they have too little, as far as prices are known."""
        return max(0, self.needs.micro_credits + self.under_way.micro_credits - self.has)

    def as_json(self) -> dict[str, object]:
        """For machines."""
        return {
            "has": cost_json(self.has),
            "needs": cost_json(self.needs.micro_credits),
            "under_way": cost_json(self.under_way.micro_credits),
            "missing": cost_json(self.missing),
        }


def funds_for(readings: Sequence[Reading], bill: Plan | Survey, under_way: Need) -> Funds:
    """What was read, beside what is new on a bill and what is under way."""
    needs = Need(micro_credits=bill.micro_credits, unknown_prices=bill.unknown_prices)
    names = tuple(reading.account for reading in readings)
    has = sum(reading.micro_credits for reading in readings)
    return Funds(accounts=names, has=has, needs=needs, under_way=under_way)


def under_way(ledger: Ledger, accounts: Sequence[str]) -> Need:
    """What jobs of their batches will cost that are not at rest."""
    with ledger.read() as tx:
        return need(tx, accounts)


def need(tx: Connection, accounts: Sequence[str]) -> Need:
    """What the jobs of their batches will cost that are not at rest, those under way among them.

    By the sums of the ledger, as a projection has it: the jobs that wait may be a million, and none is looked at.
    """
    theirs = [batch for batch in standing.going_on(tx) if {*accounts} & {*batch.accounts}]
    left = [left_of(standing.standing_of(tx, batch), courses.courses_of(tx, batch.id)) for batch in theirs]
    return Need(micro_credits=int(sum(amount for amount, _ in left)), unknown_prices=sum(jobs for _, jobs in left))


def now(tx: Connection, accounts: tuple[str, ...]) -> Funds | None:
    """How they stand by the ledger alone: their last readings less what was settled since. None where one has none."""
    has = 0
    for account in accounts:
        last = balances.latest(tx, account)
        if last is None:
            return None
        has += last.micro_credits - balances.settled_since(tx, account, last.at)
    return Funds(accounts=accounts, has=has, needs=NOTHING, under_way=need(tx, accounts))
