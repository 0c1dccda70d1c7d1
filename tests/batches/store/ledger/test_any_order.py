"""Whatever happens in whatever order, the books add up, nothing is paid twice unseen, and every job ends.

Workers fall silent in the middle of anything, wake, and go on with what they held as if nothing had happened; doorbells
ring twice or not at all; answers come late; a person pauses, cancels, retries and corrects. `hands` keeps every claim
that was ever made, also those long lost.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select, update

from batches.policy import Budget, Policy
from batches.store.ledger import (
    Ledger,
    correcting,
    feeding,
    looks,
    moves,
    presence,
    retrying,
    spending,
    standing,
    steering,
)
from batches.store.ledger.quarantine import MOST_DEATHS
from batches.store.ledger.quarters import WRITTEN
from batches.store.ledger.records import Reported
from batches.store.ledger.retrying import Choice
from batches.store.ledger.schema import attempts, batches, charges, jobs, quarters
from batches.store.ledger.states import RESTLESS, RETRIABLE, State
from tests.batches.store.ledger.world import CREDIT, World, risking

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Row

    from batches.store.ledger.records import ClaimedJob
    from batches.store.ledger.standing import Money

PRICE = 3 * CREDIT
WINDOW = 2
MOST_JOBS = 3
UNDER_WAY = {State.SUBMITTING, State.RENDERING, State.FETCHING, State.UNSURE}
"""States in which a job has an attempt that nobody has ended."""

PAID = ("settled", "corrected")
"""Lines of what an attempt cost."""

workers = st.sampled_from(["ann", "bob"])
costs = st.sampled_from([Reported(), Reported(micro_credits=0), Reported(micro_credits=2 * CREDIT)])
newest_or_any = st.just(0) | st.integers(0, 20)


class AnyOrder(RuleBasedStateMachine):
    """One batch of a few jobs and two workers."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(Ledger("sqlite://"))
        self.hands: list[ClaimedJob] = []
        self.answered: set[int] = set()  #: attempts that BFL has answered: it answers once
        self.accepted: set[int] = set()  #: attempts that BFL has taken and will be paid for
        self.given_up = 0  #: attempts in doubt that a person gave up
        self.forgiven: Counter[int] = Counter()  #: failures by job that a person's retry has made good

    @initialize(count=st.integers(1, MOST_JOBS), doubts=st.integers(0, 3))
    def submit(self, count: int, doubts: int) -> None:
        self.bound = doubts * PRICE
        self.batch_id = self.world.submit(count, bound=self.bound)
        self.count = count
        self.look_around(set(), 0, "ann")

    @rule(silent=st.sets(workers), seconds=st.sampled_from([0, looks.RING_AGAIN_SECONDS + 1]), worker=workers)
    def look_around(self, silent: set[str], seconds: int, worker: str) -> None:
        """The dispatcher sweeps and calls, and a worker, perhaps one that has just slept, answers every doorbell."""
        world = self.world
        world.now += seconds
        for sleeper in sorted(silent):
            world.silence(sleeper)
        world.do(feeding.resubmit_unsure, "main", world.now)
        world.do(feeding.ring_again, "main", world.now)
        busy = sum(world.ask(feeding.in_window, self.batch_id, "main").values())
        room = max(0, WINDOW - busy)
        assert len(world.call(room)) <= room
        for job_id in range(1, self.count + 1):
            owner = world.job(job_id).owner
            job = world.claim(job_id, worker)
            assert job is None or owner is None
            self.hold(job)

    @precondition(lambda self: self.hands)
    @rule(which=newest_or_any, said=costs)
    def go_on(self, which: int, said: Reported) -> None:
        job = self.hands[-1 - which % len(self.hands)]
        match job.state:
            case State.CALLED:
                self.hold(self.world.begin(job))
            case State.SUBMITTING if attempt := self.answers(job):
                self.accepted.add(attempt)
                self.hold(self.world.accept(job, said))
            case State.RENDERING:
                self.hold(self.world.fetch(job))
            case State.FETCHING:
                self.world.finish(job, said)

    @precondition(lambda self: self.hands)
    @rule(which=newest_or_any, way=st.integers(0, 4), cost=costs)
    def go_wrong(self, which: int, way: int, cost: Reported) -> None:
        job = self.hands[-1 - which % len(self.hands)]
        match job.state, way:
            case State.CALLED, _:
                self.world.put_back(job)
            case State.SUBMITTING, _ if self.answers(job):
                self.not_accepted(job, way)
            case State.RENDERING, 1:
                self.world.put_back(job, counts="failure", cost=cost)
            case State.FETCHING, 1:
                self.hold(self.world.do(moves.ask_again, job, "the link died", self.world.now))
            case State.RENDERING | State.FETCHING, 0:
                self.world.doubt(job)
            case State.RENDERING | State.FETCHING, 2:
                self.end(job, State.FAILED, cost)
            case State.RENDERING, 3:
                self.end(job, State.MODERATED, cost)
            case State.RENDERING | State.FETCHING, _:
                self.world.do(moves.hand_over, job, now=self.world.now, due_at=self.world.now, reason="leaving")

    @rule()
    def pause(self) -> None:
        self.a_person_does(steering.pause, "later", self.world.now)

    @rule()
    def resume(self) -> None:
        batch = self.world.ask(standing.find_batch, self.batch_id)
        self.world.do(steering.resume, batch, self.world.now)

    @rule(some=st.integers(1, MOST_JOBS))
    def cancel(self, some: int) -> None:
        if self.a_person_does(steering.begin_cancelling):
            self.a_person_does(steering.cancel_some, now=self.world.now, limit=some)

    @rule(states=st.sets(st.sampled_from(sorted(RETRIABLE))), some=st.integers(1, MOST_JOBS))
    def retry(self, states: set[State], some: int) -> None:
        choice = Choice(states=frozenset(states))
        self.a_person_does(retrying.put_back_some, choice, now=self.world.now, limit=some)

    @rule(which=newest_or_any, cost=st.integers(0, 2 * PRICE))
    def correct(self, which: int, cost: int) -> None:
        """An invoice says what one of the settled attempts cost."""
        ids = select(charges.c.attempt_id).where(charges.c.kind == "settled").order_by(charges.c.id)
        if settled := self.world.ask(lambda tx: tx.scalars(ids).all()):
            now, chosen = self.world.now, settled[-1 - which % len(settled)]
            self.world.do(correcting.correct, {chosen: cost}, because="an invoice", now=now)

    def a_person_does(self, verb: Callable[..., Any], *args: object, **kwargs: object) -> Any:
        """One verb with the batch. What a person gives up or makes good is no policy's doing."""
        failures, lost = self.failures(), self.lost()
        told = self.world.do(verb, self.batch_id, *args, **kwargs)
        self.forgiven += failures - self.failures()
        self.given_up += self.lost() - lost
        return told

    def failures(self) -> Counter[int]:
        return Counter({job_id: self.world.job(job_id).failures for job_id in range(1, self.count + 1)})

    def lost(self) -> int:
        tries = [outcome for job_id in range(1, self.count + 1) for _, outcome in self.world.attempts(job_id)]
        return tries.count("lost")

    def not_accepted(self, job: ClaimedJob, way: int) -> None:
        if way == 0:
            self.world.put_back(job, counts="wait")
        elif way == 1:
            self.end(job, State.FAILED, None)
        else:
            self.world.doubt(job)

    def answers(self, job: ClaimedJob) -> int | None:
        """The attempt that BFL answers now, unless it has done so before."""
        assert job.attempt is not None
        if job.attempt.id in self.answered:
            return None
        self.answered.add(job.attempt.id)
        return job.attempt.id

    def end(self, job: ClaimedJob, to: State, cost: Reported | None) -> None:
        self.world.do(moves.end, job, to, reason="no", cost=cost, source="result", now=self.world.now)

    def hold(self, job: ClaimedJob | None) -> None:
        """Whoever is told that it has the job has it."""
        if job is not None:
            row = self.world.job(job.id)
            assert (row.state, row.owner) == (job.state, job.owner)
            self.hands.append(job)

    @invariant()
    def the_ledger_is_sound(self) -> None:
        rows = {
            table.name: self.world.ask(lambda tx, table=table: tx.execute(select(table)).all())
            for table in (jobs, attempts, charges, quarters)
        }
        every_job_is_accounted_for(rows["jobs"], rows["attempts"], self.forgiven)
        assert {attempt.id for attempt in rows["attempts"] if attempt.ticket_id} == self.accepted
        now = self.world.standing(self.batch_id)
        bill = now.money
        assert now.jobs == Counter(State(job.state) for job in rows["jobs"])
        the_books_add_up(bill, rows["attempts"], rows["charges"])
        the_sums_are_of_the_lines(rows["quarters"], rows["attempts"], rows["charges"])
        self.the_purse_is_the_bill(bill)
        assert (self.lost() - self.given_up) * PRICE <= self.bound

    def the_purse_is_the_bill(self, bill: Money) -> None:
        """What counts against a cap is kept beside the lines of money, and is the same."""
        with self.world.ledger.write() as tx:
            policy = Policy(budget=Budget(micro_credits=0)).as_json()
            tx.execute(update(batches).values(policy=policy))
            purse = spending.purse_of(tx, self.batch_id)
            tx.execute(update(batches).values(policy=risking(self.bound).as_json()))
        assert purse is not None
        assert (purse.spent, purse.reserved, purse.at_risk) == (bill.settled, bill.reserved, bill.at_risk)

    def teardown(self) -> None:
        """Both workers die, and a third one carries every job to its end, unless it was cancelled."""
        world = self.world
        self.resume()
        world.do(presence.arrive, "eve", host="there", pid=2, now=world.now)
        for worker in ("ann", "bob"):
            world.do(presence.leave, worker, world.now)
        world.do(feeding.take_from_silent, "eve", now=world.now, silent_seconds=1000.0)
        world.now += looks.RING_AGAIN_SECONDS + 1
        world.do(feeding.resubmit_unsure, "main", world.now)
        for job_id in {*world.call(), *world.do(feeding.ring_again, "main", world.now)}:
            world.finish(world.carry(world.claim(job_id, "eve"), State.FETCHING))
        assert list(world.do(feeding.close_ended_batches, world.now)) == [self.batch_id]
        now = world.standing(self.batch_id)
        assert (now.rests, now.total) == (True, self.count)
        rows = [world.job(job_id) for job_id in range(1, self.count + 1)]
        held = [row for row in rows if row.state == State.UNSURE and row.deaths < MOST_DEATHS]
        assert not held or now.money.at_risk + PRICE > self.bound, "held only beyond the bound"
        world.keeps_the_table_of_moves()
        world.ledger.close()


