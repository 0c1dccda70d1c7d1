"""A picture goes into the image store: verified, with its sidecar beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.store.images import verify
from batches.store.ledger.records import KeptImage

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.store.images import Draft, Picture
    from batches.store.ledger.records import ClaimedJob
    from workers.journey.hands import Hands


def keep(job: ClaimedJob, draft: Draft, sidecar: Callable[[Picture], bytes], hands: Hands) -> KeptImage:
    """Store it under the job's name; raises BadImage or ImageStoreError."""
    key = f"{job.batch_id}/{job.output_name}"
    with hands.decoding:
        picture = verify(draft, job.output_name.rpartition(".")[2])
    hands.images.keep(key, draft)
    hands.images.put(sidecar_of(key), sidecar(picture))
    return KeptImage(
        key=key, sha256=picture.sha256, format=picture.format,
        width=picture.width, height=picture.height, bytes=picture.bytes,
    )  # fmt: skip


def sidecar_of(key: str) -> str:
    """Where the sidecar of this picture lies."""
    return f"{key}.json"
