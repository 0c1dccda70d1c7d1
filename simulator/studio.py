"""The company's one desk: it accepts orders, renders them by the clock and bills them when they are ready."""

from __future__ import annotations

import heapq
import uuid
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from simulator.accounts import Account
from simulator.catalog import LIMITS
from simulator.fate import fate
from simulator.finetunes import Finetune, Finetunes
from simulator.journal import Journal, TornBooks
from simulator.money import micro
from simulator.refusals import Refusal
from simulator.tasks import Task

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.config import Config
    from simulator.orders import Order
    from simulator.tasks import Hook


class Studio:
    """All accounts and tasks. What it is asked about money or slots is true for that very moment."""

    def __init__(self, config: Config, clock: Callable[[], float]) -> None:
        self._config = config
        self._clock = clock
        self._accounts: dict[str, Account] = {}
        self._unfinished: list[tuple[float, str]] = []
        self._journal = Journal(config.books)
        self.tasks: dict[str, Task] = {}
        self.finetunes = Finetunes()
        self.bodies: Counter[str] = Counter()
        self._billed = 0
        for number, event in enumerate(self._journal.open(), start=1):
            try:
                self._replay(event)
            except (KeyError, TypeError) as error:
                raise TornBooks(f"{config.books}, line {number}: {error!r}") from error

    def account(self, account_id: str) -> Account:
        """The account, opened with the usual balance when it is new."""
        self._settle(self._clock())
        if account_id not in self._accounts:
            self._record("opened", account=account_id, balance=micro(self._config.credits))
        return self._accounts[account_id]

    def accounts(self) -> list[Account]:
        """Everybody."""
        self._settle(self._clock())
        return list(self._accounts.values())

    def billed(self) -> int:
        """Micro-credits of all tasks that are ready."""
        self._settle(self._clock())
        return self._billed

    def accept(self, account_id: str, order: Order, *, hook: Hook | None, drag: float) -> Task:
        """A new task that takes `drag` times as long as usual, its price held.

        Refused when its finetune is unknown (400), the lane full (429) or the balance too small (402).
        """
        account, lane, now = self.account(account_id), order.endpoint.lane, self._clock()
        if order.finetune_id is not None:
            self.finetunes.check_usable(account_id, order.finetune_id, now)
        limit = self._config.slots if lane == "standard" else LIMITS[lane]
        if account.active[lane] >= limit:
            raise Refusal(429, f"Too many active tasks: the limit is {limit}")
        if account.free < order.price:
            raise Refusal(402, "Insufficient credits")
        task = fate(
            order,
            self._config,
            task_id=str(uuid.uuid4()),
            account=account_id,
            before=self.bodies[order.digest],
            now=now,
            drag=drag,
            hook=hook,
        )
        self._record("accepted", task=asdict(task))
        return self.tasks[task.id]

    def drain(self, account_id: str) -> None:
        """Take away every credit that no task has been promised."""
        self._record("drained", account=account_id, free=self.account(account_id).free)

    def add_finetune(self, task: Task, details: dict[str, Any]) -> None:
        """The model that this task makes."""
        finetune = Finetune(task.id, task.account, task.finished_at, details)
        self._record("finetuned", finetune=asdict(finetune))

    def delete_finetune(self, account_id: str, finetune_id: str) -> None:
        """Forget one of the account's own."""
        self._record("finetune_deleted", id=self.finetunes.own(account_id, finetune_id).id)

    def _record(self, event: str, **what: Any) -> None:  # noqa: ANN401 -- JSON
        """Write an event down, then let it happen: a restart makes the same things happen again."""
        self._journal.write({"event": event, **what})
        self._happen(event, what)

    def _replay(self, line: dict[str, Any]) -> None:
        if line["event"] == "accepted":
            self._settle(line["task"]["accepted_at"])
        self._happen(line["event"], line)

    def _happen(self, event: str, what: dict[str, Any]) -> None:
        match event:
            case "opened":
                self._accounts[what["account"]] = Account(what["account"], what["balance"])
            case "drained":
                self._accounts[what["account"]].balance -= what["free"]
            case "accepted":
                self._admit(Task.from_json(what["task"]))
            case "finetuned":
                self.finetunes.add(Finetune(**what["finetune"]))
            case "finetune_deleted":
                self.finetunes.remove(what["id"])

    def _admit(self, task: Task) -> None:
        account = self._accounts[task.account]
        self.tasks[task.id] = task
        self.bodies[task.digest] += 1
        heapq.heappush(self._unfinished, (task.finished_at, task.id))
        account.held += task.price
        account.active[task.lane] += 1
        account.peak[task.lane] = max(account.peak[task.lane], account.active[task.lane])

    def _settle(self, now: float) -> None:
        """Close every task whose time has come: release its hold and slot, and bill it if it is ready."""
        while self._unfinished and self._unfinished[0][0] <= now:
            task = self.tasks[heapq.heappop(self._unfinished)[1]]
            account = self._accounts[task.account]
            account.active[task.lane] -= 1
            account.held -= task.price
            if task.outcome == "Ready":
                account.balance -= task.price
                self._billed += task.price
