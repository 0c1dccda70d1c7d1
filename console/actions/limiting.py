"""Limits while everything is running: how many slots a lane has, and by which numbers batches share them."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from batches.errors import SettingError
from batches.manifest.policy_shape import PolicyShape
from batches.manifest.policy_values import MOST_MONEY
from batches.models import LANE_SLOTS
from batches.models.spelling import did_you_mean
from batches.money import MICRO_PER_CREDIT, micro_credits
from batches.policy import SIMULATED, Budget
from batches.store.ledger import limits, purses, spending, standing
from console.actions.services import SIMULATOR
from workers.accounts import Accounts
from workers.broker import connect
from workers.embedded import running_broker
from workers.slots import RedisSlots, lane_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from batches.policy import Policy, WideBudget
    from batches.store.ledger import Ledger
    from batches.store.ledger.records import Batch
    from batches.store.ledger.standing import Standing
    from workers.accounts import Account
    from workers.settings import Settings
    from workers.slots import LaneView

MOST_SLOTS = 1000


USUAL = "usual"
"""Takes back what a person has set: as many slots as the account has anyway."""

RULES = ("in_flight", "priority", "share")
"""What of a batch's policy is about slots."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneLine:
    """A lane of an account, as the ledger has it and as it is in force."""

    lane: str
    ceiling: int  #: the most slots it may have
    view: LaneView | None  #: how it stands in the fleet; None: no worker is at work


def lanes(settings: Settings, account: Account, ledger: Ledger) -> Sequence[LaneLine]:
    """How the lanes of an account stand."""
    with ledger.read() as tx:
        ceilings = {**account.slots, **limits.ceilings(tx, account.name)}
    views = _views(settings, account, ceilings)
    return [LaneLine(lane=lane, ceiling=ceiling, view=views.get(lane)) for lane, ceiling in ceilings.items()]


def every_lane(settings: Settings, ledger: Ledger) -> Mapping[str, Sequence[LaneLine]]:
    """Those of all accounts that are set up, and of the simulator's where it has a batch that goes on."""
    with ledger.read() as tx:
        simulated = any(SIMULATED in batch.accounts for batch in standing.going_on(tx))
    accounts = [*Accounts.of(settings), *([SIMULATOR] if simulated else [])]
    return {account.name: lanes(settings, account, ledger) for account in accounts}


def set_ceilings(ledger: Ledger, account: str, changes: Iterable[str]) -> None:
    """Give lanes at most so many slots, as in `standard=12`. The leader of the fleet follows within a second."""
    read = [_ceiling(*_parts(change)) for change in changes]
    with ledger.write() as tx:
        for lane, ceiling in read:
            limits.set_ceiling(tx, account, lane, ceiling)


def set_rules(ledger: Ledger, batch: Batch, changes: Iterable[str]) -> Policy:
    """Change numbers of a batch's policy, as in `in_flight=4`; the answer is what holds from now on."""
    numbers: dict[str, Any] = {name: _rule(name, value) for name, value in map(_parts, changes)}
    with ledger.write() as tx:
        found = standing.find_batch(tx, batch.id) or batch
        policy = replace(found.policy, **numbers)
        if numbers:
            limits.set_policy(tx, batch.id, policy)
    return policy


def set_budget(ledger: Ledger, batch: Batch, amount: Decimal, budgets: Sequence[WideBudget]) -> Standing:
    """Let a batch cost so many credits. One that rests for its budget goes on if there is room now."""
    cap = micro_credits(amount) if amount.is_finite() else 0
    if not 0 < cap <= MOST_MONEY * MICRO_PER_CREDIT:
        raise SettingError(f"A budget of {amount} credits cannot be.", cure=f"Say 0.000001 to {MOST_MONEY:,} credits.")
    with ledger.write() as tx:
        found = standing.find_batch(tx, batch.id) or batch
        budget = replace(found.policy.budget or Budget(micro_credits=cap), micro_credits=cap)
        limits.set_policy(tx, batch.id, replace(found.policy, budget=budget))
        spending.reconsider(tx, batch.id)
        purses.reconsider(tx, standing.find_batch(tx, batch.id) or batch, budgets, time.time())
        return standing.standing_of(tx, standing.find_batch(tx, batch.id) or batch)


def _views(settings: Settings, account: Account, names: Iterable[str]) -> Mapping[str, LaneView]:
    url = settings.broker_url or running_broker(settings.home)
    if url is None:
        return {}
    with closing(connect(url)) as redis:
        slots = RedisSlots(redis)
        views = {name: slots.view(lane_name(account.name, name)) for name in names}
    return {name: view for name, view in views.items() if view is not None}


def _parts(change: str) -> tuple[str, str]:
    name, sign, value = change.partition("=")
    if not sign:
        raise SettingError(f'"{change}" is no change.', cure="Write NAME=NUMBER, such as standard=12.")
    return name.strip(), value.strip()


def _ceiling(lane: str, value: str) -> tuple[str, int | None]:
    if lane not in LANE_SLOTS:
        hint = did_you_mean(lane, LANE_SLOTS) or f"there are {', '.join(LANE_SLOTS)}."
        also = f"{lane} is a rule of a batch: add --batch BATCH." if lane in RULES else ""
        raise SettingError(f'There is no lane "{lane}"; {hint}', cure=also)
    if value == USUAL:
        return lane, None
    if not value.isdecimal() or not 1 <= int(value) <= MOST_SLOTS:
        raise SettingError(
            f"{lane}={value}: a lane has 1 to {MOST_SLOTS:,} slots.",
            cure=f"`fluxbatch limits {lane}={USUAL}` gives it as many as usual; `fluxbatch pause` stops a batch.",
        )
    return lane, int(value)


def _rule(name: str, value: str) -> int | None:
    if name not in RULES:
        hint = did_you_mean(name, RULES) or f"there are {', '.join(RULES)}."
        also = f"{name} is a lane of the account: leave out --batch." if name in LANE_SLOTS else ""
        raise SettingError(f'A batch has no limit "{name}"; {hint}', cure=also)
    written = None if value == "none" else value
    try:
        number: int | None = getattr(PolicyShape.model_validate({name: written}, strict=False), name)
    except ValidationError as error:
        said = str(error.errors()[0]["msg"]).replace("Input should be", "it must be", 1)
        raise SettingError(f"{name}={value} cannot be used: {said}.") from None
    return number