def every_job_is_accounted_for(its_jobs: Sequence[Row], tries: Sequence[Row], forgiven: Counter[int]) -> None:
    for job in its_jobs:
        its = [attempt for attempt in tries if attempt.job_id == job.id]
        under_way = [attempt for attempt in its if attempt.ended_at is None]
        outcomes = Counter(attempt.outcome for attempt in its)
        assert [attempt.number for attempt in its] == list(range(1, len(its) + 1))
        assert len(under_way) == (State(job.state) in UNDER_WAY)
        assert outcomes["done"] == (job.state == State.DONE)
        assert job.failures == outcomes["failed"] - forgiven[job.id]
        assert job.owner is None or State(job.state) in RESTLESS - {State.QUEUED}
        assert job.owner is not None or job.state not in (State.SUBMITTING, State.FETCHING)
        if State(job.state) in (State.RENDERING, State.FETCHING):
            assert under_way[0].ticket_id, "there is something to ask for"


def the_books_add_up(bill: Money, tries: Sequence[Row], lines: Sequence[Row]) -> None:
    set_aside = {line.attempt_id: line.micro_credits for line in lines if line.kind == "reserved"}
    closed = {line.attempt_id for line in lines if line.kind in ("settled", "released")}
    assert set(set_aside) == {attempt.id for attempt in tries}
    ended = {attempt.id: attempt for attempt in tries if attempt.ended_at is not None}
    assert {number for number, attempt in ended.items() if attempt.outcome != "lost"} <= closed <= set(ended)
    assert all(attempt.ticket_id for number, attempt in ended.items() if number in closed and attempt.outcome == "lost")
    assert bill.settled == sum(line.micro_credits or 0 for line in lines if line.kind in PAID)
    assert bill.reserved + bill.at_risk == sum(set_aside[attempt] for attempt in set(set_aside) - closed)


def the_sums_are_of_the_lines(sums: Sequence[Row], tries: Sequence[Row], lines: Sequence[Row]) -> None:
    """To the micro-credit, by how the attempts ended."""
    outcomes = {attempt.id: attempt.outcome for attempt in tries}
    costs: dict[int, list[int | None]] = {}
    for line in lines:
        if line.kind in PAID:
            costs.setdefault(line.attempt_id, []).append(line.micro_credits)
    settled, unknown, number = Counter[str](), Counter[str](), Counter[str]()
    for attempt_id, said in costs.items():
        what = outcomes[attempt_id]
        number[what] += 1
        settled[what] += sum(amount or 0 for amount in said)
        unknown[what] += said == [None]
    made = [row for row in sums if row.what not in WRITTEN]
    assert number == Counter({row.what: row.number for row in made})
    assert settled == Counter({row.what: row.settled for row in made})
    assert unknown == Counter({row.what: row.unknown for row in made})


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
