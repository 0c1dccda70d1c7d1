"""Images in memory: the folder's twin for worlds that do not last."""

from __future__ import annotations

import io
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from batches.store.images.draft import Draft
from batches.store.images.errors import ImageMissing, ImageStoreError
from batches.store.images.kept import Kept

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batches.store.images.store import ImageStore


class MemoryStore:
    """A dictionary behind a lock."""

    def __init__(self) -> None:
        """Begin empty."""
        self._kept: dict[str, tuple[bytes, float]] = {}  # with the moment
        self._lock = threading.Lock()

    def put(self, key: str, data: bytes) -> None:
        """See ImageStore."""
        if ".." in key.split("/") or key.startswith("/"):
            raise ImageStoreError(f"The name {key!r} leads out of the store.", cure="Correct output.name.")
        with self._lock:
            self._kept[key] = bytes(data), time.time()

    @contextmanager
    def draft(self) -> Iterator[Draft]:
        """See ImageStore."""
        yield Draft(io.BytesIO())

    def keep(self, key: str, draft: Draft) -> None:
        """See ImageStore."""
        draft.file.seek(0)
        self.put(key, draft.file.read())

    def get(self, key: str) -> bytes:
        """See ImageStore."""
        with self._lock:
            if key not in self._kept:
                raise ImageMissing(f"memory:{key} is not in the store.")
            return self._kept[key][0]

    def stream(self, key: str) -> Iterator[bytes]:
        """See ImageStore."""
        yield self.get(key)

    def listing(self, prefix: str = "") -> Iterator[Kept]:
        """See ImageStore."""
        with self._lock:
            kept = sorted(self._kept.items())
        for key, (data, at) in kept:
            if not prefix or key.startswith(f"{prefix}/"):
                yield Kept(key, len(data), at)

    def adopt(self, key: str, source: ImageStore, source_key: str) -> None:
        """See ImageStore."""
        self.put(key, source.get(source_key))

    def delete(self, key: str) -> None:
        """See ImageStore."""
        with self._lock:
            self._kept.pop(key, None)

    def locate(self, key: str) -> str:
        """See ImageStore."""
        return f"memory:{key}"

    def tidy(self, now: float) -> None:
        """See ImageStore. What was drafted here has gone with the worker."""
