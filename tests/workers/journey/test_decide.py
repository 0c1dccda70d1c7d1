"""What comes next in the life of a job: every event, in every situation that makes a difference."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batches.pace import NEVER_SEEN
from batches.store.ledger.records import KeptImage, Reported, Ticket
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
from workers.journey.decide import NOT_CHARGED, View, decide
from workers.journey.events import (
    BadPicture,
    Claimed,
    Draining,
    Event,
    InputLost,
    NoSlot,
    OverBudget,
    Resting,
    SlotTaken,
    Stored,
    StoreTrouble,
    Unwanted,
)
from workers.journey.patience import Patience
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
    from workers.journey.steps import Step

PATIENCE = Patience()
NOW = 1000.0
NEW = View(max_attempts=3)
"""Never submitted, never refused."""
AT_BFL = View(max_attempts=3, accepted_at=NOW - 10)
"""Taken ten seconds ago."""
TICKET = Ticket(id="t-1", polling_url="https://api.bfl.ai", accepted_at=NOW)
COST = Reported(micro_credits=3_000_000)
UNKNOWN = Reported()
IMAGE = KeptImage(key="a/b.png", sha256="0", format="png", width=1, height=1, bytes=1, dhash=1, flags=())
GAP_AT_10 = PATIENCE.poll_gap(NEVER_SEEN, 10)
READY = Ready("https://d.bfl.ai/a.png", COST)


def stopped(reason: str, then: Step) -> StopAccount:
    return StopAccount(reason, "said", PATIENCE.stop, then)  # type: ignore[arg-type]  # rows of the table


def step_after(view: View, event: Event) -> Step:
    return decide(view.after(event), event, PATIENCE, NOW)


@pytest.mark.parametrize(
    ("view", "event", "step", "reason"),
    [
        (NEW, Claimed(), TakeSlot(20), "a new job needs leave to submit"),
        (AT_BFL, Claimed(), Poll(0), "a job with a ticket is never paid again"),
        (NEW, SlotTaken(), Submit(), "there is leave"),
        (NEW, NoSlot(), PutBack(0, "waits for a slot"), "others may pass while it waits"),
        (NEW, InputLost("said"), End(State.FAILED, "said", None), "it will not come back by itself, and cost nothing"),
        (NEW, Draining(), PutBack(0, "its worker left"), "nothing was sent"),
        (AT_BFL, Draining(), HandOver(0, "its worker left"), "BFL is at work, and the ticket tells where"),
        # the answer to a submission
        (NEW, Accepted(TICKET, COST), Poll(0.5), "the quickest models need about a second"),
        (NEW, Busy("said"), PutBack(1, "said", counts="wait"), "the first refusal"),
        (View(max_attempts=3, waits=3), Busy("said"), PutBack(8, "said", counts="wait"), "1, 2, 4, then 8 seconds"),
        (View(max_attempts=3, waits=90), Busy("said"), PutBack(60, "said", counts="wait"), "a minute at most"),
        (NEW, Busy("said", 7), PutBack(7, "said", counts="wait"), "BFL asks for more patience than we have"),
        (NEW, Busy("said", 0.1), PutBack(1, "said", counts="wait"), "BFL asks for less, and knocks are spaced out"),
        (NEW, Busy("said", math.inf), PutBack(600, "said", counts="wait"), "nobody waits for ever"),
        (NEW, AnswerLost("said"), Doubt("said"), "perhaps paid: never repeated blindly"),
        (NEW, NoCredits("said"), stopped("no credits", PutBack(0, "said")), "only a person can mend it"),
        (NEW, KeyRefused("said"), stopped("key refused", PutBack(0, "said")), "only a person can mend it"),
        (NEW, Rejected("said"), End(State.FAILED, "rejected: said", None), "it will never be taken, and cost nothing"),
        # the answer to a poll
        (AT_BFL, InFlight(), Poll(GAP_AT_10), "by the pace of its model"),
        (View(max_attempts=3, accepted_at=NOW), InFlight(), Poll(0.5), "just taken: as at first"),
        (View(max_attempts=3, accepted_at=NOW + 9), InFlight(), Poll(0.5), "taken by a clock that is ahead of ours"),
        (View(max_attempts=3, accepted_at=NOW - 1800), InFlight(), Poll(5), "old: the longest gap"),
        (
            View(max_attempts=3, accepted_at=NOW - 1801),
            InFlight(),
            Doubt("no result within 1800 s"),
            "BFL has forgotten it, perhaps not on the bill",
        ),
        (View(max_attempts=3, accepted_at=NOW - 60), NotFound(), Poll(5), "a ticket may be known late"),
        (View(max_attempts=3, accepted_at=NOW - 61, unknown=3), NotFound(), Poll(5), "a slip of an old one passes"),
        (
            View(max_attempts=3, accepted_at=NOW - 61, unknown=4),
            NotFound(),
            Doubt("BFL does not know this ticket"),
            "but not this late",
        ),
        (AT_BFL, READY, Fetch(READY), "the link is good for some minutes"),
        (AT_BFL, Moderated("said", COST), End(State.MODERATED, "said", COST), "BFL names the cost"),
        (replace(AT_BFL, seeds_left=1), Moderated("said", COST), Reseed("said", COST, "result"), "a seed is left"),
        (
            replace(AT_BFL, seeds_left=1),
            Moderated("said", UNKNOWN),
            Reseed("said", NOT_CHARGED, "rule"),
            "a seed is left, and nothing was charged",
        ),
        (NEW, OverBudget("said"), PauseBatch("said", PutBack(0, "waits for the budget")), "the batch rests"),
        (
            AT_BFL,
            Moderated("said", UNKNOWN),
            End(State.MODERATED, "said", NOT_CHARGED, source="rule"),
            "BFL's own rule: not charged",
        ),
        (
            AT_BFL,
            TaskError("said", UNKNOWN),
            PutBack(1, "BFL failed: said", counts="failure", cost=UNKNOWN),
            "the first of three attempts, at an unknown cost",
        ),
        (
            View(max_attempts=3, accepted_at=NOW, failures=1),
            TaskError("said", COST),
            PutBack(2, "BFL failed: said", counts="failure", cost=COST),
            "the second",
        ),
        (
            View(max_attempts=3, accepted_at=NOW, failures=2),
            TaskError("said", COST),
            End(State.FAILED, "BFL failed: said", COST),
            "the third and last",
        ),
        (AT_BFL, Trouble("said"), AskAgain(1, "said"), "a poll costs nothing"),
        (
            View(max_attempts=3, accepted_at=NOW, troubles=99),
            Trouble("said"),
            AskAgain(8, "said"),
            "however often it goes wrong, the ticket is good",
        ),
        (AT_BFL, Trouble("said", 7), AskAgain(7, "said"), "BFL asks for patience"),
        # the download
        (AT_BFL, LinkDead("said"), AskAgain(0, "said"), "a further poll gives a fresh link at once"),
        (
            View(max_attempts=3, accepted_at=NOW, troubles=1),
            LinkDead("said"),
            AskAgain(2, "said"),
            "a fresh link that is dead, too, is no matter of time",
        ),
        (AT_BFL, Stored(IMAGE, COST), Finish(IMAGE, COST), "done"),
        (AT_BFL, BadPicture("said", COST), AskAgain(1, "said"), "the bytes may have been cut"),
        (
            AT_BFL,
            Unwanted("said", COST, "submit answer"),
            End(State.FAILED, "said", COST, "submit answer"),
            "it would come again as it is",
        ),
        (
            View(max_attempts=3, accepted_at=NOW, useless=3),
            BadPicture("said", COST),
            End(State.FAILED, "said", COST),
            "the same bytes four times, and paid for",
        ),
        (AT_BFL, Foreign("said"), AskAgain(1, "said"), "it may have been a passing fault"),
        (
            View(max_attempts=3, accepted_at=NOW, useless=3),
            Foreign("said"),
            Doubt("said", for_a_person=True),
            "paid for, and not to be had without trusting a stranger",
        ),
        (
            AT_BFL,
            StoreTrouble("said"),
            stopped("image store", HandOver(PATIENCE.stop, "said")),
            "paid for: kept by its ticket until the store is mended",
        ),
        (
            AT_BFL,
            StoreTrouble("said", away=True),
            AskAgain(1.0, "said"),
            "no night ends for a store that is back in a moment",
        ),
        (
            replace(AT_BFL, troubles=10),
            StoreTrouble("said", away=True),
            stopped("image store", HandOver(PATIENCE.stop, "said")),
            "paid for, and after minutes a person should know",
        ),
    ],
)
def test_what_comes_next(view: View, event: Event, step: Step, reason: str) -> None:
    assert step_after(view, event) == step, reason


def test_an_answer_ends_a_row_of_troubles() -> None:
    troubled = View(max_attempts=3, accepted_at=NOW, troubles=5, waits=5)
    assert troubled.after(InFlight()).troubles == 0
    assert troubled.after(NotFound()).troubles == 0
    assert troubled.after(Ready("", COST)).troubles == 5, "the link may be dead again"
    assert troubled.after(Accepted(TICKET, COST)).waits == 0


@pytest.mark.parametrize(
    ("tries", "seconds"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 32), (7, 60), (8, 60), (10**6, 60)]
)
def test_the_backoff_doubles_up_to_a_minute(tries: int, seconds: float) -> None:
    assert PATIENCE.backoff(tries) == seconds


waits = st.none() | st.floats(min_value=0, allow_nan=False)
costs = st.builds(Reported, micro_credits=st.none() | st.integers(0, 10**9))
views = st.builds(
    View,
    max_attempts=st.integers(1, 5),
    failures=st.integers(0, 5),
    waits=st.integers(0, 10**6),
    accepted_at=st.none() | st.floats(0, 2 * NOW),
    troubles=st.integers(0, 10**6),
    seeds_left=st.integers(0, 2),
    useless=st.integers(0, 10),
)
EVENTS: dict[type, st.SearchStrategy[Event]] = {
    Claimed: st.builds(Claimed),
    SlotTaken: st.builds(SlotTaken),
    NoSlot: st.builds(NoSlot),
    InputLost: st.builds(InputLost, st.text()),
    OverBudget: st.builds(OverBudget, st.text()),
    Resting: st.builds(Resting, st.text()),
    Draining: st.builds(Draining),
    Stored: st.builds(Stored, st.just(IMAGE), costs),
    BadPicture: st.builds(BadPicture, st.text(), costs),
    Unwanted: st.builds(Unwanted, st.text(), costs, st.sampled_from(["result", "submit answer"])),
    StoreTrouble: st.builds(StoreTrouble, st.text(), st.booleans()),
    Accepted: st.builds(Accepted, st.just(TICKET), costs),
    Busy: st.builds(Busy, st.text(), waits),
    AnswerLost: st.builds(AnswerLost, st.text()),
    NoCredits: st.builds(NoCredits, st.text()),
    KeyRefused: st.builds(KeyRefused, st.text()),
    Rejected: st.builds(Rejected, st.text()),
    InFlight: st.builds(InFlight, st.none() | st.floats(0.01, 1)),
    Ready: st.builds(Ready, st.text(), costs),
    Moderated: st.builds(Moderated, st.text(), costs),
    TaskError: st.builds(TaskError, st.text(), costs),
    NotFound: st.builds(NotFound),
    Trouble: st.builds(Trouble, st.text(), waits),
    LinkDead: st.builds(LinkDead, st.text()),
    Foreign: st.builds(Foreign, st.text()),
}
events = st.one_of(*EVENTS.values())
AFTER_A_TICKET = (
    InFlight,
    NotFound,
    Ready,
    Moderated,
    TaskError,
    Trouble,
    LinkDead,
    Foreign,
    Stored,
    BadPicture,
    StoreTrouble,
)


def test_the_properties_below_know_every_event() -> None:
    assert set(EVENTS) == set(get_args(Event))


@given(view=views, event=events, now=st.floats(0, 10 * NOW))
def test_every_event_has_a_next_step_in_every_situation(view: View, event: Event, now: float) -> None:
    step = decide(view.after(event), event, PATIENCE, now)
    after = getattr(step, "after", getattr(getattr(step, "then", None), "after", 0))
    assert 0 <= after <= max(PATIENCE.longest_wait, PATIENCE.stop), "a wait is finite, and within our patience"


@given(
    view=views,
    event=EVENTS[Busy] | EVENTS[Trouble] | EVENTS[LinkDead] | EVENTS[NoSlot] | EVENTS[Draining] | EVENTS[Resting],
)
def test_waiting_never_ends_a_job_and_never_spends_an_attempt(view: View, event: Event) -> None:
    step = step_after(view, event)
    assert not isinstance(step, End | Doubt)
    assert getattr(step, "counts", "nothing") != "failure"
    assert view.after(event).failures == view.failures


@given(view=views, error=EVENTS[TaskError])
def test_as_many_failures_as_allowed_end_a_job_and_fewer_do_not(view: View, error: TaskError) -> None:
    step = step_after(view, error)
    assert isinstance(step, End) == (view.failures + 1 >= view.max_attempts)


@given(
    view=views.filter(lambda view: view.accepted_at is not None),
    event=EVENTS[Claimed] | st.one_of(*(EVENTS[kind] for kind in AFTER_A_TICKET)),
)
def test_a_job_with_a_ticket_is_not_submitted_again_in_the_same_journey(view: View, event: Event) -> None:
    assert not isinstance(step_after(view, event), Submit | TakeSlot)


@given(
    view=views,
    answer=EVENTS[Accepted],
    more=st.lists(st.one_of(*(EVENTS[kind] for kind in AFTER_A_TICKET)), max_size=8),
)
def test_after_acceptance_no_course_of_events_leads_to_a_second_submission(
    view: View, answer: Event, more: list[Event]
) -> None:
    for event in (answer, *more):
        view = view.after(event)
        assert view.accepted_at is not None
        assert not isinstance(decide(view, event, PATIENCE, NOW), Submit | TakeSlot)
