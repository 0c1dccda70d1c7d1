"""Faults of the company itself: it is down, slow, or takes the money away."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field
from typing_extensions import override

from simulator.accounts import account_id
from simulator.faults.calls import Answer
from simulator.faults.fault import HttpFault
from simulator.refusals import Refusal

if TYPE_CHECKING:
    from simulator.faults.calls import Call


class Outage(HttpFault):
    """From its first strike on, the whole API answers 503 for a while."""

    effect: Literal["outage"]
    seconds: Annotated[float, Field(gt=0)] = 10
    times: Annotated[int, Field(ge=1)] | None = 1

    @override
    async def spoil(self, call: Call) -> None:
        call.company.faults.outage_until = call.company.clock() + self.seconds
        call.company.tally.refused[503] += 1
        await call.reply(Answer.of_json(503, {"detail": "Service unavailable"}))


class NoCredits(HttpFault):
    """Takes all of the key's credits that no task has been promised, so that 402 follows."""

    effect: Literal["no_credits"]
    on: Literal["submit"] = "submit"

    @override
    async def spoil(self, call: Call) -> None:
        key = dict(call.scope["headers"]).get(b"x-key", b"").decode("latin-1")
        with suppress(Refusal):
            call.company.studio.drain(account_id(key))
        await call.proceed()


class Drift(HttpFault):
    """Makes the task take so many times longer."""

    effect: Literal["drift"]
    on: Literal["submit"] = "submit"
    factor: Annotated[float, Field(gt=0)] = 3

    @override
    async def spoil(self, call: Call) -> None:
        call.scope["state"]["drag"] = self.factor
        await call.proceed()


class Stuck(HttpFault):
    """The task never ends: it stays Pending, keeps its slot and is not billed."""

    effect: Literal["stuck"]
    on: Literal["submit"] = "submit"

    @override
    async def spoil(self, call: Call) -> None:
        call.scope["state"]["drag"] = float("inf")
        await call.proceed()
