"""What storing a picture takes beyond decoding it: `./run bench storing`.

Milliseconds of processor time for one JPEG of a megapixel, in the least of some dozen times: decoding it alone, and all
from the draft to picture and sidecar in a folder. What lies between them shall stay below 3 ms.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
import time
from functools import partial
from typing import TYPE_CHECKING

from PIL import Image

from batches.store.images import FolderStore, Notes, embed, sidecar_of, verify
from batches.store.sidecar import Asked, Made, Origin, Sidecar, Stored

if TYPE_CHECKING:
    from collections.abc import Callable

TIMES = 40
SIDE = 1024


def main() -> None:
    """Measure and print one JSON document."""
    data = _picture()
    with tempfile.TemporaryDirectory() as folder:
        store = FolderStore(folder)
        decoding = _milliseconds(partial(_decode, data))
        storing = _milliseconds(partial(_store, data, store))
        writing = _milliseconds(partial(_write, data, store))
    told = {
        "bytes": len(data),
        "decoding": decoding,
        "storing": storing,
        "of that, writing two files": writing,
        "beyond decoding and writing": round(storing - decoding - writing, 2),
    }
    json.dump(told, sys.stdout, indent=2)
    sys.stdout.write("\n")


def _picture() -> bytes:
    """Fine enough to compress as photographs do."""
    small = Image.new("RGB", (128, 128))
    small.putdata([(x * y % 256, (x * x + y) % 256, (x + y * y) % 256) for y in range(128) for x in range(128)])
    file = io.BytesIO()
    small.resize((SIDE, SIDE), Image.Resampling.BICUBIC).save(file, "jpeg", quality=90)
    return file.getvalue()


def _decode(data: bytes) -> None:
    with Image.open(io.BytesIO(data)) as image:
        image.load()


def _write(data: bytes, store: FolderStore) -> None:
    store.put("a/b.jpg", data)
    store.put("a/b.jpg.json", b"{}")


def _store(data: bytes, store: FolderStore) -> None:
    with store.draft() as draft, store.draft() as written:
        draft.write(data)
        picture = verify(draft, "jpeg")
        notes = Notes(description="A heron", software="fluxbatch", facts=_facts("", 0, 0).inside())
        embed(draft, picture, notes, into=written)
        store.keep("a/b.jpg", written)
        store.put(sidecar_of("a/b.jpg"), _facts(written.sha256, written.size, picture.dhash).as_bytes())


def _facts(sha256: str, size: int, dhash: int) -> Sidecar:
    digest = "0" * 64
    return Sidecar(
        prompt_used=None,
        seed_used=7,
        batch=Origin(
            id="a", name="a", fingerprint=digest, manifest_sha256=digest, accounts=("default",),
            prices_as_of="2026-08-14", prices_sha256=digest, created_at=0.0,
        ),
        job=Asked(
            number=1, id="heron", fingerprint=digest, occurrence=1, copy_of=None, account="default", lane="standard",
            model="flux-2-pro", path="/v1/flux-2-pro", params={"prompt": "A heron over a misty lake", "seed": 7},
            labels={"project": "autumn"}, output_name="b.jpg", estimate_micro_credits=3_000_000,
            estimate_pixels=SIDE * SIDE, input_pixels=0,
        ),
        attempt=Made(
            number=1, ticket="t", started_at=0.0, accepted_at=1.0, source="result", input_micro_mp=None,
            output_micro_mp=1_000_000,
        ),
        micro_credits=3_000_000,
        image=Stored(format="jpeg", width=SIDE, height=SIDE, bytes=size, sha256=sha256, dhash=dhash, flags=()),
        stored_at=2.0,
    )  # fmt: skip


def _milliseconds(deed: Callable[[], None]) -> float:
    took = []
    for _ in range(TIMES):
        begun = time.process_time()
        deed()
        took.append(time.process_time() - begun)
    return round(1000 * min(took), 2)


if __name__ == "__main__":
    main()
