"""Decides what comes next in the life of a job. No clock, no IO, no Celery, no dice: values in, a value out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, assert_never

from batches.pace import NEVER_SEEN, Pace
from batches.store.ledger.records import Reported
from batches.store.ledger.states import State
from workers.bfl.answers import (
    Accepted,
    AnswerLost,
    Busy,
    Foreign,
    InFlight,
    KeyRefused,
    LinkDead,
    Moderated,
    NoCredits,
    NotFound,
    Ready,
    Rejected,
    TaskError,
    Trouble,
)
from workers.journey.events import (
    BadPicture,
    Claimed,
    Draining,
    InputLost,
    NoSlot,
    OverBudget,
    Resting,
    SlotTaken,
    Stored,
    StoreTrouble,
    Unwanted,
)
from workers.journey.steps import (
    AskAgain,
    Doubt,
    End,
    Fetch,
    Finish,
    HandOver,
    PauseBatch,
    Poll,
    PutBack,
    Reseed,
    StopAccount,
    Submit,
    TakeSlot,
)

if TYPE_CHECKING:
    from workers.journey.events import Event
    from workers.journey.patience import Patience
    from workers.journey.steps import Step

NOT_CHARGED = Reported(micro_credits=0)
"""BFL does not charge for moderated requests (help.bfl.ai, 2026-06-12)."""


RULE: Literal["rule"] = "rule"
RESULT: Literal["result"] = "result"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a decision needs to know about a job."""

    max_attempts: int  #: real failures after which it is given up
    failures: int = 0  #: real failures so far
    waits: int = 0  #: refusals in a row that cost nothing
    accepted_at: float | None = None  #: when BFL took it; None without a ticket
    troubles: int = 0  #: polls and downloads in a row that went wrong
    unknown: int = 0  #: polls in a row that did not find its ticket
    seeds_left: int = 0  #: how often it may be tried with another seed when it is moderated
    pace: Pace = NEVER_SEEN  #: how long its model takes, as far as that is known
    useless: int = 0  #: results that could not be used: pictures that did not decode, links to foreign hosts

    def after(self, event: Event) -> View:
        """The view with this event counted in."""
        match event:
            case Trouble() | LinkDead() | StoreTrouble():
                return replace(self, troubles=self.troubles + 1)
            case BadPicture() | Foreign():
                return replace(self, useless=self.useless + 1)
            case Accepted(ticket=ticket):
                return replace(self, accepted_at=ticket.accepted_at, waits=0)
            case Busy():
                return replace(self, waits=self.waits + 1)
            case TaskError():
                return replace(self, failures=self.failures + 1)
            case InFlight():
                return replace(self, troubles=0, unknown=0)
            case NotFound():
                return replace(self, troubles=0, unknown=self.unknown + 1)
            case _:
                return self


def decide(view: View, event: Event, patience: Patience, now: float) -> Step:
    """The next step of a job that has just met this event. The view has the event counted in already."""
    match event:
        case Claimed():
            return TakeSlot(patience.slot_patience) if view.accepted_at is None else Poll(0)
        case SlotTaken():
            return Submit()
        case NoSlot() | InputLost() | OverBudget() | Resting():
            return _instead_of_submitting(event)
        case Draining():
            return _leave(view)
        case Accepted() | Busy() | AnswerLost() | NoCredits() | KeyRefused() | Rejected():
            return _after_submit(view, event, patience)
        case InFlight() | NotFound() | Ready() | Moderated() | TaskError():
            return _after_poll(view, event, patience, now)
        case Trouble(message=message, retry_after=asked):
            return AskAgain(patience.ask_again(view.troubles, asked), message)
        case LinkDead(message=message):
            return AskAgain(0 if view.troubles == 1 else patience.ask_again(view.troubles), message)
        case Stored(image=image, cost=cost):
            return Finish(image, cost)
        case BadPicture() | Foreign():
            return _after_useless(view, event, patience)
        case Unwanted(message=message, cost=cost, source=source):
            return End(State.FAILED, message, cost, source)
        case StoreTrouble(message=message, away=True) if view.troubles <= patience.away_tries:
            return AskAgain(patience.ask_again(view.troubles), message)
        case StoreTrouble(message=message):
            onward = HandOver(patience.stop, message)
            return StopAccount("image store", message, patience.stop, onward)
        case _:
            assert_never(event)


def _instead_of_submitting(event: NoSlot | InputLost | OverBudget | Resting) -> Step:
    match event:
        case NoSlot():
            return PutBack(0, "waits for a slot")
        case InputLost(message=message):
            return End(State.FAILED, message, None)
        case OverBudget(message=message, budget=budget, account=account):
            return PauseBatch(message, PutBack(0, "waits for the budget"), budget, account)
        case Resting(message=message):
            return PutBack(0, message)
        case _:
            assert_never(event)


def _after_submit(
    view: View, answer: Accepted | Busy | AnswerLost | NoCredits | KeyRefused | Rejected, patience: Patience
) -> Step:
    match answer:
        case Accepted():
            return Poll(patience.first_gap(view.pace))
        case Busy(message=message, retry_after=asked):
            return PutBack(patience.wait(view.waits, asked), message, counts="wait")
        case AnswerLost(message=message):
            return Doubt(message)
        case NoCredits(message=message):
            return StopAccount("no credits", message, patience.stop, PutBack(0, message))
        case KeyRefused(message=message):
            return StopAccount("key refused", message, patience.stop, PutBack(0, message))
        case Rejected(message=message):
            return End(State.FAILED, f"rejected: {message}", None)
        case _:
            assert_never(answer)


def _after_poll(
    view: View, answer: InFlight | NotFound | Ready | Moderated | TaskError, patience: Patience, now: float
) -> Step:
    age = max(0.0, now - (view.accepted_at if view.accepted_at is not None else now))  # clocks differ
    match answer:
        case Ready():
            return Fetch(answer)
        case Moderated():
            return _after_moderation(view, answer)
        case TaskError(message=message, said=said):
            reason = f"BFL failed: {message}"
            if view.failures >= view.max_attempts:
                return End(State.FAILED, reason, said)
            return PutBack(patience.backoff(view.failures), reason, counts="failure", cost=said)
        case InFlight(progress=progress):
            if age > patience.deadline:
                return Doubt(f"no result within {patience.deadline:.0f} s")
            return Poll(patience.poll_gap(view.pace, age, progress))
        case NotFound():
            if age > patience.not_found_grace and view.unknown >= patience.not_found_tries:
                return Doubt("BFL does not know this ticket")
            return Poll(patience.poll_gap(view.pace, age))
        case _:
            assert_never(answer)


def _after_moderation(view: View, answer: Moderated) -> Step:
    cost, source = (NOT_CHARGED, RULE) if answer.said.micro_credits is None else (answer.said, RESULT)
    if view.seeds_left:
        return Reseed(answer.message, cost, source)
    return End(State.MODERATED, answer.message, cost, source)


def _after_useless(view: View, event: BadPicture | Foreign, patience: Patience) -> Step:
    """It may pass; if it does not, a bad picture is paid for and lost, and a foreign link is for a person to judge."""
    if view.useless < patience.useless_tries:
        return AskAgain(patience.ask_again(view.useless), event.message)
    match event:
        case BadPicture(message=message, cost=cost):
            return End(State.FAILED, message, cost)
        case Foreign(message=message):
            return Doubt(message, for_a_person=True)
        case _:
            assert_never(event)


def _leave(view: View) -> Step:
    if view.accepted_at is None:
        return PutBack(0, "its worker left")
    return HandOver(0, "its worker left")
