"""Which batch may call how many jobs: by its policy, by priority, and by share among equals. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batches.store.ledger.records import Batch


USUAL_PRIORITY = 0
"""Of batches that say nothing."""

FEW_JOBS = 24
"""A batch of a greater priority is urgent while it has no more jobs to make than this: somebody may be waiting."""

RESERVED_SECONDS = 600.0
"""How long slots are kept for urgent jobs after the last one was seen: who has asked for pictures often asks again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A batch that is not at rest."""

    batch: Batch
    busy: Mapping[str, int]  #: jobs called or under way, by lane; and ELSEWHERE, with its other accounts
    due: Sequence[str]  #: lanes in which a job waits
    urgent: bool = False  #: of a greater priority than usual, and with few jobs left


def may_begin(batch: Batch, now: float) -> bool:
    """Whether the policy lets jobs of this batch begin at this moment."""
    window, deadline = batch.policy.window, batch.deadline_at
    return batch.paused is None and (deadline is None or now < deadline) and (window is None or window.is_open(now))


def shares(
    waiting: Sequence[Waiting], rooms: Mapping[str, int], reserves: Mapping[str, int]
) -> Mapping[tuple[str, str], int]:
    """How many jobs each batch may call in each lane: `{(batch id, lane): jobs}`. Older batches stand first.

    The places of a lane go one by one to the batch of the greatest priority which has, for its share, the least. When
    there are none left, urgent batches get as many more as the lane has slots in reserve.
    """
    given: Counter[tuple[str, str]] = Counter()
    for lane, room in rooms.items():
        for place in range(room + reserves[lane]):
            able = [one for one in waiting if lane in one.due and _has_place(one, given)]
            if place >= room:
                able = [one for one in able if one.urgent]
            if not able:
                break
            next_one = min(able, key=lambda one: _turn(one, lane, given))
            given[next_one.batch.id, lane] += 1
    return given


def _has_place(one: Waiting, given: Mapping[tuple[str, str], int]) -> bool:
    """Whether the batch keeps to the most it may have in flight."""
    most = one.batch.policy.in_flight
    if most is None:
        return True
    new = sum(jobs for (batch_id, _), jobs in given.items() if batch_id == one.batch.id)
    return sum(one.busy.values()) + new < most


def _turn(one: Waiting, lane: str, given: Mapping[tuple[str, str], int]) -> tuple[int, float]:
    has = one.busy.get(lane, 0) + given.get((one.batch.id, lane), 0)
    return -one.batch.policy.priority, has / one.batch.policy.share
