"""Small pictures of large ones, made once each and kept in the home, however many batches have the same picture."""

from __future__ import annotations

import asyncio
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image

from console.web.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from batches.store.images import ImageStore
    from batches.store.ledger.histories import Picture

SIDE = 320
"""Pixels of the longer side: sharp on a phone, and some 15 kB."""

QUALITY, METHOD = 74, 1
"""Of WebP: 9 ms for one of a megapixel JPEG, 34 ms of a PNG, which has to be decoded whole."""

AT_ONCE = 2
"""Threads that make them: fifty new pictures a second leave a core to the pages."""

MOST_BYTES = 1_000_000_000
"""Kept: some 60,000 of them. Then the oldest quarter goes."""

LOOK_EVERY = 1_000
"""Made, between two looks at how much is kept."""


class Thumbnails:
    """All of them, of one home. Threads and processes may share it."""

    def __init__(self, images: ImageStore, home: Path) -> None:
        """Nothing is made before somebody looks."""
        self._images = images
        self._room = home.absolute() / "thumbnails"
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="thumbnails")
        self._lock = threading.Lock()
        self._made = 0

    async def get(self, find: Callable[[], Picture]) -> tuple[Picture, bytes]:
        """The picture that `find` finds, and its WebP. Those who wait for one hold no thread of the pages."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._get, find)

    def close(self) -> None:
        """Make no more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _get(self, find: Callable[[], Picture]) -> tuple[Picture, bytes]:
        kept = find()
        file = self._room / kept.sha256[:2] / f"{kept.sha256}.webp"
        try:
            return kept, file.read_bytes()
        except FileNotFoundError:
            data = reduced(self._images.get(kept.key))
            self._keep(file, data)
            return kept, data

    def _keep(self, file: Path, data: bytes) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        fresh.write_bytes(data)
        fresh.replace(file)
        with self._lock:
            self._made += 1
            if self._made % LOOK_EVERY == 1:
                self._bound()

    def _bound(self) -> None:
        sizes = [(found.st_mtime, found.st_size, file) for file in self._room.glob("*/*") for found in [file.stat()]]
        if sum(size for _, size, _ in sizes) > MOST_BYTES:
            for *_, file in sorted(sizes)[: len(sizes) // 4]:
                file.unlink(missing_ok=True)


def reduced(data: bytes) -> bytes:
    """A picture as a small WebP."""
    try:
        with Image.open(BytesIO(data)) as image:
            image.draft("RGB", (SIDE, SIDE))
            image.thumbnail((SIDE, SIDE), reducing_gap=2.0)
            small = image if image.mode in {"RGB", "RGBA"} else image.convert("RGB")
            written = BytesIO()
            small.save(written, "WEBP", quality=QUALITY, method=METHOD)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Refused(404, f"The picture does not decode any more: {error}.") from None
    return written.getvalue()
