"""Stands before the application and lets faults strike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.faults.calls import Answer, Call
from simulator.faults.fault import HttpFault

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from simulator.company import Company


class Faulty:
    """The application, with the company's faults. The control plane is never harmed."""

    def __init__(self, app: ASGIApp, company: Company) -> None:
        self._app = app
        self._company = company

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or let a fault spoil it."""
        if not self._company.faults.armed or scope["type"] != "http" or scope["path"].startswith("/_sim"):
            await self._app(scope, receive, send)
            return
        call = Call(self._company, self._app, scope, receive, send)
        await call.read()
        await self._meet(call)

    async def _meet(self, call: Call) -> None:
        faults, tally = self._company.faults, self._company.tally
        if self._company.clock() < faults.outage_until:
            tally.refused[503] += 1
            await call.reply(Answer.of_json(503, {"detail": "Service unavailable"}))
            return
        seen = call.seen()
        fault = seen and faults.strike(seen)
        if isinstance(fault, HttpFault):
            await fault.spoil(call)
        else:
            await call.proceed()
