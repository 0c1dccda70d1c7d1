"""What a person does to a batch, or to a lane, while it goes on."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from batches.models.spelling import did_you_mean
from batches.money import credits_of, json_number, show_credits, show_usd
from batches.reports.cost import state_of
from batches.store.ledger import standing
from batches.store.ledger.retrying import Choice
from batches.store.ledger.states import RETRIABLE, State
from console.actions import limiting, steering
from console.actions.services import SIMULATOR
from console.web.api.shapes import Shape
from console.web.site import MOST_NUMBER, Here, ThisBatch
from workers.accounts import Accounts

if TYPE_CHECKING:
    from batches.store.ledger.standing import Standing

router = APIRouter(tags=["steering"])

MOST_CHOSEN = 1000

Only = Annotated[
    tuple[Annotated[str, Field(max_length=500)], ...],
    Field(
        max_length=MOST_CHOSEN,
        description="States, or words of a reason; every job that rests without a picture, if empty.",
    ),
]
Numbers = Annotated[
    tuple[Annotated[int, Field(ge=1, le=MOST_NUMBER)], ...],
    Field(max_length=MOST_CHOSEN, description="Places of jobs in the plan."),
]


class Told(Shape):
    """What came of it."""

    message: str = Field(description="In a sentence.")
    state: str = Field(description="Of the batch now: running, paused or done.")
    jobs: int = Field(default=0, description="That it moved.")


class Again(Shape):
    """Which jobs to try again."""

    only: Only = ()
    numbers: Numbers = ()


class RetryBill(Shape):
    """What trying jobs again comes to."""

    message: str = Field(description="In a sentence.")
    jobs: int = Field(description="To be made and paid, or copied.")
    credits: float = Field(description="What they will cost, as far as prices are known.")
    unknown_prices: int = Field(description="Jobs that this leaves out.")


class Rules(Shape):
    """Numbers of a policy. What is left out stays; null takes `in_flight` back."""

    in_flight: int | None = Field(default=None, description="The most jobs under way at once; null: as lanes allow.")
    priority: int | None = Field(default=None, description="-100 to 100; a greater one goes first.")
    share: int | None = Field(default=None, description="1 to 100: its part among batches of one priority.")


class NewBudget(Shape):
    """A cap on the cost of a batch."""

    credits: Decimal = Field(description="The most it may cost.")


class Ceiling(Shape):
    """The slots of a lane."""

    account: str
    lane: str
    ceiling: int | None = Field(default=None, description="The most slots; null: as many as usual.")


class Said(Shape):
    """What came of it."""

    message: str = Field(description="In a sentence.")


@router.post("/batches/{batch_id}/pause")
def pause(site: Here, batch: ThisBatch) -> Told:
    """Begin no more of its jobs."""
    paused, now = steering.pause(site.ledger, batch)
    going = f"{now.in_motion:,} jobs that have begun come to their end." if now.in_motion else ""
    return _told(f"{batch.name} is paused. {going}" if paused else f"{batch.name} is over: nothing to pause.", now)


@router.post("/batches/{batch_id}/resume")
def resume(site: Here, batch: ThisBatch) -> Told:
    """Let it go on. This approves a canary, and drops a deadline that has passed; a budget has to be raised."""
    why, now = steering.resume(site.ledger, batch, site.budgets())
    return _told(f"{batch.name} {steering.MEANS[why]}." if why else f"{batch.name} is not paused.", now)


@router.post("/batches/{batch_id}/cancel")
def cancel(site: Here, batch: ThisBatch) -> Told:
    """Cancel all its jobs that BFL does not work on."""
    jobs, now = steering.cancel(site.ledger, batch)
    going = f" {now.in_motion:,} that BFL works on come to their end, for they are paid." if now.in_motion else ""
    return _told(f"{_jobs(jobs)} cancelled.{going}", now, jobs)


@router.get("/batches/{batch_id}/retry")
def bill(site: Here, batch: ThisBatch, again: Annotated[Again, Query()]) -> RetryBill:
    """What trying these jobs again would cost. Nothing is changed."""
    lines = steering.bill(site.ledger, batch, _choice(again))
    jobs, copies = sum(line.jobs for line in lines), sum(line.copies for line in lines)
    cost, unknown = sum(line.micro_credits for line in lines), sum(line.unknown_prices for line in lines)
    least = "at least " if unknown else ""
    told = f"{_jobs(jobs + copies)} tried again, for {least}about {show_credits(cost)} ({show_usd(cost)})."
    doubt = sum(line.jobs for line in lines if line.state is State.UNSURE)
    twice = f" {doubt:,} of them may be paid twice: their answer was lost." if doubt else ""
    return RetryBill(
        message=f"{told}{twice}" if jobs + copies else "There is no such job to try again.",
        jobs=jobs + copies,
        credits=float(json_number(credits_of(cost))),
        unknown_prices=unknown,
    )


@router.post("/batches/{batch_id}/retry")
def retry(site: Here, batch: ThisBatch, again: Again) -> Told:
    """Put these jobs back to the queue, each with all its attempts."""
    jobs, now = steering.retry(site.ledger, batch, _choice(again))
    hints = (did_you_mean(word, RETRIABLE) for word in again.only if word not in RETRIABLE)
    nothing = " ".join(["There is no such job to try again.", *(hint for hint in hints if hint)])
    return _told(f"{_jobs(jobs)} tried again." if jobs else nothing, now, jobs)


@router.post("/batches/{batch_id}/rules")
def rules(site: Here, batch: ThisBatch, changed: Rules) -> Told:
    """Change numbers of its policy; they hold from now on."""
    numbers = changed.model_dump(exclude_unset=True)
    changes = [f"{name}={'none' if value is None else value}" for name, value in numbers.items()]
    limiting.set_rules(site.ledger, batch, changes)
    return _told(f"{batch.name} goes on by these rules from now on.", _now(site, batch))


@router.post("/batches/{batch_id}/budget")
def budget(site: Here, batch: ThisBatch, new: NewBudget) -> Told:
    """Let it cost so much. A batch that rests for its budget goes on, if there is room now."""
    before = state_of(_now(site, batch))
    now = limiting.set_budget(site.ledger, batch, new.credits, site.budgets())
    on = " and goes on" if before == "paused" and state_of(now) == "running" else ""
    cap = now.batch.policy.budget
    assert cap is not None
    return _told(f"{batch.name} may cost {show_credits(cap.micro_credits)} from now on{on}.", now)


@router.post("/lanes")
def ceiling(site: Here, new: Ceiling) -> Said:
    """Give a lane at most so many slots. The fleet follows within a second."""
    payer = SIMULATOR if new.account == SIMULATOR.name else Accounts.of(site.settings).named(new.account)
    number = limiting.USUAL if new.ceiling is None else str(new.ceiling)
    limiting.set_ceilings(site.ledger, payer.name, [f"{new.lane}={number}"])
    slots = "as many slots as usual" if new.ceiling is None else f"at most {new.ceiling} slots"
    return Said(message=f"The {new.lane} lane of {payer.name} has {slots} from now on.")


def _choice(again: Again) -> Choice:
    said = steering.choice_of(again.only)
    return Choice(states=said.states, words=said.words, numbers=frozenset(again.numbers))


def _now(site: Here, batch: ThisBatch) -> Standing:
    with site.ledger.read() as tx:
        return standing.standing_of(tx, standing.find_batch(tx, batch.id) or batch)


def _told(message: str, now: Standing, jobs: int = 0) -> Told:
    return Told(message=message.strip(), state=state_of(now), jobs=jobs)


def _jobs(count: int) -> str:
    return "1 job is" if count == 1 else f"{count:,} jobs are"
