"""What is stored against what the ledger says is stored: every byte is read again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from batches.policy import Check
from batches.store.images import Flag, ImageMissing, sidecar_of
from batches.store.images.checking import Wrong, sha256_of
from batches.store.images.similar import groups_of
from batches.store.ledger import pictures
from batches.store.sidecar import BadSidecar, Sidecar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from batches.store.images import ImageStore
    from batches.store.ledger import Ledger
    from batches.store.ledger.pictures import KnownPicture
    from batches.store.ledger.records import Batch

READ_AT_ONCE = 8
"""Threads: hashing lets go of Python's lock, and a bucket takes its time to answer."""


@dataclass(slots=True)
class Verified:
    """What came of it."""

    pictures: int = 0  #: that were looked at
    wrong: list[Wrong] = field(default_factory=list)
    similar: Sequence[Sequence[int]] = ()  #: numbers of jobs whose pictures look alike, group by group


def verify_batch(
    ledger: Ledger, store: ImageStore, batch: Batch, *, most: int, tell: Callable[[int], None]
) -> Verified:
    """Read every picture of a batch again, and flag those that look like an earlier one of it.

    `most` is how many of the 64 bits of two hashes may differ. The number of pictures so far is told now and then.
    """
    result = Verified()
    with ThreadPoolExecutor(READ_AT_ONCE, "verify") as threads:
        for page in pictures.pictures_of(ledger, batch.id):
            result.wrong += filter(None, threads.map(partial(_problem, store), page))
            result.pictures += len(page)
            tell(result.pictures)
    if batch.policy.output.similar is Check.FLAG:
        result.similar = _flag_similar(ledger, batch, most)
    return result


def _flag_similar(ledger: Ledger, batch: Batch, most: int) -> Sequence[Sequence[int]]:
    """The first of each group stays without a flag: it is the one to keep."""
    with ledger.read() as tx:
        looks = pictures.looks_of(tx, batch.id)
    groups = groups_of(looks, most)
    with ledger.write() as tx:
        pictures.flag(tx, batch.id, Flag.SIMILAR, {number for group in groups for number in group[1:]})
    return groups


def _problem(store: ImageStore, picture: KnownPicture) -> Wrong | None:
    try:
        if sha256_of(store, picture.key) != picture.sha256:
            return Wrong(picture.key, "it was changed")
    except ImageMissing:
        return Wrong(picture.key, "it is missing")
    try:
        if Sidecar.read(store.get(sidecar_of(picture.key))).image.sha256 != picture.sha256:
            return Wrong(picture.key, "its sidecar tells of another picture")
    except ImageMissing:
        return Wrong(picture.key, "it has no sidecar")
    except BadSidecar as error:
        return Wrong(picture.key, f"its sidecar cannot be read: {error}")
    return None
