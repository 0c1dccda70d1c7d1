"""Another seed for a picture that was moderated."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from batches.models import find

if TYPE_CHECKING:
    from batches.store.ledger.records import ClaimedJob


def seeds_left(job: ClaimedJob) -> int:
    """How often the policy lets this job try another seed; its model has to take one."""
    return max(0, job.policy.new_seeds - job.new_seeds) if find(job.model).takes("seed") else 0


def another_seed(job: ClaimedJob) -> int:
    """31 bits that differ from try to try, and are the same whoever draws them."""
    subject = f"{job.batch_id} {job.number} {job.new_seeds}"
    return int.from_bytes(hashlib.sha256(subject.encode()).digest()[:4]) >> 1
