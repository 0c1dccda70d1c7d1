"""What submitting a plan would come to. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from batches.money import credits_of, json_number
from batches.store.ledger.sorting import JOBS_AT_ONCE, Sorted, sorted_out
from batches.store.ledger.standing import Standing, standing_of
from batches.store.ledger.states import State
from batches.store.ledger.submitting import newest_named

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from batches.planning import Plan


@dataclass(slots=True, kw_only=True)
class Survey:
    """A plan beside the batch that it goes on with."""

    continues: Standing | None = None  #: the batch of this name that has some of its jobs; None: it becomes a new one
    known: int = 0  #: jobs that this batch has already
    new: int = 0  #: jobs to make and pay
    copies: int = 0  #: jobs that get a copy of another one's picture
    reused: int = 0  #: jobs whose picture another batch has made
    micro_credits: int = 0  #: what the new ones will cost, as far as prices are known
    unknown_prices: int = 0  #: new ones that this leaves out

    @property
    def added(self) -> int:
        """Jobs that the batch does not have yet."""
        return self.new + self.copies + self.reused

    @property
    def done(self) -> int:
        """Jobs of the batch, in the plan or not, whose picture is there."""
        return self.continues.jobs.get(State.DONE, 0) if self.continues else 0

    @property
    def is_over(self) -> bool:
        """Whether there is nothing to add and nothing left to do."""
        return self.continues is not None and self.continues.rests and not self.added

    def as_json(self) -> dict[str, object]:
        """For machines."""
        return {
            "known": self.known,
            "new": self.new,
            "copies": self.copies,
            "reused": self.reused,
            "credits": json_number(credits_of(self.micro_credits)),
            "unknown_prices": self.unknown_prices,
        }

    def count(self, told: Sorted) -> None:
        """Add these jobs."""
        self.known += len(told.known)
        self.new += len(told.new)
        self.copies += len(told.copies)
        self.reused += len(told.reused)
        prices = [job.estimate.micro_credits for job in told.new]
        self.micro_credits += sum(price or 0 for price in prices)
        self.unknown_prices += prices.count(None)


def survey(tx: Connection, plan: Plan, accounts: tuple[str, ...]) -> Survey:
    """A plan against the ledger. Its jobs are looked at only where some may be known, and some not."""
    batch = newest_named(tx, plan.name, accounts)
    if batch is not None and batch.holds(plan):
        return Survey(continues=standing_of(tx, batch), known=plan.asked)
    if batch is None and not plan.reuse:
        return all_new(plan)
    found = Survey()
    planned = plan.jobs()
    while chunk := list(islice(planned, JOBS_AT_ONCE)):
        found.count(sorted_out(tx, chunk, batch.id if batch else None, accounts, reuse=plan.reuse))
    if batch is not None and found.known:
        found.continues = standing_of(tx, batch)
    return found


def all_new(plan: Plan) -> Survey:
    """The plan as a batch of its own that takes nothing from any other."""
    return Survey(
        new=plan.unique, copies=plan.copies, micro_credits=plan.micro_credits, unknown_prices=plan.unknown_prices
    )
