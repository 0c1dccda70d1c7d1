"""Whenever the broker forgets everything, whoever dies: BFL never gets more jobs at a time than the limit says.

Stories are drawn from a seed with fair dice, and told again by it: hypothesis, which prefers the simple, seldom comes
to the places where two things go wrong one after the other.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from sqlalchemy import update

from batches.store.ledger.schema import jobs
from batches.store.ledger.states import State
from tests.workers.conftest import ACCOUNT
from tests.workers.slots.conftest import LANE, view
from workers.slots import Keeper, holder_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.store.ledger import Ledger
    from tests.workers.slots.conftest import Fleet

LIMIT = 1
JOBS = (1, 2, 3)
"""The smaller the world, the more of its stories are told."""

BEAT_SECONDS = 2
STORIES = 40
STEPS = 40


class Story:
    """Two workers that carry jobs of a real ledger, a leader that comes and goes, and a broker that forgets."""

    def __init__(self, fleet: Fleet, ledger: Ledger, seed: int) -> None:
        self.fleet = fleet
        self.ledger = ledger
        self.dice = random.Random(seed)
        self.held: dict[str, set[int]] = {"one": set(), "two": set()}  # what each worker renews
        self.claimed: dict[int, str] = {}  # by whom
        self.at_bfl: set[int] = set()
        self.forget()

    def tell(self) -> list[str]:
        """Everything that happens, until BFL has more than it allows."""
        told = []
        while len(told) < STEPS and len(self.at_bfl | self.with_slot) <= LIMIT:
            step = self.dice.choice([self.carry, self.carry, self.carry, self.finish, self.die, self.forget, self.rest])
            told.append(f"{step.__name__} {step() or ''}")
        return told

    def carry(self) -> str:
        """A worker carries a job some way, if it can."""
        job_id, worker = self.dice.choice(JOBS), self.dice.choice(["one", "two"])
        until = self.dice.choice(["claimed", "slot", "BFL", "BFL"])
        self.claim(job_id, worker)
        if until != "claimed":
            self.take(job_id)
        if until == "BFL" and job_id in self.with_slot:
            self.write(job_id, State.RENDERING, self.claimed[job_id])
            self.at_bfl.add(job_id)
        return f"{job_id} until {until}"

    def claim(self, job_id: int, worker: str) -> None:
        if job_id in self.claimed:
            return
        self.claimed[job_id] = worker
        self.write(job_id, State.RENDERING if job_id in self.at_bfl else State.CALLED, worker)
        if job_id in self.at_bfl:
            self.held[worker].add(job_id)
            self.fleet.slots.hold(LANE, [holder_name(job_id)])

    def take(self, job_id: int) -> None:
        if job_id not in self.with_slot and self.fleet.slots.take(LANE, holder_name(job_id)) is not None:
            self.held[self.claimed[job_id]].add(job_id)

    def finish(self) -> None:
        for job_id in self.with_slot & self.at_bfl:
            self.at_bfl.remove(job_id)
            self.write(job_id, State.QUEUED, None)
            self.held[self.claimed.pop(job_id)].remove(job_id)
            self.fleet.slots.release(LANE, holder_name(job_id))

    def die(self) -> str:
        """What a worker had at BFL is nobody's now, and another of its name begins."""
        worker = self.dice.choice(["one", "two"])
        self.held[worker].clear()
        for job_id in [job_id for job_id, owner in self.claimed.items() if owner == worker]:
            self.write(job_id, State.RENDERING if job_id in self.at_bfl else State.QUEUED, None)
            del self.claimed[job_id]
        return worker

    def forget(self) -> None:
        self.fleet.flush()
        self.keeper = Keeper(ACCOUNT, {"standard": LIMIT}, self.fleet.slots, self.ledger)
        self.keeper.keep()

    def rest(self) -> int:
        """Time passes, with a leader or without; whoever lives renews what it holds."""
        beats, is_led = self.dice.choice([1, 3, 12]), self.dice.random() < 0.7
        for _ in range(beats):
            self.fleet.wait(BEAT_SECONDS)
            for held in self.held.values():
                self.fleet.slots.hold(LANE, map(holder_name, held))
            if is_led:
                self.keeper.keep()
        return beats

    @property
    def with_slot(self) -> set[int]:
        return self.held["one"] | self.held["two"]

    def write(self, job_id: int, state: State, owner: str | None) -> None:
        with self.ledger.write() as tx:
            tx.execute(update(jobs).where(jobs.c.id == job_id).values(state=state, owner=owner, account=ACCOUNT))


def test_no_loss_lets_the_fleet_exceed_its_limit(
    make_fleet: Callable[..., Fleet], ledger: Ledger, submit: Callable[..., str]
) -> None:
    submit(*(f"fox {number}" for number in JOBS))
    fleet = make_fleet()
    for seed in range(STORIES):
        with ledger.write() as tx:
            tx.execute(update(jobs).values(state=State.QUEUED, owner=None))
        story = Story(fleet, ledger, seed)
        told = story.tell()
        assert len(story.at_bfl | story.with_slot) <= LIMIT, f"seed {seed}: {told}"


def test_after_any_story_all_slots_are_free_again(
    make_fleet: Callable[..., Fleet], ledger: Ledger, submit: Callable[..., str]
) -> None:
    submit(*(f"fox {number}" for number in JOBS))
    for seed in range(3):
        story = Story(make_fleet(), ledger, seed)
        story.tell()
        with ledger.write() as tx:
            tx.execute(update(jobs).values(state=State.QUEUED, owner=None))
        for _ in range(12):
            story.fleet.wait(BEAT_SECONDS)
            story.keeper.keep()
        assert view(story.fleet.slots).used == 0
