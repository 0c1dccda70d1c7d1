"""Faults of the connection: answers that are lost, late or never come."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field
from typing_extensions import override

from simulator.faults.fault import HttpFault

if TYPE_CHECKING:
    from simulator.faults.calls import Call

HEAD_START = 0.05
"""Seconds for half an answer to travel before the reset overtakes it."""


class Lost(HttpFault):
    """Does what was asked (a task is accepted, and will be billed) and cuts instead of answering."""

    effect: Literal["lost"]

    @override
    async def spoil(self, call: Call) -> None:
        await call.answer()
        await call.cut()


class Cut(HttpFault):
    """Cuts the connection and does nothing else."""

    effect: Literal["cut"]

    @override
    async def spoil(self, call: Call) -> None:
        await call.cut()


class CutMidway(HttpFault):
    """Cuts the connection after half of the answer's body."""

    effect: Literal["cut_midway"]

    @override
    async def spoil(self, call: Call) -> None:
        answer = await call.answer()
        await call.reply(answer.half(), declared_length=len(answer.body))
        await asyncio.sleep(HEAD_START)
        await call.cut()


class Slow(HttpFault):
    """Answers rightly, but late."""

    effect: Literal["slow"]
    seconds: Annotated[float, Field(ge=0)] = 5

    @override
    async def spoil(self, call: Call) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(call.gone(), self.seconds)
        await call.proceed()


class Hang(HttpFault):
    """Never answers."""

    effect: Literal["hang"]

    @override
    async def spoil(self, call: Call) -> None:
        await call.gone()
