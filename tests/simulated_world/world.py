"""One world from one seed: batches, a fleet, weather, fate, and a person."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from batches.store.ledger import standing
from batches.store.ledger.records import BatchTerms
from batches.store.ledger.schema import jobs
from batches.store.ledger.states import RESTLESS, State
from tests.batches.store.ledger.world import write_batch
from tests.simulated_world.blank import blank_ledger
from tests.simulated_world.company import Company
from tests.simulated_world.fate import Fate
from tests.simulated_world.fleet import ACCOUNT, Fleet
from tests.simulated_world.hub import START, Hub
from tests.simulated_world.person import Person
from tests.simulated_world.story import Story
from tests.simulated_world.submissions import any_plan, any_policy
from tests.simulated_world.watch import Watch
from tests.simulated_world.weather import Weather
from workers import log

if TYPE_CHECKING:
    from batches.policy import Policy
    from batches.store.ledger.standing import Standing

CHAOS_SECONDS = (5, 30)
LOOK_SECONDS = 5
"""How often a person looks in when it is calm."""

IN_MOTION = select(exists().where(jobs.c.state.in_(RESTLESS - {State.QUEUED})))
"""Most looks find that a job is under way: there is no need to count all of them."""

PATIENCE_SECONDS = 3600
"""In a calm world everything comes to rest within this time."""


class World:
    """Everything there is."""

    def __init__(self, seed: int) -> None:
        dice = random.Random(seed)
        random.seed(seed)  # the jitter of the journeys
        self.hub = Hub(dice)
        self.story = Story(self.hub)
        self.weather = Weather(dice)
        self.ledger = blank_ledger()
        self.company = Company(self.hub, self.weather, self.story, Watch(self), limit=dice.randint(1, 4))
        self.fleet = Fleet(self.hub, ledger=self.ledger, company=self.company, story=self.story, weather=self.weather)
        self.policies = [any_policy(dice) for _ in range(dice.randint(1, 2))]
        self.batch_ids = [self._submit(number, policy) for number, policy in enumerate(self.policies)]
        self.person = Person(self.hub, self.ledger, self.story, self.weather, self.batch_ids)
        self.raised = self.batch_ids[seed % 2 :: 2]  #: batches whose cap is lifted in the end

    def run(self) -> None:
        """From the first worker until everything is at rest."""
        told, log._out = log._out, self.story  # type: ignore[assignment]  # the story is the log
        try:
            self.fleet.hire()
            self.hub.start(Fate(self.fleet).unfold)
            self.hub.start(self.person.meddle)
            self._go_on(self.hub.dice.uniform(*CHAOS_SECONDS))
            self.weather.is_calm, self.company.broke = True, False
            self.person.relent(self.raised)
            if not self.fleet.workers:
                self.fleet.hire()
            self._go_on(PATIENCE_SECONDS)
        finally:
            self.hub.end()
            log._out = told

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing more happens, and nobody who slept is still to find out that it did."""
        if self.company.on_the_wire or self.hub.now < self.fleet.awake_at or self._is_in_motion:
            return False
        return all(one.rests or (one.is_held and one.batch.paused == "budget") for one in self.standings())

    @property
    def _is_in_motion(self) -> bool:
        with self.ledger.read() as tx:
            return bool(tx.scalar(IN_MOTION))

    def standings(self) -> list[Standing]:
        with self.ledger.read() as tx:
            found = [standing.find_batch(tx, batch_id) for batch_id in self.batch_ids]
            return [standing.standing_of(tx, batch) for batch in found if batch]

    def policy_of(self, batch_id: str) -> Policy:
        """As it was submitted."""
        return self.policies[self.batch_ids.index(batch_id)]

    def _submit(self, number: int, policy: Policy) -> str:
        plan = any_plan(f"batch-{number}", policy, self.hub.dice)
        terms = BatchTerms(accounts=(ACCOUNT,), policy=policy)
        with self.ledger.write() as tx:
            batch_id = write_batch(tx, plan, terms, START + number)
        self.story.tell(batch_id, "is submitted", ([job.prompt for job in plan.jobs()], policy))
        return batch_id

    def _go_on(self, seconds: float) -> None:
        until = self.hub.now + seconds
        while self.hub.now < until and not self.is_at_rest:
            if self.weather.is_calm:
                self.person.look_in()
            self.hub.run(min(self.hub.now + LOOK_SECONDS, until))
