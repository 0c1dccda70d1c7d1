"""Feeds a small window of jobs from the ledger into Celery, and sweeps up what was lost.

One thread in every worker; a lease in Redis makes one of them the leader of its account. Two leaders at once would
ring some doorbells twice, which harms nothing.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING

from batches.errors import FluxbatchError
from batches.store.ledger import exhausted, feeding, stops
from workers import log
from workers.broker import translating
from workers.errors import BrokerError
from workers.governor import govern
from workers.resting import one_for_all, rooms
from workers.sharing import FEW_JOBS, RESERVED_SECONDS, USUAL_PRIORITY, Waiting, may_begin, shares
from workers.slots import rule

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from redis import Redis
    from sqlalchemy import Connection

    from batches.policy import WideBudget
    from batches.store.ledger import Ledger
    from workers.slots import Keeper

TICK_SECONDS = 0.25
"""How often the window is looked at; a job that ends in this process makes it be looked at sooner."""

SETTLE_SECONDS = 0.1
"""Between two looks at least: jobs that end one upon the other are replaced together, while others wait at the door."""

SWEEP_SECONDS = 1.0
"""How often lost things are looked for."""

SILENT_SECONDS = 10.0
"""A worker not heard of for so long is taken for dead; it beats every 2 seconds."""

LEASE_MS = 3000
"""How long the leader leads without renewing."""

RENEW_SECONDS = 1.0
"""How often it renews: with many jobs it looks ten times a second, and need not ask each time whether it leads."""


def window(slots: int) -> int:
    """Jobs to have called for a lane: its slots and a quarter more, so that a freed slot finds a job at the door."""
    return slots + max(2, slots // 4)


class Dispatcher:
    """Keeps the window of one account full."""

    def __init__(
        self,
        *,
        worker: str,
        account: str,
        ledger: Ledger,
        redis: Redis,
        keeper: Keeper,
        ring: Callable[[int, str], None],
        on_fatal: Callable[[FluxbatchError], None],
        each_sweep: Callable[[], None],
        budgets: Callable[[], Sequence[WideBudget]] = tuple,
        also: Sequence[Callable[[Connection, float], None]] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Feed from this ledger by ringing this bell.

        What else only the leader does, it does with each sweep: `also` in its transaction, `each_sweep` after it.
        """
        self._worker = worker
        self._account = account
        self._lease = f"fluxbatch:dispatcher:{account}"
        self._ledger = ledger
        self._redis = redis
        self._keeper = keeper
        self._limits: Mapping[str, int] = {}  # of lanes, as the last sweep found them
        self._ring = ring
        self._on_fatal = on_fatal
        self._each_sweep = each_sweep
        self._budgets = budgets
        self._also = also
        self._clock = clock
        self._wake = threading.Event()
        self._leaving = threading.Event()
        self._next_sweep = 0.0
        self._led_at = 0.0  # when the lease was last known to be ours
        self._reserves_until = 0.0
        self._thread = threading.Thread(target=self._run, name="dispatcher", daemon=True)

    def start(self) -> None:
        """Begin feeding."""
        self._thread.start()

    def wake(self) -> None:
        """Look at the window now: a job has just left it."""
        self._wake.set()

    def stop(self) -> None:
        """Stop feeding, and let another lead at once."""
        self._leaving.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)
        with suppress(BrokerError), translating():
            if self._redis.get(self._lease) == self._worker.encode():
                self._redis.delete(self._lease)

    def tick(self) -> Sequence[int]:
        """One look: call what there is room for, and sweep from time to time. Returns the jobs rung for."""
        now = self._clock()
        if not self._leads(now):
            return []
        again = self._sweep(now) if now >= self._next_sweep else []
        rung = [*again, *self._feed(now)]
        for job_id, batch_id in rung:
            self._ring(job_id, batch_id)
        return [job_id for job_id, _ in rung]

    def _run(self) -> None:
        while not self._leaving.is_set():
            try:
                self.tick()
            except BrokerError as error:  # the called jobs are rung for again when it is back
                log.trouble("dispatcher", error)
                self._leaving.wait(SWEEP_SECONDS)
            except FluxbatchError as error:
                self._on_fatal(error)
                return
            except Exception as error:  # noqa: BLE001  # a mistake of ours must not end the feeding unheard
                log.bug("dispatcher", error)
            self._leaving.wait(SETTLE_SECONDS)
            self._wake.wait(TICK_SECONDS)
            self._wake.clear()

    def _leads(self, now: float) -> bool:
        if abs(now - self._led_at) >= RENEW_SECONDS:
            self._led_at = now if self._lead() else 0.0
        return self._led_at > 0

    def _lead(self) -> bool:
        with translating():
            if self._redis.set(self._lease, self._worker, nx=True, px=LEASE_MS):
                return True
            if self._redis.get(self._lease) != self._worker.encode():
                return False
            self._redis.pexpire(self._lease, LEASE_MS)
        return True

    def _feed(self, now: float) -> Sequence[tuple[int, str]]:
        called: list[tuple[int, str]] = []
        while shared := self._shared_out(now):
            with self._ledger.write(flush=False) as tx:
                these = [self._call(tx, one, lane, jobs, now) for one, lane, jobs in shared]
            called += chain.from_iterable(these)
            if sum(map(len, these)) in {0, sum(jobs for *_, jobs in shared)}:
                break  # else some batch had fewer jobs due than it got places, and others may have more
        return called

    def _call(self, tx: Connection, one: Waiting, lane: str, room: int, now: float) -> Sequence[tuple[int, str]]:
        called = feeding.call_due(tx, one.batch, self._account, lane, room=room, now=now, urgent=one.urgent)
        if called:
            stops.one_tries(tx, self._account, lane, called[0], now)
        return [(job_id, one.batch.id) for job_id in called]

    def _shared_out(self, now: float) -> list[tuple[Waiting, str, int]]:
        """How many jobs of which batch and lane are to be called."""
        with self._ledger.read() as tx:
            stopped = stops.stops_of(tx, self._account)
            batches = feeding.open_batches(tx, self._account)
            exhausted_for = exhausted.of_account(tx, self._account)
            busy = {batch.id: feeding.in_window(tx, batch.id, self._account) for batch in batches}
            waiting = [
                Waiting(
                    batch=batch,
                    busy=busy[batch.id],
                    due=feeding.due_lanes(tx, batch, now),
                    urgent=batch.policy.priority > USUAL_PRIORITY and feeding.has_at_most(tx, batch.id, FEW_JOBS),
                )
                for batch in batches
                if may_begin(batch, now) and batch.id not in exhausted_for
            ]
        if any(one.urgent for one in waiting):
            self._reserves_until = now + RESERVED_SECONDS
        taken = sum(map(Counter, busy.values()), Counter())
        free = {lane: window(slots) - taken[lane] for lane, slots in self._limits.items()}
        reserves = {lane: 0 if stopped else rule.reserve(slots) for lane, slots in self._limits.items()}
        given = one_for_all(shares(waiting, rooms(free, stopped, now), reserves), stopped)
        by_id = {one.batch.id: one for one in waiting}
        return [(by_id[batch_id], lane, jobs) for (batch_id, lane), jobs in given.items()]

    def _sweep(self, now: float) -> Sequence[tuple[int, str]]:
        self._next_sweep = now + SWEEP_SECONDS
        self._limits = self._keeper.keep(reserves=now < self._reserves_until)
        with self._ledger.write(flush=False) as tx:
            feeding.take_from_silent(tx, self._worker, now=now, silent_seconds=SILENT_SECONDS)
            feeding.take_back_calls(tx, now)
            feeding.resubmit_unsure(tx, self._account, now)
            govern(tx, self._account, now, self._budgets())
            feeding.close_ended_batches(tx, now)
            for look in self._also:
                look(tx, now)
            again = feeding.with_batches(tx, feeding.ring_again(tx, self._account, now))
        self._each_sweep()
        return again
