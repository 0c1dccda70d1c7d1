"""Workers in virtual time. Their journeys and dispatchers are the real ones; threads, Redis and network are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from batches.store.ledger import LedgerError, feeding, presence, stops
from tests.simulated_world.doubles import Gate, Redis, Slots, SteppingLedger, Store, Turnstile
from workers import slots
from workers.dispatcher import Dispatcher
from workers.journey import Hands, Journey, Patience
from workers.worker import BEAT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.store.ledger import Ledger
    from tests.simulated_world.company import Company
    from tests.simulated_world.hub import Fiber, Hub
    from tests.simulated_world.story import Story
    from tests.simulated_world.weather import Weather

ACCOUNT = "main"
LANE = "standard"
MOST_WORKERS = 3
MOST_SKEW = 1.0
"""Seconds by which the clock of a worker may be fast or slow."""

TICK_SECONDS = 2.0
"""Slower than the real thing, because most of a world's time would go into it."""


class Worker:
    """One process: until it is killed, or told to leave."""

    def __init__(self, name: str, fleet: Fleet) -> None:
        hub = fleet.hub
        self.name = name
        self.leaving = False
        self._hub = hub
        self._fleet = fleet
        self._fibers: list[Fiber] = []
        self._skew = hub.dice.uniform(-MOST_SKEW, MOST_SKEW)
        self._awake_at = hub.now
        self._ledger = cast("Ledger", SteppingLedger(fleet.ledger, hub, fleet.weather))
        self._gate = Gate(hub, fleet.slots, lambda: self.leaving)
        self._hands = Hands(
            worker=name, account=ACCOUNT, ledger=self._ledger, client=cast("Any", fleet.company),
            gate=cast("Any", self._gate), images=fleet.images, clock=self._clock, sleep=self._sleep,
            submitting=cast("Any", Turnstile(hub, 2)), decoding=cast("Any", Turnstile(hub, 2)),
            suspects=cast("Any", Turnstile(hub, 1)), patience=fleet.patience,
        )  # fmt: skip
        self._dispatcher = Dispatcher(
            worker=name, account=ACCOUNT, ledger=self._ledger, redis=cast("Any", fleet.redis),
            ring=lambda job_id, _: fleet.ring(job_id),
            keeper=slots.Keeper(ACCOUNT, {LANE: fleet.company.limit}, fleet.slots, self._ledger),
            on_fatal=fleet.story.mistakes.append, each_sweep=lambda: None, clock=self._clock,
        )  # fmt: skip
        self._heart = self._go(lambda: self._safely(self._live))

    def hear(self, job_id: int, after: float) -> None:
        """A doorbell that rings then."""
        self._go(lambda: self._safely(lambda: self._carry(job_id)), after)

    def has(self, fiber: Fiber | None) -> bool:
        """Whether this is one of its threads."""
        return fiber in self._fibers

    def kill(self) -> None:
        """SIGKILL."""
        self._fleet.story.tell(self.name, "is killed")
        if not self.leaving:
            self._fleet.workers.remove(self)
        self._fleet.deaths += 1
        for fiber in sorted(self._fibers, key=lambda fiber: fiber is self._hub.running):
            fiber.kill()  # last the one that runs, which goes no further than this

    def sleep_on(self, seconds: float) -> None:
        """The machine sleeps: nothing of it goes on before then."""
        self._fleet.story.tell(self.name, "sleeps for", round(seconds))
        self._awake_at = self._hub.now + seconds
        for fiber in self._fibers:
            if not fiber.is_over:
                self._hub.wake(fiber, seconds)

    def faint(self, seconds: float) -> None:
        """Its heart stands still, so that it is taken for dead, while its jobs go on."""
        if not self._heart.is_over:
            self._fleet.story.tell(self.name, "faints for", round(seconds))
            self._hub.wake(self._heart, seconds)

    def leave(self) -> None:
        """SIGTERM: everything that waits wakes."""
        if self.leaving:
            return
        self._fleet.story.tell(self.name, "leaves")
        self._fleet.workers.remove(self)
        self.leaving = True
        for fiber in self._fibers:
            if not fiber.is_over and fiber is not self._hub.running:
                self._hub.wake(fiber)
        self._go(lambda: self._safely(self._say_goodbye))

    def _go(self, work: Callable[[], Any], after: float = 0.0) -> Fiber:
        self._fibers = [fiber for fiber in self._fibers if not fiber.is_over]
        self._fibers.append(self._hub.start(work, max(after, self._awake_at - self._hub.now)))
        return self._fibers[-1]

    def _clock(self) -> float:
        return self._hub.now + self._skew

    def _sleep(self, seconds: float) -> bool:
        if seconds and not self.leaving:
            self._hub.pause(seconds)
        return self.leaving

    def _live(self) -> None:
        with self._ledger.write() as tx:
            presence.arrive(tx, self.name, host="world", pid=1, now=self._clock())
            stops.lift(tx, ACCOUNT, self._clock())
            feeding.ring_anew(tx, ACCOUNT)
        self._feeder = self._go(lambda: self._safely(self._dispatch))
        while not self._sleep(BEAT_SECONDS):
            with self._ledger.write() as tx:
                presence.beat(tx, self.name, self._clock())
            self._gate.renew()

    def _dispatch(self) -> None:
        while not self.leaving:
            self._dispatcher.tick()
            self._hub.pause(TICK_SECONDS)  # a job that ends wakes it sooner

    def _carry(self, job_id: int) -> None:
        if self.leaving:
            return
        journey = Journey.claim(job_id, self._hands)
        if journey is not None:
            journey.travel()
            self._hub.wake(self._feeder)

    def _say_goodbye(self) -> None:
        self._hub.pause(10)
        with self._ledger.write() as tx:
            presence.leave(tx, self.name, self._clock())
            feeding.ring_anew(tx, ACCOUNT)

    def _safely(self, work: Callable[[], None]) -> None:
        """A worker that cannot write into the ledger leaves."""
        try:
            work()
        except LedgerError as error:
            self._fleet.story.tell(self.name, "trouble", error)
            self.leave()


