"""Workers in virtual time. Their journeys and dispatchers are the real ones; threads, Redis and network are not."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from batches.errors import FluxbatchError
from batches.store.images import ImageStoreError, MemoryStore
from batches.store.ledger import feeding, presence, stops
from workers import slots
from workers.dispatcher import Dispatcher
from workers.journey import Hands, Journey
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


class Gate(slots.Gate):
    """A worker's side of the slots, which waits in virtual time."""

    def __init__(self, hub: Hub, counter: slots.Slots, leaving: Callable[[], bool]) -> None:
        super().__init__(counter, leaving)
        self._hub = hub

    def take(self, account: str, lane: str, holder: str, *, patience_seconds: float, urgent: bool = False) -> bool:
        until = self._hub.now + patience_seconds
        while not self._giving_up():
            self._hub.step()
            if self._try(slots.lane_name(account, lane), holder, urgent=urgent):
                return True
            if self._hub.now >= until:
                return False
            self._hub.pause(PATIENT_SLICE)
        return False


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


class Slots(slots.MemorySlots):
    """Slots that may be lost."""

    def flush(self) -> None:
        self._lanes.clear()


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
        self._gate = Gate(hub, fleet.slots, lambda: self.leaving)
        self._hands = Hands(
            worker=name, account=ACCOUNT, ledger=self._ledger, client=cast("Any", fleet.company),
            gate=cast("Any", self._gate), images=fleet.images, clock=self._clock, sleep=self._sleep,
            submitting=cast("Any", Turnstile(hub, 2)), decoding=cast("Any", Turnstile(hub, 2)),
            suspects=cast("Any", Turnstile(hub, 1)),
        )  # fmt: skip
        self._dispatcher = Dispatcher(
            worker=name, account=ACCOUNT, ledger=self._ledger, redis=cast("Any", fleet.redis),
            ring=lambda job_id, _: fleet.ring(job_id),
            keeper=slots.Keeper(ACCOUNT, {"standard": fleet.limit}, fleet.slots, self._ledger),
            on_fatal=fleet.story.mistakes.append, on_rest=lambda _: None, clock=self._clock,
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
            stops.lift(tx, ACCOUNT, self._clock())
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
