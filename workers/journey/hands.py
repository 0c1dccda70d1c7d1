"""What a journey works with."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock, Semaphore
from typing import TYPE_CHECKING

from workers.journey.paces import Paces
from workers.journey.patience import Patience

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from batches.policy import WideBudget
    from batches.store.images import ImageStore
    from batches.store.ledger import Ledger
    from workers.bells import Bells
    from workers.bfl import Client
    from workers.slots import Gate

SUBMITTING_AT_ONCE = 8
"""Submissions of one worker between intent and ticket: more than this many can never be in doubt after a crash."""

DECODING_AT_ONCE = 2
"""Pictures of one worker that lie unpacked in memory: a 4-megapixel one takes 12 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """One set per worker, shared by its threads."""

    worker: str  #: this worker's id
    account: str  #: whose key it has
    ledger: Ledger
    client: Client
    gate: Gate
    images: ImageStore
    clock: Callable[[], float]  #: seconds since the epoch
    sleep: Callable[[float], bool]  #: waits so many seconds; True when the worker is leaving
    bells: Bells | None = None  #: wake who waits for a result; None: nobody rings
    budgets: Callable[[], Sequence[WideBudget]] = tuple  #: those wider than one batch, as they stand now
    carried: dict[tuple[str, int], object] = field(default_factory=dict)  #: by worker and job, who carries it now
    patience: Patience = field(default_factory=Patience)
    paces: Paces = field(default_factory=Paces)
    submitting: Semaphore = field(default_factory=lambda: Semaphore(SUBMITTING_AT_ONCE))
    suspects: Lock = field(default_factory=Lock)  #: a job that workers died with is handled by nobody beside another
    decoding: Semaphore = field(default_factory=lambda: Semaphore(DECODING_AT_ONCE))