class Fleet:
    """The workers there are, and what they share."""

    def __init__(self, hub: Hub, *, ledger: Ledger, company: Company, story: Story, weather: Weather) -> None:
        dice = hub.dice
        self.hub = hub
        self.ledger = ledger
        self.company = company
        self.story = story
        self.weather = weather
        self.slots = Slots(clock=lambda: hub.now)
        self.redis = Redis(hub)
        self.images = Store(hub, weather, self._crash)
        self.patience = Patience(
            slot_patience=dice.choice([3.0, 20.0]),
            deadline=dice.choice([45.0, 1800.0]),
            stop=dice.choice([10.0, 60.0]),
        )
        self.workers: list[Worker] = []
        self.awake_at = hub.now  #: from then on no heart stands still
        self.swoons = 0  #: how often one stood still
        self.kills = 0
        self.deaths = 0  #: kills, and workers that a picture took down
        self._hired: list[Worker] = []  # also those that left or died

    def hire(self) -> None:
        """One more, while there are few."""
        if len(self.workers) < MOST_WORKERS:
            worker = Worker(f"worker-{len(self._hired) + 1}", self)
            self._hired.append(worker)
            self.workers.append(worker)
            self.story.tell(worker.name, "begins")

    def kill_one(self) -> None:
        """If there is any."""
        if worker := self._victim():
            self.kills += 1
            worker.kill()

    def send_one_home(self) -> None:
        """If there is any."""
        if worker := self._victim():
            worker.leave()

    def put_one_to_sleep(self) -> None:
        """Mostly for so long that it is taken for dead."""
        self._swoon(Worker.sleep_on)

    def let_one_faint(self) -> None:
        """Mostly for so long that it is taken for dead."""
        self._swoon(Worker.faint)

    def flush(self) -> None:
        """Redis forgets everything."""
        self.story.tell("Redis", "is flushed")
        self.slots.flush()
        self.redis.flush()

    def ring(self, job_id: int) -> None:
        """A message through Celery, which may get lost, come late, or twice."""
        dice, weather = self.hub.dice, self.weather
        if not self.workers or weather.strikes("lost doorbell"):
            return
        for _ in range(2 if weather.strikes("second doorbell") else 1):
            after = dice.uniform(1, 15) if weather.strikes("late doorbell") else 0.0
            dice.choice(self.workers).hear(job_id, after)

    def _crash(self) -> None:
        """What the running worker does takes it down; somebody starts another one."""
        [worker] = [one for one in self._hired if one.has(self.hub.running)]
        self.hire()
        worker.kill()

    def _swoon(self, kind: Callable[[Worker, float], None]) -> None:
        """Somebody who misses it starts another one."""
        if worker := self._victim():
            seconds = self.hub.dice.choice([self.hub.dice.uniform(1, 10), self.hub.dice.uniform(12, 30)])
            self.swoons += 1
            self.awake_at = max(self.awake_at, self.hub.now + seconds)
            self.hire()
            kind(worker, seconds)

    def _victim(self) -> Worker | None:
        """One whose order is on its way, if there is any such, else anyone; None without workers."""
        ordering = [one for one in self.workers if any(map(one.has, self.company.on_the_wire))]
        return self.hub.dice.choice(ordering or self.workers or [None])
