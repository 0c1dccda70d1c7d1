"""A worker process: Celery's threads carry jobs, a heartbeat says that we live, a dispatcher feeds.

It leaves on SIGTERM by draining: every waiting thread wakes, hands its job over by the ticket, and is gone.
"""

from __future__ import annotations

import ctypes
import os
import secrets
import signal
import socket
import sys
import threading
import time
import warnings
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from celery.exceptions import SecurityWarning

from batches.errors import FluxbatchError
from batches.store.images import open_tried
from batches.store.ledger import Ledger, LedgerError, feeding, presence, stops
from workers import log
from workers.app import ring
from workers.balance import BalanceWatch
from workers.bells import Bells
from workers.bfl import Client
from workers.bounds import bounds_of
from workers.broker import connect
from workers.budgets import Budgets
from workers.clerk import Clerk
from workers.dispatcher import Dispatcher
from workers.errors import BrokerError
from workers.journey import Hands, Journey
from workers.notices import Herald, Messenger, hook_of
from workers.slots import Gate, Keeper, RedisSlots
from workers.webhooks import intake_of

if TYPE_CHECKING:
    from celery import Celery

    from workers.accounts import Account
    from workers.settings import Settings

BEAT_SECONDS = 2.0
"""How often a worker says that it lives and renews its slots."""


M_ARENA_MAX = -8
"""glibc's number for this option of mallopt."""


