"""Carries a job through its life: does what `decide` says, and reports what came of it.

    claim ─ slot ─ intent ─ POST ─ ticket ─ poll … poll ─ download ─ verify ─ store ─ settle

Every move goes through the ledger's guard. A move that is refused means that the job was taken from us: we step aside.
"""

from __future__ import annotations

import random
from contextlib import nullcontext
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, assert_never

from batches.errors import FluxbatchError
from batches.store.ledger import LedgerError, exhausted, moves, pausing, purses, spending, stops
from batches.store.ledger.records import Stop
from batches.store.ledger.states import State
from workers import circuit, log
from workers.bfl.answers import (
    Accepted,
    AnswerLost,
    Busy,
    Moderated,
    Ready,
    TaskError,
)
from workers.journey import steps
from workers.journey.body import UnusableInput, body_of
from workers.journey.copying import make_copy
from workers.journey.decide import View, decide
from workers.journey.events import (
    Claimed,
    Draining,
    InputLost,
    NoSlot,
    OverBudget,
    Resting,
    SlotTaken,
)
from workers.journey.fetching import fetch
from workers.journey.ripening import Ripening
from workers.journey.seeds import another_seed, seeds_left
from workers.slots import holder_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection

    from batches.store.ledger.records import ClaimedJob, Ticket
    from workers.journey.events import Event
    from workers.journey.hands import Hands
    from workers.journey.steps import Leaving, Step

TRIES_AT_ONCE = 3
"""A full ledger throws off its ballast when it refuses a write, so that the next try finds room."""

BROKEN_LEDGER_PAUSE = 2.0
"""Seconds between two tries to write down a ticket that the ledger would not take."""


