"""Decides, when an order is accepted, everything that will become of it. Pure: the dice are handed in as a seed."""

from __future__ import annotations

from math import log
from random import Random
from typing import TYPE_CHECKING

from simulator.moderation import verdict
from simulator.tasks import Task

if TYPE_CHECKING:
    from simulator.config import Config
    from simulator.orders import Order
    from simulator.tasks import Hook

REFUSED_EARLY = 0.1
"""A prompt is refused after this part of the time an image takes."""
LARGEST_SEED = 2**32 - 1


def fate(
    order: Order, config: Config, *, task_id: str, account: str, before: int, now: float, drag: float, hook: Hook | None
) -> Task:
    """The task of an order whose body was accepted so often `before`, taking `drag` times as long as usual."""
    dice = Random(f"{config.random_seed} {order.digest} {before}")
    end = verdict(order.prompt, config.words)
    median = config.median or order.endpoint.seconds
    seconds = dice.lognormvariate(log(median), config.spread) * drag / config.speed
    seed = dice.randint(0, LARGEST_SEED)
    return Task(
        id=task_id,
        account=account,
        endpoint=order.endpoint.name,
        lane=order.endpoint.lane,
        digest=order.digest,
        prompt=order.prompt,
        seed=seed if order.seed is None else order.seed,
        width=order.size.width,
        height=order.size.height,
        seconds=order.seconds,
        format=order.format,
        draft=order.draft,
        price=order.price,
        accepted_at=now,
        finished_at=now + seconds * (REFUSED_EARLY if end.status == "Request Moderated" else 1),
        reasons=order.endpoint.reasons,
        outcome=end.status,
        details=end.details,
        link_seconds=order.endpoint.link_seconds / config.speed,
        hook=hook,
    )
