"""A small batch of a greater priority beside a big one of slow jobs: how long it waits, in virtual time."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, cast

import pytest

from batches.policy import Policy
from batches.store.ledger.records import BatchTerms
from tests.batches.store.ledger.world import write_batch
from tests.simulated_world.blank import blank_ledger
from tests.simulated_world.company import Company
from tests.simulated_world.fleet import ACCOUNT, Fleet
from tests.simulated_world.hub import START, Hub
from tests.simulated_world.story import Story
from tests.simulated_world.submissions import plan_named
from tests.simulated_world.weather import Weather
from workers import log

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulated_world.company import Task
    from tests.simulated_world.watch import Watch

SLOTS = 6
SECONDS = (40, 80)
"""What a picture takes: with six slots one comes free every ten seconds."""

BIG = [f"big {number}" for number in range(60)]
ASKED_AT = {"first": 100.0, "second": 200.0, "third": 300.0}
"""When somebody in a hurry asks for one picture each, in seconds from the start."""


class Slow(Company):
    """A company that takes its time."""

    def _take(self, prompt: str) -> Task:
        task = super()._take(prompt)
        task.ready_at = self.hub.now + self.hub.dice.uniform(*SECONDS)
        return task


class Unwatched:
    """The laws of the moment are kept elsewhere; here it is about waiting."""

    def order_arrives(self, _prompt: str, _active: object) -> None:
        """As it likes."""


class Studio:
    """One worker, one lane, and a clock."""

    def __init__(self, seed: int) -> None:
        dice = random.Random(seed)
        random.seed(seed)
        self.hub = Hub(dice)
        story, weather = Story(self.hub), Weather(dice)
        weather.is_calm = True
        self.story = story
        self.ledger = blank_ledger()
        self.company = Slow(self.hub, weather, story, cast("Watch", Unwatched()), limit=SLOTS)
        self.fleet = Fleet(self.hub, ledger=self.ledger, company=self.company, story=story, weather=weather)
        self.fleet.images.poison = None

    def submit(self, name: str, prompts: list[str], policy: Policy) -> None:
        terms = BatchTerms(accounts=(ACCOUNT,), policy=policy)
        with self.ledger.write() as tx:
            write_batch(tx, plan_named(name, prompts, policy), terms, self.hub.now)

    def run(self, until: float) -> None:
        self.hub.run(START + until)

    def began(self, prompt: str) -> float:
        """Seconds from the start until BFL took the job."""
        [task] = [task for task in self.company.tasks.values() if f": {prompt} " in task.prompt]
        return task.known_from - START


@pytest.fixture(params=[1, 2])
def studio(request: pytest.FixtureRequest) -> Iterator[Studio]:
    studio = Studio(request.param)
    told, log._out = log._out, studio.story  # type: ignore[assignment]  # the story is the log
    yield studio
    studio.hub.end()
    log._out = told


def waits(studio: Studio) -> list[float]:
    """How long each urgent picture waits while a big batch has the lane."""
    studio.fleet.hire()
    studio.submit("big", BIG, Policy())
    for name, asked in ASKED_AT.items():
        studio.run(asked)
        studio.submit(name, [name], Policy(priority=5))
    studio.run(400)
    return [studio.began(name) - asked for name, asked in ASKED_AT.items()]


def test_the_first_waits_for_one_slot_and_the_next_begin_at_once(studio: Studio) -> None:
    first, second, third = waits(studio)
    assert first < max(SECONDS) / 2
    assert max(second, third) < 4


def test_without_the_reserve_each_waits_its_turn(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.dispatcher.FEW_JOBS", -1)
    assert max(waits(studio)) > 10


def test_a_big_batch_alone_has_all_slots(studio: Studio) -> None:
    studio.fleet.hire()
    studio.submit("big", BIG[:18], Policy(priority=5))
    for seconds in range(10, 100, 10):
        studio.run(seconds)
        assert len(studio.company.active) >= SLOTS - 1, "but for the moment in which one follows the other"
