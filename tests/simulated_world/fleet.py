"""Workers in virtual time. Their journeys and dispatchers are the real ones; threads, Redis and network are not."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from batches.errors import FluxbatchError
from batches.store.images import ImageStoreError, MemoryStore
from batches.store.ledger import feeding, presence
from workers.dispatcher import Dispatcher
from workers.journey import Hands, Journey
from workers.slots.memory import MemorySlots
from workers.worker import BEAT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    from batches.store.ledger import Ledger
    from tests.simulated_world.company import Company
    from tests.simulated_world.hub import Fiber, Hub
    from tests.simulated_world.story import Story
    from tests.simulated_world.weather import Weather

ACCOUNT = "main"
TICK_SECONDS = 1.0
"""Slower than the real thing, because most of a world's time would go into it."""

PATIENT_SLICE = 0.1
"""Seconds between two looks for a slot."""


class SteppingLedger:
    """The ledger, with a moment before and after each transaction in which everything may end."""

    def __init__(self, ledger: Ledger, hub: Hub) -> None:
        self._ledger = ledger
        self._hub = hub
        self.full = None

    @contextmanager
    def write(self, *, flush: bool = True) -> Iterator[Connection]:
        self._hub.step()
        with self._ledger.write(flush=flush) as tx:
            yield tx
        self._hub.step()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        self._hub.step()
        with self._ledger.read() as tx:
            yield tx


class Redis:
    """As much of it as elects a leader."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._lease: tuple[str, float] | None = None

    def set(self, _key: str, holder: str, *, nx: bool, px: int) -> bool:
        assert nx
        if self._lease and self._lease[1] > self._hub.now:
            return False
        self._lease = (holder, self._hub.now + px / 1000)
        return True

    def get(self, _key: str) -> bytes | None:
        return self._lease[0].encode() if self._lease and self._lease[1] > self._hub.now else None

    def pexpire(self, _key: str, px: int) -> None:
        if self._lease:
            self._lease = (self._lease[0], self._hub.now + px / 1000)

    def flush(self) -> None:
        self._lease = None


class Gate:
    """A worker's side of the slots."""

    def __init__(self, hub: Hub, slots: MemorySlots, limit: int, leaving: Callable[[], bool]) -> None:
        self._hub = hub
        self._slots = slots
        self._limit = limit
        self._leaving = leaving
        self._held: set[str] = set()

    def take(self, account: str, lane: str, holder: str, *, patience_seconds: float) -> bool:
        until = self._hub.now + patience_seconds
        while not self._leaving():
            self._hub.step()
            if self._slots.take(f"{account}:{lane}", holder, self._limit):
                self._held.add(holder)
                return True
            if self._hub.now >= until:
                return False
            self._hub.pause(PATIENT_SLICE)
        return False

    def hold(self, account: str, lane: str, holder: str) -> None:
        self._held.add(holder)
        self._slots.hold(f"{account}:{lane}", [holder])

    def release(self, account: str, lane: str, holder: str) -> None:
        self.forget(account, lane, holder)
        self._slots.release(f"{account}:{lane}", holder)

    def forget(self, _account: str, _lane: str, holder: str) -> None:
        self._held.discard(holder)

    def renew(self) -> None:
        self._slots.hold(f"{ACCOUNT}:standard", sorted(self._held))


class Turnstile:
    """A semaphore of fibers."""

    def __init__(self, hub: Hub, places: int) -> None:
        self._hub = hub
        self._free = places

    def __enter__(self) -> None:
        while self._free == 0:
            self._hub.pause(0.05)
        self._free -= 1

    def __exit__(self, *_: object) -> None:
        self._free += 1


class Slots(MemorySlots):
    """Slots that may be lost."""

    def flush(self) -> None:
        self._ends.clear()


class Store(MemoryStore):
    """Pictures in memory, now and then without room for more."""

    def __init__(self, hub: Hub, weather: Weather) -> None:
        super().__init__()
        self._hub = hub
        self._weather = weather

    def put(self, key: str, data: bytes) -> None:
        self._hub.step()
        if self._weather.strikes("full store"):
            raise ImageStoreError("full")
        super().put(key, data)