class Worker:
    """Everything one worker process holds."""

    def __init__(self, settings: Settings, account: Account, app: Celery, *, threads: int) -> None:
        """Connect to the broker, the ledger and the image store; nothing runs yet."""
        self.id = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(2)}"
        self.account = account.name
        self.threads = threads
        self.fatal: FluxbatchError | None = None
        self._leaving = threading.Event()
        self._left = threading.Event()
        redis = connect(app.conf.broker_url)
        self._ledger = Ledger(settings.where_ledger)
        self._client = Client(account.api_url, account.key(), allowed_hosts=account.allowed_hosts, connections=threads)
        budgets = Budgets(settings)
        hook = hook_of(settings)
        self._herald = Herald(account.name, budgets, hook)
        self._messenger = Messenger(self._ledger, hook) if hook else None
        self._bells = Bells(redis, self._leaving) if intake_of(settings) else None
        slots = RedisSlots(redis, per_second=account.per_second)
        self._hands = Hands(
            worker=self.id,
            account=self.account,
            ledger=self._ledger,
            client=self._client,
            gate=Gate(slots, self._leaving.is_set),
            images=open_tried(settings.images_url),
            clock=time.time,
            sleep=self._leaving.wait,
            bells=self._bells,
            budgets=budgets,
        )
        self._app = app
        self._balance = BalanceWatch(account, self._ledger)
        self._clerk = Clerk(self.account, self._ledger, self._hands.images, partial(bounds_of, settings))
        self._heartbeat = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        self._dispatcher = Dispatcher(
            worker=self.id,
            account=self.account,
            ledger=self._ledger,
            redis=redis,
            keeper=Keeper(self.account, account.slots, slots, self._ledger),
            ring=lambda job_id, batch_id: ring(app, job_id, batch_id),
            on_fatal=self._give_up,
            each_sweep=self._do_duties,
            budgets=budgets,
            also=[self._herald.sweep],
        )

    def run(self) -> None:
        """Work until told to leave. Raises what made it impossible to go on."""
        warnings.simplefilter("ignore", SecurityWarning)  # root is no danger here: messages are JSON, never pickle
        self._app.Worker(
            worker=self, hostname=f"fluxbatch-{os.getpid()}@{socket.gethostname()}",
            concurrency=self.threads, loglevel="WARNING", quiet=True, without_gossip=True, without_mingle=True,
        ).start()  # fmt: skip
        if self.fatal is not None:
            raise self.fatal

    def arrive(self) -> None:
        """Say that this worker is there, and go on saying it."""
        _share_memory()
        self._hands.images.tidy(time.time())
        with self._ledger.write() as tx:
            presence.arrive(tx, self.id, host=socket.gethostname(), pid=os.getpid(), now=time.time())
            stops.lift(tx, self.account, time.time())
            feeding.ring_anew(tx, self.account)
            self._hands.paces.share(tx, self.account)
        self._heartbeat.start()

    def feed(self) -> None:
        """Begin to ring for jobs."""
        self._dispatcher.start()
        if self._messenger:
            self._messenger.start()
        if self._bells:
            self._bells.start()
        log.worker_started(self.id, self.account, self.threads)

    def carry(self, job_id: int) -> None:
        """Answer one doorbell."""
        if self._leaving.is_set():
            return
        if self._ledger.full:  # a ticket may have found room on the ballast, but nothing may be begun on it
            self._give_up(self._ledger.full)
            return
        try:
            journey = Journey.claim(job_id, self._hands)
            if journey is not None:
                journey.travel()
                self._dispatcher.wake()
        except LedgerError as error:
            self._give_up(error)
        except FluxbatchError as error:
            log.trouble("journey", error)
        except Exception as error:  # noqa: BLE001  # one job's bug must not take the worker's thread with it
            log.bug("journey", error)

    def leave(self) -> None:
        """Have the whole process leave, as on SIGTERM."""
        os.kill(os.getpid(), signal.SIGTERM)

    def drain(self) -> None:
        """Begin nothing more, and wake every thread that waits: it hands its job over."""
        if not self._leaving.is_set():
            log.worker_leaving(self.id)
            self._leaving.set()
            if self._bells:
                self._bells.wake_all()

    def depart(self) -> None:
        """Say goodbye, when no thread carries a job any more."""
        self._dispatcher.stop()
        self._clerk.stop()
        if self._bells:
            self._bells.stop()
        self._left.set()
        self._heartbeat.join(timeout=BEAT_SECONDS)
        try:
            with self._ledger.write() as tx:
                presence.leave(tx, self.id, time.time())
                feeding.close_ended_batches(tx, time.time())
                self._herald.look(tx, time.time())
                feeding.ring_anew(tx, self.account)
                self._hands.paces.share(tx, self.account)
            if self._messenger:
                self._messenger.stop()
        except LedgerError as error:
            log.trouble("leaving", error)
        self._client.close()
        self._ledger.close()

    def _do_duties(self) -> None:
        """What only the leader of an account's workers does, beside feeding them. None of it waits."""
        self._balance.look()
        self._clerk.look()

    def _give_up(self, error: FluxbatchError) -> None:
        """Nothing can be written down any more, so nothing may be begun."""
        log.trouble("worker", error)
        if self.fatal is None:
            self.fatal = error
            self.leave()

    def _beat(self) -> None:
        """Also while it drains: a submission under way would be taken for lost, and made once more."""
        while not self._left.wait(BEAT_SECONDS):
            self._beat_once()

    def _beat_once(self) -> None:
        at_risk = self._client.at_risk()
        if at_risk:
            log.at_risk(at_risk)
        try:
            with self._ledger.write(flush=False) as tx:
                presence.beat(tx, self.id, time.time(), at_risk=at_risk)
                self._hands.paces.share(tx, self.account)
            if self._ledger.full:
                self._give_up(self._ledger.full)
            self._hands.gate.renew()
        except BrokerError as error:
            log.trouble("heartbeat", error)
        except LedgerError as error:
            self._give_up(error)
        except Exception as error:  # noqa: BLE001  # a mistake of ours must not make this worker look dead
            log.bug("heartbeat", error)


def _share_memory() -> None:
    """Let our many threads share two heaps: glibc would keep one for each, which costs a third more memory."""
    if sys.platform == "linux":
        with suppress(AttributeError):  # musl has no mallopt, and no such heaps either
            ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)


def leave_with_stdin(worker: Worker) -> None:
    """Drain when our standing input closes: whoever started us is gone, even by SIGKILL."""

    def watch() -> None:
        while os.read(0, 1024):  # not sys.stdin: its lock would be in the way at the interpreter's end
            pass
        worker.leave()

    threading.Thread(target=watch, name="stdin", daemon=True).start()
