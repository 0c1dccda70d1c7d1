"""One world from one seed: batches, a fleet, weather, and a person who looks in."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from batches.models import PUBLISHED, Estimate
from batches.planning import Plan, PlannedJob
from batches.policy import Budget, BudgetMode, Canary, Policy, Unsure
from batches.store.ledger import Ledger, pausing, spending, standing
from batches.store.ledger.records import BatchTerms
from batches.store.ledger.schema import batches
from tests.batches.store.ledger.world import NAMING, write_batch
from tests.simulated_world.company import PRICE, Company
from tests.simulated_world.fleet import ACCOUNT, Fleet, Slots, Store
from tests.simulated_world.hub import START, Hub
from tests.simulated_world.story import Story
from tests.simulated_world.weather import Weather
from workers import log

if TYPE_CHECKING:
    from batches.store.ledger.standing import Standing

CHAOS_SECONDS = (3, 25)
LOOK_SECONDS = 5
"""How often a person looks in when it is calm."""

PATIENCE_SECONDS = 3600
"""In a calm world everything comes to rest within this time."""


class World:
    """Everything there is."""

    def __init__(self, seed: int) -> None:
        dice = random.Random(seed)
        random.seed(seed)  # the jitter of the journeys
        self.seed = seed
        self.hub = Hub(dice)
        self.story = Story(self.hub)
        self.weather = Weather(dice)
        self.ledger = Ledger("sqlite://")
        self.limit = dice.randint(1, 4)
        self.company = Company(self.hub, self.weather, self.story, self.limit)
        self.slots = Slots(clock=lambda: self.hub.now)
        self.images = Store(self.hub, self.weather)
        self.fleet = Fleet(
            self.hub, ledger=self.ledger, company=self.company, slots=self.slots, images=self.images,
            story=self.story, weather=self.weather, limit=self.limit,
        )  # fmt: skip
        self.policies = [self._policy() for _ in range(dice.randint(1, 2))]
        self.batch_ids = [self._submit(number, policy) for number, policy in enumerate(self.policies)]
        self.upheavals = 0  #: kills and sleep

    def run(self) -> None:
        """From the first worker until everything is at rest."""
        told, log._out = log._out, self.story  # type: ignore[assignment]  # the story is the log
        try:
            self.fleet.hire()
            self.hub.start(self._fate)
            self.hub.run(START + self.hub.dice.uniform(*CHAOS_SECONDS))
            self.weather.is_calm, self.company.broke = True, False
            self.fleet.hire()
            patience = self.hub.now + PATIENCE_SECONDS
            while not self.is_at_rest and self.hub.now < patience:
                self._look_in()
                self.hub.run(self.hub.now + LOOK_SECONDS)
        finally:
            self.hub.end()
            log._out = told

    @property
    def is_at_rest(self) -> bool:
        return all(one.rests or (one.is_held and one.batch.paused == "budget") for one in self.standings())

    def standings(self) -> list[Standing]:
        with self.ledger.read() as tx:
            found = [standing.find_batch(tx, batch_id) for batch_id in self.batch_ids]
            return [standing.standing_of(tx, batch) for batch in found if batch]

    def _policy(self) -> Policy:
        dice = self.hub.dice
        jobs = dice.randint(1, 6)
        return Policy(
            budget=dice.choice([None, None, Budget(micro_credits=dice.randint(0, jobs) * PRICE, mode=mode)])
            if (mode := dice.choice(list(BudgetMode)))
            else None,
            attempts=dice.randint(1, 3),
            unsure=Unsure(micro_credits=dice.randint(0, 3) * PRICE),
            in_flight=dice.choice([None, 1, 2]),
            priority=dice.randint(0, 1),
            share=dice.randint(1, 3),
            canary=dice.choice([None, None, Canary(first=dice.randint(1, 3))]),
            new_seeds=dice.randint(0, 2),
        )

    def _submit(self, number: int, policy: Policy) -> str:
        names = [self.hub.dice.choice("abcdef") for _ in range(self.hub.dice.randint(1, 6))]
        plan = plan_named(f"batch-{number}", names, policy)
        terms = BatchTerms(accounts=(ACCOUNT,), policy=policy)
        with self.ledger.write() as tx:
            batch_id = write_batch(tx, plan, terms, START + number)
        self.story.tell(batch_id, "is submitted", (names, policy))
        return batch_id

    def _fate(self) -> None:
        """What happens to the fleet. As many come as go, so that there is work to interrupt."""
        dice = self.hub.dice
        violence = dice.choice([0, 1, 1, 3])
        rough = dice.choice([[], ["kill", "kill", "hire", "flush", "sleep"]])
        while violence:
            self.hub.pause(dice.expovariate(violence / 10))
            if self.weather.is_calm:
                return
            match dice.choice(["leave", "hire", "broke", *rough]):
                case "sleep":
                    self.upheavals += 1
                    self.fleet.put_to_sleep()
                case "kill":
                    self.upheavals += 1
                    self.fleet.let_go(kill=True)
                case "leave":
                    self.fleet.let_go(kill=False)
                case "hire" if len(self.fleet.workers) < 3:
                    self.fleet.hire()
                case "flush":
                    self.story.tell("Redis", "is flushed")
                    self.slots.flush()
                    self.fleet.redis.flush()
                case "broke":
                    self.company.broke = not self.company.broke

    def _look_in(self) -> None:
        """A person approves the canary, and raises the budget of every other batch."""
        with self.ledger.write() as tx:
            for number, batch_id in enumerate(self.batch_ids):
                if pausing.lift(tx, batch_id, "canary"):
                    pausing.approve(tx, batch_id, self.hub.now)
                if number % 2 == self.seed % 2:
                    policy = {**self.policies[number].as_json(), "budget": None}
                    tx.execute(update(batches).where(batches.c.id == batch_id).values(policy=policy))
                    spending.reconsider(tx, batch_id)

    def rows(self, table: object) -> list[object]:
        with self.ledger.read() as tx:
            return list(tx.execute(select(table)))  # type: ignore[call-overload]


def plan_named(name: str, names: list[str], policy: Policy) -> Plan:
    """A plan of a job for each of these prompts."""
    jobs = tuple(_job(number, asked, names[: number - 1].count(asked) + 1) for number, asked in enumerate(names, 1))
    return Plan(
        name=name, manifest_sha256="", manifest_text="", fingerprint=name, asked=len(jobs), models=(), policy=policy,
        reuse=False, prices=PUBLISHED, warnings=(), jobs=lambda: iter(jobs),
    )  # fmt: skip


def _job(number: int, name: str, occurrence: int) -> PlannedJob:
    estimate = Estimate(low=PRICE, micro_credits=PRICE, high=PRICE, output_pixels=64, input_pixels=0)
    return PlannedJob(
        number=number, row_id=name, fingerprint=name.encode().hex(), occurrence=occurrence, model="flux-2-pro",
        path="/v1/flux-2-pro", lane="standard", params={"prompt": name}, prompt=name, seed=None,
        output_name=f"{number}.png", naming=NAMING, labels={}, estimate=estimate,
    )  # fmt: skip
