"""In whatever order two workers go on, a wide budget is never exceeded in the modes that promise it.

Prices are as estimated. Workers fall silent, answers are lost and come late, days turn, money comes free, and caps are
raised; batches rest for the budget and go on again.
"""

from __future__ import annotations

from collections import Counter

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from batches.policy import Budget, BudgetMode, Per, WideBudget
from batches.store.ledger import Ledger, feeding, pausing, purses
from batches.store.ledger.quarters import QUARTER_SECONDS
from batches.store.ledger.records import ClaimedJob, Reported
from batches.store.ledger.schema import charges
from batches.store.ledger.states import State
from tests.batches.store.ledger.world import CREDIT, World, risking

PRICE = 3 * CREDIT
COST = Reported(micro_credits=PRICE)
DAY = 86_400
MORNING = 1_000.0

workers = st.sampled_from(["ann", "bob"])
newest_or_any = st.just(0) | st.integers(0, 9)


class WideCaps(RuleBasedStateMachine):
    """Two batches of one account, and a budget for both."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(Ledger("sqlite://"), now=MORNING)
        self.hands: list[ClaimedJob] = []
        self.caps: Counter[int] = Counter()  #: by day, the greatest that held

    @initialize(
        jobs=st.integers(1, 4),
        cap=st.integers(1, 14),
        mode=st.sampled_from([BudgetMode.HARD, BudgetMode.CAUTIOUS]),
        label=st.sampled_from([{}, {"series": "animals"}]),
    )
    def submit(self, jobs: int, cap: int, mode: BudgetMode, label: dict[str, str]) -> None:
        for name in ("one", "two"):
            self.world.submit(jobs, name=name, policy=risking(PRICE))
        self.say(cap, mode, label)

    def say(self, cap: int, mode: BudgetMode, labels: dict[str, str]) -> None:
        """What fluxbatch.toml says from now on."""
        budget = Budget(micro_credits=cap * CREDIT, mode=mode)
        self.budget = WideBudget(name="day", budget=budget, labels=labels, per=Per.DAY)
        self.caps[self.today] = max(self.caps[self.today], cap * CREDIT)

    @property
    def today(self) -> int:
        return int(self.world.now // DAY)

    @rule(worker=workers)
    def claim(self, worker: str) -> None:
        """The dispatcher looks whether a batch that rests may go on, and calls; a worker answers every doorbell."""
        world = self.world
        world.do(feeding.resubmit_unsure, "main", world.now)
        open_ones = world.ask(feeding.open_batches, "main")
        for batch in open_ones:
            world.do(purses.reconsider, batch, [self.budget], world.now)
        called = world.call() + list(world.do(feeding.ring_again, "main", world.now))
        self.hands += [job for job_id in called if (job := world.claim(job_id, worker))]

    @precondition(lambda self: self.hands)
    @rule(which=newest_or_any)
    def go_on(self, which: int) -> None:
        world, job = self.world, self.hands.pop(-1 - which % len(self.hands))
        match job.state:
            case State.CALLED:
                self.begin(job)
            case State.SUBMITTING:
                self.hold(world.accept(job, COST))
            case State.RENDERING:
                self.hold(world.fetch(job))
            case State.FETCHING:
                world.finish(job, COST)

    def begin(self, job: ClaimedJob) -> None:
        """As a journey does: the money is asked for and set aside in one transaction."""
        with self.world.ledger.write() as tx:
            refused = purses.refusal(tx, job, [self.budget], self.world.now)
        if refused is None:
            self.hold(self.world.begin(job))
            return
        needs = job.estimate_micro_credits
        pause = (job.batch_id, "budget", refused.message)
        self.world.do(pausing.pause, *pause, now=self.world.now, needs=needs, by=refused.budget)
        self.world.put_back(job)

    @precondition(lambda self: self.hands)
    @rule(which=newest_or_any, way=st.integers(0, 2))
    def go_wrong(self, which: int, way: int) -> None:
        world, job = self.world, self.hands.pop(-1 - which % len(self.hands))
        match job.state, way:
            case State.CALLED, _:
                world.put_back(job)
            case State.SUBMITTING, 0:
                world.put_back(job, counts="wait")
            case State.RENDERING | State.FETCHING, 0:
                world.put_back(job, counts="failure", cost=COST) if job.state is State.RENDERING else world.doubt(job)
            case _, _:
                world.doubt(job)

    @rule(worker=workers)
    def fall_silent(self, worker: str) -> None:
        self.hands = [job for job in self.hands if job.owner != worker]
        self.world.silence(worker)

    @rule(seconds=st.sampled_from([QUARTER_SECONDS, 4 * QUARTER_SECONDS, DAY]))
    def time_passes(self, seconds: int) -> None:
        self.world.now += seconds
        self.caps[self.today] = max(self.caps[self.today], self.budget.budget.micro_credits)

    @rule(cap=st.integers(1, 14))
    def change(self, cap: int) -> None:
        self.say(cap, self.budget.budget.mode, dict(self.budget.labels))

    def hold(self, job: ClaimedJob | None) -> None:
        if job is not None:
            self.hands.append(job)

    @invariant()
    def no_day_costs_more_than_its_cap(self) -> None:
        spent = Counter[int]()
        for row in self.world.ask(lambda tx: tx.execute(select(charges).where(charges.c.kind == "settled")).all()):
            spent[int(row.at // DAY)] += row.micro_credits
        assert all(amount <= self.greatest(day) for day, amount in spent.items()), spent
        if hasattr(self, "budget"):
            assert self.world.ask(purses.purse_of, self.budget, self.world.now).spent == spent[self.today]

    def greatest(self, day: int) -> int:
        """The greatest cap until then: what was set aside under it may be settled on a day with a smaller one."""
        return max(cap for one, cap in self.caps.items() if one <= day)

    def teardown(self) -> None:
        self.world.keeps_the_table_of_moves()
        self.world.ledger.close()


TestWideCaps = WideCaps.TestCase
TestWideCaps.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