class Worker:
    """One process: until it is killed, or told to leave."""

    def __init__(self, name: str, fleet: Fleet) -> None:
        hub = fleet.hub
        self.name = name
        self.leaving = False
        self._hub = hub
        self._fleet = fleet
        self._fibers: list[Fiber] = []
        self._skew = hub.dice.uniform(-1, 1)
        self._ledger = cast("Ledger", SteppingLedger(fleet.ledger, hub))
        self._gate = Gate(hub, fleet.slots, fleet.limit, lambda: self.leaving)
        self._hands = Hands(
            worker=name, ledger=self._ledger, client=cast("Any", fleet.company), gate=cast("Any", self._gate),
            images=fleet.images, clock=self._clock, sleep=self._sleep,
            submitting=cast("Any", Turnstile(hub, 2)), decoding=cast("Any", Turnstile(hub, 2)),
        )  # fmt: skip
        self._dispatcher = Dispatcher(
            worker=name, account=ACCOUNT, ledger=self._ledger, redis=cast("Any", fleet.redis), ring=fleet.ring,
            on_fatal=fleet.story.mistakes.append, clock=self._clock,
        )  # fmt: skip
        self._go(self._live)

    def hear(self, job_id: int) -> None:
        """A doorbell."""
        self._go(lambda: self._carry(job_id))

    def kill(self) -> None:
        """SIGKILL."""
        self._fleet.story.tell(self.name, "is killed")
        for fiber in self._fibers:
            fiber.kill()

    def sleep_on(self, seconds: float) -> None:
        """The machine sleeps: nothing of it goes on before then."""
        self._fleet.story.tell(self.name, "sleeps for", round(seconds))
        for fiber in self._fibers:
            if not fiber.is_over:
                self._hub.wake(fiber, seconds)

    def leave(self) -> None:
        """SIGTERM: everything that waits wakes."""
        self._fleet.story.tell(self.name, "leaves")
        self.leaving = True
        for fiber in self._fibers:
            if not fiber.is_over and fiber is not self._hub.running:
                self._hub.wake(fiber)
        self._go(self._say_goodbye)

    def _go(self, work: Callable[[], Any]) -> Fiber:
        self._fibers = [fiber for fiber in self._fibers if not fiber.is_over]
        self._fibers.append(self._hub.start(work))
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
            presence.lift_stop(tx, ACCOUNT, self._clock())
            feeding.ring_anew(tx, ACCOUNT)
        self._feeder = self._go(self._dispatch)
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
        try:
            journey = Journey.claim(job_id, self._hands)
            if journey is not None:
                journey.travel()
                self._hub.wake(self._feeder)
        except FluxbatchError as error:
            self._fleet.story.tell(self.name, "trouble", error)

    def _say_goodbye(self) -> None:
        self._hub.pause(10)
        with self._ledger.write() as tx:
            presence.leave(tx, self.name, self._clock())
            feeding.ring_anew(tx, ACCOUNT)


class Fleet:
    """The workers there are, and what they share."""

    def __init__(
        self, hub: Hub, *, ledger: Ledger, company: Company, slots: Slots, images: MemoryStore, story: Story,
        weather: Weather, limit: int,
    ) -> None:  # fmt: skip
        self.hub = hub
        self.ledger = ledger
        self.company = company
        self.slots = slots
        self.redis = Redis(hub)
        self.images = images
        self.story = story
        self.limit = limit
        self._weather = weather
        self._hired = 0
        self.workers: list[Worker] = []

    def hire(self) -> None:
        self._hired += 1
        self.workers.append(Worker(f"worker-{self._hired}", self))
        self.story.tell(f"worker-{self._hired}", "begins")

    def let_go(self, *, kill: bool) -> None:
        """One of them, if there is any."""
        if self.workers:
            worker = self.workers.pop(self.hub.dice.randrange(len(self.workers)))
            worker.kill() if kill else worker.leave()

    def put_to_sleep(self) -> None:
        """One of them, perhaps for so long that it is taken for dead."""
        if self.workers:
            self.hub.dice.choice(self.workers).sleep_on(self.hub.dice.uniform(1, 30))

    def ring(self, job_id: int) -> None:
        """A message through Celery, which may get lost."""
        if self.workers and not self._weather.strikes("lost doorbell"):
            self.hub.dice.choice(self.workers).hear(job_id)