class Journey:
    """One job in the hands of one worker, from the claim until it is done, ended, put back or handed over."""

    def __init__(self, job: ClaimedJob, hands: Hands) -> None:
        """Go on with a job that this worker has claimed."""
        self._job = job
        self._hands = hands
        self._ripening = Ripening()
        ticket = job.attempt.ticket if job.attempt else None
        self._view = View(
            max_attempts=job.policy.attempts,
            failures=job.failures,
            waits=job.waits,
            seeds_left=seeds_left(job),
            accepted_at=ticket.accepted_at if ticket else None,
        )
        if ticket:
            hands.gate.hold(*self._slot)

    @classmethod
    def claim(cls, job_id: int, hands: Hands) -> Journey | None:
        """Become the job's owner. None: somebody else is, or there is nothing left to do.

        A job may be taken from a journey and called again while that one still waits for a slot, and does not know.
        Both would have the same slot, and the first would give it back under the other. So one worker carries a job
        once at a time; the doorbell rings again when the first is gone.
        """
        mine = object()
        if hands.carried.setdefault((hands.worker, job_id), mine) is not mine:
            return None
        job = None
        try:
            with hands.ledger.write(flush=False) as tx:
                job = moves.claim(tx, job_id, hands.worker, hands.account, hands.clock())
        finally:
            if job is None:
                del hands.carried[hands.worker, job_id]
        return None if job is None else cls(job, hands)

    def travel(self) -> None:
        """Carry the job as far as this worker can."""
        try:
            if self._job.copied_key is not None:
                make_copy(self._job, self._job.copied_key, self._hands)
            else:
                self._travel()
        finally:
            self._hands.carried.pop((self._hands.worker, self._job.id), None)

    def _travel(self) -> None:
        event: Event | None = Claimed()
        try:
            while event is not None:
                self._view = replace(self._view.after(event), pace=self._hands.paces.of(self._job.model))
                step = decide(self._view, event, self._hands.patience, self._hands.clock())
                event = self._carry_out(step)
        except FluxbatchError:
            raise
        except Exception as error:  # noqa: BLE001  # a mistake of ours must not keep the job in our hands for ever
            log.bug("journey", error)
            self._let_go(self._after_mistake(repr(error)))
        finally:
            self._hands.gate.forget(*self._slot)

    def _after_mistake(self, reason: str) -> steps.PutBack | steps.Doubt | steps.HandOver:
        rest = self._hands.patience.backoff_cap
        match self._job.state:
            case State.CALLED:
                return steps.PutBack(rest, reason)
            case State.SUBMITTING:
                return steps.Doubt(reason)
            case _:
                return steps.HandOver(rest, reason)

    def _carry_out(self, step: Step) -> Event | None:
        match step:
            case steps.TakeSlot(patience):
                return self._take_slot(patience)
            case steps.Submit():
                return self._submit()
            case steps.Poll(after):
                return self._poll(after)
            case steps.Fetch(ready):
                return self._fetch(ready)
            case steps.AskAgain(after, reason):
                return self._ask_again(after, reason)
            case steps.StopAccount(then=then):
                self._stop_account(step)
                self._let_go(then)
            case steps.PauseBatch(then=then):
                self._pause_batch(step)
                self._let_go(then)
            case _:
                self._let_go(step)
        return None

    def _take_slot(self, patience: float) -> Event:
        if self._hands.gate.take(*self._slot, patience_seconds=patience, urgent=self._job.urgent):
            return SlotTaken()
        return Draining() if self._hands.sleep(0) else NoSlot()

    def _submit(self) -> Event | None:
        with self._alone, self._hands.submitting:
            if self._hands.sleep(0):
                self._release_slot()
                return Draining()
            try:
                return self._submit_now(body_of(self._job.params))
            except UnusableInput as error:
                self._release_slot()
                return InputLost(str(error))

    def _submit_now(self, body: Mapping[str, object]) -> Event | None:
        with self._hands.ledger.write() as tx:
            obstacle = self._obstacle(tx)
            job = None if obstacle else moves.begin_attempt(tx, self._job, self._hands.clock())
            taken = job is None and moves.is_taken(tx, self._job)
        if job is None:
            if not taken:  # else the slot may be in use: it has the job's name, not ours
                self._release_slot()
            return obstacle
        self._job = job
        answer = self._hands.client.submit(job.path, body)
        if isinstance(answer, Accepted):
            return self._keep_ticket(answer)
        log.not_accepted(job, type(answer).__name__, answer.message)
        if isinstance(answer, Busy) and answer.limited:
            self._hands.gate.refused(*self._slot, answer.message, answer.retry_after)
        elif isinstance(answer, AnswerLost | Busy):
            self._count_failure(answer.message)
        if not isinstance(answer, AnswerLost):  # then the job may be active at BFL: let the lease run out
            self._release_slot()
        return answer

    def _obstacle(self, tx: Connection) -> Event | None:
        """What keeps the job from being submitted at this moment."""
        if stop := stops.holding(tx, self._job, self._hands.clock()):
            return Resting(f"waits while its lane rests: {stop.reason}")
        if refusal := spending.refusal(tx, self._job):
            return OverBudget(refusal)
        refused = purses.refusal(tx, self._job, self._hands.budgets(), self._hands.clock())
        return OverBudget(*refused) if refused else None

    def _count_failure(self, message: str) -> None:
        with self._hands.ledger.write() as tx:
            stop = circuit.count_failure(tx, self._job, message, self._hands.clock())
        if stop:
            log.stopped(stop)

    def _keep_ticket(self, answer: Accepted) -> Event | None:
        """A ticket is money: it is offered to the ledger until the ledger takes it, or the worker has to leave."""
        for tries in count(1):
            try:
                with self._hands.ledger.write() as tx:
                    job = moves.keep_ticket(tx, self._job, answer.ticket, answer.said)
                break
            except LedgerError as error:
                log.ticket_not_kept(self._job, answer.ticket, error)
                at_once = tries <= TRIES_AT_ONCE
                if self._hands.sleep(0 if at_once else BROKEN_LEDGER_PAUSE) and not at_once:
                    raise
        log.accepted(self._job, answer.ticket)
        self._hands.gate.accepted(self._job.account, self._job.lane)
        if job is None:
            return None
        self._job = job
        self._ripening.accepted()
        return answer

    def _poll(self, after: float) -> Event:
        if self._wait(after):
            return Draining()
        answer = self._hands.client.poll(self._ticket.polling_url)
        if isinstance(answer, Ready | Moderated | TaskError):
            self._release_slot()
        age = max(0.0, self._hands.clock() - self._ticket.accepted_at)  # clocks differ
        self._ripening.saw(answer, age, self._job.model, self._hands.paces)
        return answer

    def _wait(self, seconds: float) -> bool:
        bells = self._hands.bells
        return bells.wait(self._ticket.id, seconds) if bells else self._hands.sleep(seconds)

    def _fetch(self, ready: Ready) -> Event | None:
        with self._alone:
            with self._hands.ledger.write(flush=False) as tx:
                job = moves.start_fetching(tx, self._job, self._hands.clock())
            if job is None:
                return None
            self._job = job
            return fetch(job, self._ticket, ready, self._hands)

    def _ask_again(self, after: float, reason: str) -> Event | None:
        log.asking_again(self._job, after, reason)
        if self._job.state is State.FETCHING:
            with self._hands.ledger.write() as tx:
                job = moves.ask_again(tx, self._job, reason, self._hands.clock())
            if job is None:
                return None
            self._job = job
        return self._poll(_jittered(after))

    def _stop_account(self, step: steps.StopAccount) -> None:
        now = self._hands.clock()
        stop = Stop(
            account=self._job.account, reason=step.reason, message=step.message,
            since=now, until=now + step.seconds, rest=step.seconds,
        )  # fmt: skip
        with self._hands.ledger.write() as tx:
            stops.stop(tx, stop)
        log.stopped(stop)

    def _pause_batch(self, step: steps.PauseBatch) -> None:
        job, now = self._job, self._hands.clock()
        with self._hands.ledger.write() as tx:
            if step.budget is not None and step.account is not None:
                exhausted.refuse(tx, job, step.budget, step.message, now)
            else:
                needs = job.estimate_micro_credits
                pausing.pause(tx, job.batch_id, "budget", step.message, now=now, needs=needs, by=step.budget)
        log.over_budget(job, step.message)

    def _let_go(self, step: Leaving) -> None:
        """The last move of this journey. If the job was taken from us meanwhile, nothing happens."""
        job, now = self._job, self._hands.clock()
        with self._hands.ledger.write() as tx:
            match step:
                case steps.Finish(image, cost):
                    moves.finish(tx, job, image, cost, now)
                case steps.End(state, reason, cost, source):
                    moves.end(tx, job, state, reason=reason, cost=cost, source=source, now=now)
                case steps.PutBack(after, reason, counts, cost):
                    due_at = now + _jittered(after)
                    moves.put_back(tx, job, now=now, due_at=due_at, reason=reason, counts=counts, cost=cost)
                case steps.Reseed(reason, cost, source):
                    moves.reseed(tx, job, another_seed(job), reason=reason, cost=cost, source=source, now=now)
                case steps.Doubt(reason, for_a_person):
                    moves.doubt(tx, job, reason, now, for_a_person=for_a_person)
                case steps.HandOver(after, reason):
                    moves.hand_over(tx, job, now=now, due_at=now + after, reason=reason)
                case _:
                    assert_never(step)
        log.let_go(job, step)

    def _release_slot(self) -> None:
        self._hands.gate.release(*self._slot)

    @property
    def _alone(self) -> AbstractContextManager[object]:
        """See `batches.store.ledger.quarantine`."""
        return self._hands.suspects if self._job.deaths else nullcontext()

    @property
    def _slot(self) -> tuple[str, str, str]:
        return self._job.account, self._job.lane, holder_name(self._job.id)

    @property
    def _ticket(self) -> Ticket:
        if self._job.attempt is None or self._job.attempt.ticket is None:
            raise ValueError(f"job {self._job.id} has no ticket")
        return self._job.attempt.ticket


def _jittered(seconds: float) -> float:
    """A tenth more or less, so that a fleet does not knock in step."""
    return seconds * random.uniform(0.9, 1.1)
