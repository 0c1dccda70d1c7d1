"""A store with sidecars, and something in the place of each picture: a batch is made of it by rebuilding a ledger."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from batches.store.images import MemoryStore, key_of, sidecar_of
from batches.store.sidecar import Asked, Made, Origin, Sidecar, Stored

if TYPE_CHECKING:
    from collections.abc import Iterable

DATA = b"..."
"""In the place of a picture."""

ORIGIN = Origin(
    id="fox-1", name="fox", fingerprint="f" * 64, manifest_sha256="5" * 64, accounts=("lab", "studio"),
    prices_as_of="2026-08-14", prices_sha256="a" * 64, created_at=1_790_000_000.25,
)  # fmt: skip


def facts(number: int = 1, *, cost: int | None = 7, dhash: int = 1, flags: tuple[str, ...] = ()) -> Sidecar:
    """Of a picture that was made."""
    return Sidecar(
        prompt_used=None, seed_used=None, batch=ORIGIN, micro_credits=cost, stored_at=1_790_000_009.0,
        job=Asked(
            number=number, id=f"fox-{number}", fingerprint=f"{number:064x}", occurrence=1, copy_of=None, account="lab",
            lane="standard", model="flux-dev", path="/v1/flux-dev", params={"prompt": "a fox"}, labels={},
            output_name=f"{number}.png", estimate_micro_credits=8, estimate_pixels=None, input_pixels=0,
        ),
        attempt=Made(
            number=1, ticket=f"t-{number}", started_at=1_790_000_001.0, accepted_at=1_790_000_002.0, source="result",
            input_micro_mp=None, output_micro_mp=None,
        ),
        image=Stored(
            format="png", width=8, height=8, bytes=len(DATA), sha256=hashlib.sha256(DATA).hexdigest(),
            dhash=dhash, flags=flags,
        ),
    )  # fmt: skip


def copy_of(original: Sidecar, number: int, occurrence: int) -> Sidecar:
    """Of a copy of this picture in the same batch."""
    own = replace(
        original.job, number=number, occurrence=occurrence, copy_of=key(original), output_name=f"{number}.png"
    )
    return replace(original, job=own, micro_credits=0)


def key(one: Sidecar) -> str:
    """Where its picture lies."""
    return key_of(one.batch.id, one.job.number, one.job.output_name)


def kept(told: Iterable[Sidecar]) -> MemoryStore:
    """A store with these sidecars and their pictures."""
    store = MemoryStore()
    for one in told:
        store.put(key(one), DATA)
        store.put(sidecar_of(key(one)), one.as_bytes())
    return store
