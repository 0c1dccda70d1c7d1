"""What was planned, made and paid in each quarter of an hour, summed up while it happens.

Status and reports read these sums, so that a batch of a million jobs is told as fast as one of ten. They are no truth
of their own: each is written in the transaction that writes the jobs or charges which it sums up. By the quarter,
because there are time zones whose days begin at one.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import text

from batches.store.ledger.names import BETWEEN
from batches.store.ledger.schema import WHOLE_SUMS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from batches.planning import PlannedJob
    from batches.store.ledger.records import Batch, ClaimedJob

QUARTER_SECONDS = 900


class What(StrEnum):
    """What is summed up: how jobs were written, how attempts ended, and how copies came to their picture."""

    PLANNED = "planned"  #: jobs written into a batch that are to be made and paid
    SPARED = "spared"  #: jobs written into a batch that get the picture of another one
    DONE = "done"  #: attempts that brought a picture
    FAILED = "failed"  #: attempts that BFL took and that brought none
    MODERATED = "moderated"  #: attempts whose request or picture was held back
    LOST = "lost"  #: attempts given up in doubt of which an answer that came late said that they are paid
    COPIED = "copied"  #: jobs that got the picture of another one of their batch
    REUSED = "reused"  #: jobs that got the picture of an earlier batch


WRITTEN = frozenset({What.PLANNED, What.SPARED})


@dataclass(frozen=True, slots=True)
class Key:
    """What is summed up together."""

    at: float  #: seconds since the epoch, for the quarter
    batch_id: str
    account: str  #: who pays; of planned jobs all that may, since none has been chosen
    lane: str
    model: str
    labels: str  #: as `spelling` has them
    what: What


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """What is added to a sum. Money in micro-credits; an amount that is not known counts in `unknown` alone."""

    number: int = 1  #: jobs planned or copied, or attempts
    images: int = 0  #: pictures stored
    output_pixels: int = 0  #: of them
    input_pixels: int = 0  #: sent with the attempts, as far as they are measured
    settled: int = 0  #: what the attempts cost
    unknown: int = 0  #: attempts of which nobody said what they cost, or planned jobs without a price
    foreseen: int = 0  #: what was foreseen for the attempts, whether or not their cost is known
    estimated: int = 0  #: what was foreseen for the planned jobs, or for the attempts whose cost is known
    compared: int = 0  #: what the attempts cost for which something was foreseen
    saved: int = 0  #: what copies would have cost
    slot_seconds: float = 0  #: from the intent to the end of the attempts

    @classmethod
    def of_attempt(cls, cost: int | None, estimate: int | None, **more: float) -> Amounts:
        """One attempt that cost so much, where so much was foreseen."""
        comparable = cost is not None and estimate is not None
        return cls(
            settled=cost or 0,
            unknown=int(cost is None),
            foreseen=estimate or 0,
            estimated=(estimate or 0) if comparable else 0,
            compared=(cost or 0) if comparable else 0,
            **more,  # type: ignore[arg-type]  # whole numbers are floats too
        )

    def beyond(self, other: Amounts) -> Amounts:
        """By how much these are more, or less."""
        return Amounts(**{name: getattr(self, name) - getattr(other, name) for name in SUMS})


SUMS = (*WHOLE_SUMS, "slot_seconds")
KEYS = ("quarter", "batch_id", "account", "lane", "model", "labels", "what")

_COLUMNS = (*KEYS, *SUMS)
_SUMMED = (f"{name} = quarters.{name} + excluded.{name}" for name in SUMS)

ADD = text(
    f"INSERT INTO quarters ({', '.join(_COLUMNS)}) VALUES (:{', :'.join(_COLUMNS)}) "  # noqa: S608  # our own names
    f"ON CONFLICT ({', '.join(KEYS)}) DO UPDATE SET {', '.join(_SUMMED)}"
)
"""SQLite and PostgreSQL spell this alike."""


def add(tx: Connection, key: Key, amounts: Amounts) -> None:
    """Add to one sum."""
    spelt = {
        "quarter": int(key.at // QUARTER_SECONDS),
        "batch_id": key.batch_id,
        "account": key.account,
        "lane": key.lane,
        "model": key.model,
        "labels": key.labels,
        "what": key.what.value,
    }
    tx.execute(ADD, {**spelt, **asdict(amounts)})


def add_planned(tx: Connection, batch: Batch, what: What, planned: Sequence[PlannedJob], now: float) -> None:
    """Add jobs that were written."""
    alike = Counter((job.lane, job.model, spelling(job.labels), job.estimate.micro_credits) for job in planned)
    for (lane, model, labels, price), number in alike.items():
        amounts = Amounts(number=number, unknown=number * (price is None), estimated=number * (price or 0))
        add(tx, Key(now, batch.id, BETWEEN.join(batch.accounts), lane, model, labels, what), amounts)


def key_of(job: ClaimedJob, what: What, now: float) -> Key:
    """Where what happens to this job now is summed up."""
    return Key(
        at=now,
        batch_id=job.batch_id,
        account=job.account,
        lane=job.lane,
        model=job.model,
        labels=spelling(job.labels),
        what=what,
    )


def spelling(labels: Mapping[str, str]) -> str:
    """Labels as text, the same for the same labels."""
    return json.dumps(dict(labels), sort_keys=True, ensure_ascii=False) if labels else "{}"
