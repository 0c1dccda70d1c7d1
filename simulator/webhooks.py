"""Calls clients back when their tasks are finished, and calls again when they do not listen."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from typing import TYPE_CHECKING

from simulator.faults.fault import Seen
from simulator.faults.hooks import HookFault
from simulator.standing import standing

if TYPE_CHECKING:
    from simulator.company import Company
    from simulator.tasks import Hook, Task

PAUSES = (0, 1, 5, 30)
"""Seconds before each try at speed 1; after the last it is given up."""


class Webhooks:
    """One waiting coroutine per task that wants to be told."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._waiting: set[asyncio.Task[None]] = set()

    def expect(self, task: Task) -> None:
        """Tell its owner when it is finished, if its owner asked for that and it ever ends."""
        if task.hook is not None and task.finished_at != float("inf"):
            waiting = asyncio.create_task(self._tell(task, task.hook))
            self._waiting.add(waiting)
            waiting.add_done_callback(self._waiting.discard)

    def expect_all_unfinished(self) -> None:
        """After a restart: those that would have been told since, had we lived."""
        now = self._company.clock()
        for task in self._company.studio.tasks.values():
            if not task.finished(now):
                self.expect(task)

    async def _tell(self, task: Task, hook: Hook) -> None:
        await asyncio.sleep(max(0.0, task.finished_at - self._company.clock()))
        fault = self._company.faults.strike(Seen("webhook", task.endpoint, task.prompt))
        for _ in range(fault.deliveries if isinstance(fault, HookFault) else 1):
            await self._deliver(task, hook)

    async def _deliver(self, task: Task, hook: Hook) -> None:
        for pause in PAUSES:
            await asyncio.sleep(pause / self._company.config.speed)
            if await self._heard(task, hook):
                return

    async def _heard(self, task: Task, hook: Hook) -> bool:
        config = self._company.config
        now = max(task.finished_at, self._company.clock())  # a timer may wake a moment early
        news = standing(task, now=now, origin=hook.origin) | {"timestamp": now}
        body = json.dumps(news, separators=(",", ":")).encode()
        headers = {"content-type": "application/json"}
        if hook.secret is not None and config.webhook_secret_header:
            headers["X-Webhook-Secret"] = hook.secret
        if hook.secret is not None and config.webhook_signature:
            headers["X-BFL-Signature"] = signature(hook.secret, body)
        return await self._company.outside.told(hook.url, body, headers)


def signature(secret: str, body: bytes) -> str:
    """What proves to the holder of the secret that we sent this body."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
