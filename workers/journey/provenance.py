"""The sidecar: where a picture comes from, as JSON beside it. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from batches.megapixels import megapixels
from batches.money import credits_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batches.store.images import Picture
    from batches.store.ledger.records import ClaimedJob, Reported, Ticket


def sidecar(
    job: ClaimedJob,
    ticket: Ticket,
    picture: Picture,
    cost: Reported,
    result: Mapping[str, object],
    *,
    now: float,
) -> bytes:
    """All that is known about one picture: enough to make it again, and to find its line on the bill."""
    facts = {
        **_whose(job),
        "model": job.model,
        "params": job.params,
        "prompt_used": result.get("prompt"),
        "seed_used": result.get("seed"),
        "ticket": ticket.id,
        "attempt": job.attempt.number if job.attempt else None,
        "accepted_at": ticket.accepted_at,
        "stored_at": now,
        "cost_credits": None if cost.micro_credits is None else float(credits_of(cost.micro_credits)),
        "format": picture.format,
        "width": picture.width,
        "height": picture.height,
        "megapixels": megapixels(picture.width * picture.height),
        "bytes": picture.bytes,
        "sha256": picture.sha256,
    }
    return _spelt(facts)


def copied_sidecar(job: ClaimedJob, source: str, facts: bytes, *, now: float) -> bytes:
    """The sidecar of a picture that was made for another job: where it comes from stays, but this one cost nothing."""
    own = {**_whose(job), "copy_of": source, "stored_at": now, "cost_credits": 0}
    return _spelt({**json.loads(facts), **own})


def _whose(job: ClaimedJob) -> dict[str, object]:
    return {
        "batch": job.batch_id,
        "manifest_sha256": job.manifest_sha256,
        "job": job.number,
        "id": job.row_id,
        "labels": job.labels,
    }


def _spelt(facts: Mapping[str, object]) -> bytes:
    text = json.dumps(facts, indent=2, ensure_ascii=False, default=str)
    return text.encode(errors="backslashreplace")  # half a surrogate pair has no UTF-8, but JSON spells it so
