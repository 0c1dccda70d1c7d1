"""Faults of webhooks."""

from __future__ import annotations

from typing import ClassVar, Literal

from simulator.faults.fault import Fault


class HookFault(Fault):
    """A fault of a call that we make."""

    on: Literal["webhook"] = "webhook"
    deliveries: ClassVar[int]
    """How often the webhook is called instead of once."""


class Drop(HookFault):
    """The webhook is never called."""

    effect: Literal["drop"]
    deliveries: ClassVar[int] = 0


class Duplicate(HookFault):
    """The webhook is called twice."""

    effect: Literal["duplicate"]
    deliveries: ClassVar[int] = 2
