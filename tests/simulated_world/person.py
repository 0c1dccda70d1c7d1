"""A person who steers batches: at random while the world is wild, and to a good end when it is calm."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from batches.store.ledger import feeding, limits, retrying, spending, standing, steering
from batches.store.ledger.retrying import Choice
from tests.simulated_world.fleet import ACCOUNT, LANE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batches.store.ledger import Ledger
    from batches.store.ledger.records import Batch
    from tests.simulated_world.hub import Hub
    from tests.simulated_world.story import Story
    from tests.simulated_world.weather import Weather

RESUMABLE = frozenset({"person", "canary", "deadline"})
"""What a person's word alone is enough for."""

AT_ONCE = 100


class Person:
    """Some leave everything to itself, and some meddle every few seconds."""

    def __init__(self, hub: Hub, ledger: Ledger, story: Story, weather: Weather, batch_ids: Sequence[str]) -> None:
        self._hub = hub
        self._ledger = ledger
        self._story = story
        self._weather = weather
        self._batch_ids = batch_ids
        self._restlessness = hub.dice.choice([0, 0, 0.1, 0.3])  # deeds a second
        self.halted: dict[str, float] = {}  #: since when a batch may begin nothing, because a person says so
        self.retried: set[str] = set()  #: batches of which jobs were tried again
        self.risked: Counter[str] = Counter()  #: micro-credits that this put at risk, by batch

    def meddle(self) -> None:
        """Until it is calm."""
        dice = self._hub.dice
        deeds = [self._pause, self._pause, self._resume, self._resume, self._retry, self._cancel, self._limit]
        while self._restlessness:
            self._hub.pause(dice.expovariate(self._restlessness))
            if self._weather.is_calm:
                return
            dice.choice(deeds)(dice.choice(self._batch_ids))

    def relent(self, to_raise: Sequence[str]) -> None:
        """Give the lane all its slots, and lift the caps of these batches."""
        with self._ledger.write() as tx:
            limits.set_ceiling(tx, ACCOUNT, LANE, None)
        for batch_id in to_raise:
            self._lift_cap(batch_id)

    def look_in(self) -> None:
        """Let everything go on that waits for a person."""
        for batch_id in self._batch_ids:
            self._resume(batch_id)

    def _pause(self, batch_id: str) -> None:
        with self._ledger.write() as tx:
            if steering.pause(tx, batch_id, "", self._hub.now):
                self._halt(batch_id, "is paused")

    def _resume(self, batch_id: str) -> None:
        batch = self._batch(batch_id)
        self._hub.step()
        if batch.paused in RESUMABLE and batch.ended_at is None:
            self._go_on(batch_id)
            with self._ledger.write() as tx:
                steering.resume(tx, batch, self._hub.now)

    def _cancel(self, batch_id: str) -> None:
        with self._ledger.write() as tx:
            if not steering.begin_cancelling(tx, batch_id):
                return
        self._halt(batch_id, "is cancelled")
        self._hub.step()
        with self._ledger.write() as tx:
            steering.cancel_some(tx, batch_id, now=self._hub.now, limit=AT_ONCE)

    def _retry(self, batch_id: str) -> None:
        with self._ledger.write() as tx:
            feeding.close_ended_batches(tx, self._hub.now)
        self._hub.step()
        with self._ledger.write() as tx:
            before = feeding.lost_money(tx, batch_id)
            if retrying.put_back_some(tx, batch_id, Choice(), now=self._hub.now, limit=AT_ONCE):
                self._go_on(batch_id)
                self.retried.add(batch_id)
            self.risked[batch_id] += feeding.lost_money(tx, batch_id) - before

    def _limit(self, _batch_id: str) -> None:
        with self._ledger.write() as tx:
            limits.set_ceiling(tx, ACCOUNT, LANE, self._hub.dice.choice([None, 1]))

    def _lift_cap(self, batch_id: str) -> None:
        policy = replace(self._batch(batch_id).policy, budget=None)
        with self._ledger.write() as tx:
            limits.set_policy(tx, batch_id, policy)
            spending.reconsider(tx, batch_id)

    def _batch(self, batch_id: str) -> Batch:
        with self._ledger.read() as tx:
            found = standing.find_batch(tx, batch_id)
        assert found is not None
        return found

    def _halt(self, batch_id: str, how: str) -> None:
        self._story.tell(batch_id, how)
        self.halted[batch_id] = self._hub.now

    def _go_on(self, batch_id: str) -> None:
        self._story.tell(batch_id, "goes on")
        self.halted.pop(batch_id, None)
