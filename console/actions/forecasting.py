"""Plan -> how long it takes, what room it needs, and whether it is done in time. Nothing is written or sent."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from batches.planning import duration_of, finish, room_of
from batches.store.images import FolderStore, open_store
from batches.store.ledger import Ledger, is_there
from batches.store.ledger import survey as surveying
from batches.store.ledger.learnt import experience
from console.actions.funding import under_way

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.planning import Duration, Experience, Finish, Plan, Premises, Room
    from batches.policy import Policy
    from batches.store.ledger.survey import Survey
    from console.actions.funding import Need
    from workers.settings import Settings


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a person wants to know before a night."""

    duration: Duration  #: that the jobs take
    room: Room  #: that the pictures need
    free: int | None  #: bytes that the image store's disk has; None where it is no folder
    finish: Finish | None  #: None where no time was named

    @property
    def is_short(self) -> bool:
        """Whether the pictures do not fit."""
        return self.free is not None and self.room.bytes > self.free

    def as_json(self) -> dict[str, object]:
        """All of it, for machines."""
        return {
            "duration": self.duration.as_json(),
            "disk": self.room.as_json(self.free),
            "finish": self.finish.as_json() if self.finish else None,
        }


def experience_of(settings: Settings, accounts: tuple[str, ...]) -> Experience | None:
    """What the ledger has learnt; None where there is no ledger yet, and none is made."""
    if not is_there(settings.where_ledger):
        return None
    with Ledger(settings.where_ledger) as ledger, ledger.read() as tx:
        return experience(tx, accounts)


def survey_of(settings: Settings, plan: Plan, accounts: tuple[str, ...]) -> Survey:
    """What the ledger, which is there, has of the plan already."""
    with Ledger(settings.where_ledger) as ledger, ledger.read() as tx:
        return surveying.survey(tx, plan, accounts)


def need_of(settings: Settings, accounts: tuple[str, ...]) -> Need:
    """What the ledger, which is there, has under way."""
    with Ledger(settings.where_ledger) as ledger:
        return under_way(ledger, accounts)


def forecast(plan: Plan, premises: Premises, free: int | None, *, now: float, by: float | None) -> Forecast:
    """The figures of a plan that begins now. It should be done `by` then, or else by its policy's deadline."""
    if by is None and plan.policy.deadline is not None:
        by = plan.policy.deadline.at(now)
    duration = duration_of(plan, premises)
    return Forecast(
        duration=duration,
        room=room_of(plan.models, premises.experience),
        free=free,
        finish=None if by is None else finish(duration.seconds, by, _working_end(plan.policy, now)),
    )


def _working_end(policy: Policy, now: float) -> Callable[[float], float]:
    """When so many seconds of work would be done."""
    return partial(policy.window.working_end, now) if policy.window else lambda seconds: now + seconds


def free_bytes(images_url: str) -> int | None:
    """What the disk under the image store has, where that is a folder; it need not be there yet."""
    store = open_store(images_url)
    if not isinstance(store, FolderStore):
        return None
    there = next(folder for folder in (store.root, *store.root.parents) if folder.exists())
    return shutil.disk_usage(there).free
