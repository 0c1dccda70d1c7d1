"""What lies in an image store, looked at in the order of keys: pictures with their sidecars, and what is wrong."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from batches.store.images import ImageMissing, key_of
from batches.store.images.checking import PICTURES, Wrong, sha256_of
from batches.store.images.keys import SIDECAR
from batches.store.sidecar import BadSidecar, Sidecar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from batches.store.images import ImageStore, Kept

READ_AT_ONCE = 16
"""Threads: a bucket takes 20 ms and more to answer, and most of that is waiting."""

CHUNK = 2_000
"""Sidecars that are read, and then written, together."""


@dataclass(frozen=True, slots=True)
class Found:
    """A picture that is as its sidecar says."""

    key: str
    facts: Sidecar


@dataclass(frozen=True, slots=True)
class Pair:
    """A sidecar and the picture that it lies beside, not opened yet."""

    key: str  #: of the picture
    size: int  #: of the picture, in bytes


def pairs_of(kept: Iterable[Kept]) -> Iterator[Pair | Wrong]:
    """Pictures and sidecars that belong together, and those that are alone. A listing has them side by side."""
    alone: dict[str, int] = {}
    for one in kept:
        if one.key.endswith(PICTURES):
            alone[one.key] = one.size
        elif one.key.removesuffix(SIDECAR).endswith(PICTURES):
            key = one.key.removesuffix(SIDECAR)
            size = alone.pop(key, None)
            yield Wrong(key, "its picture is missing") if size is None else Pair(key, size)
    for key in alone:
        yield Wrong(key, "it has no sidecar")


@contextmanager
def reader(store: ImageStore, *, hashing: bool) -> Iterator[Callable[[Iterable[Pair]], Iterator[list[Found | Wrong]]]]:
    """Opens sidecars, some thousand at a time and several at once."""
    with ThreadPoolExecutor(READ_AT_ONCE, "sidecars") as threads:
        look = partial(_looked_at, store, hashing=hashing)
        yield lambda pairs: (list(threads.map(look, chunk)) for chunk in _chunks(pairs))


def _chunks(pairs: Iterable[Pair]) -> Iterator[list[Pair]]:
    left = iter(pairs)
    while chunk := list(islice(left, CHUNK)):
        yield chunk


def _looked_at(store: ImageStore, pair: Pair, *, hashing: bool) -> Found | Wrong:
    try:
        facts = Sidecar.read(store.get(f"{pair.key}{SIDECAR}"))
    except BadSidecar as error:
        return Wrong(pair.key, f"its sidecar cannot be read: {error}")
    except ImageMissing:
        return Wrong(pair.key, "its sidecar has just gone")
    if pair.key != key_of(facts.batch.id, facts.job.number, facts.job.output_name):
        return Wrong(pair.key, f"its sidecar tells of {facts.job.output_name} in {facts.batch.id}")
    if pair.size != facts.image.bytes:
        return Wrong(pair.key, f"the picture has {pair.size:,} bytes, and its sidecar says {facts.image.bytes:,}")
    if hashing and sha256_of(store, pair.key) != facts.image.sha256:
        return Wrong(pair.key, "the picture is not the one that its sidecar tells of")
    return Found(pair.key, facts)
