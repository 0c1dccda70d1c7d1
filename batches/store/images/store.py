"""The seam: what every image store can do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote, urlsplit

from batches.errors import SettingError
from batches.store.images.address import SERVICES, BucketAddress
from batches.store.images.folder import FolderStore
from batches.store.images.memory import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from batches.store.images.draft import Draft
    from batches.store.images.kept import Kept


class ImageStore(Protocol):
    """Bytes under keys. A key is a relative path with forward slashes.

    `put` and `keep` are atomic and durable: after they return, the bytes survive a crash; if they raise, the key is as
    it was. Of two for the same key the later stays. Any thread may call. Errors are ImageStoreError.
    """

    def put(self, key: str, data: bytes) -> None:
        """Keep these bytes under this key."""

    def draft(self) -> AbstractContextManager[Draft]:
        """A place to write a picture to before it is known to be good; it is gone after the block."""

    def keep(self, key: str, draft: Draft) -> None:
        """Keep what the draft has under this key. The draft is used up."""

    def get(self, key: str) -> bytes:
        """The bytes under this key; ImageMissing where there are none."""

    def stream(self, key: str) -> Iterator[bytes]:
        """The same in parts, for what is too large to hold; ImageMissing comes with the first."""

    def listing(self, prefix: str = "") -> Iterator[Kept]:
        """Whatever is kept below this prefix (of whole folders: `batch` or `batch/0001`).

        It comes in the order of keys, but from those S3 servers that go folder by folder.
        """

    def adopt(self, key: str, source: ImageStore, source_key: str) -> None:
        """Keep what another store has, without moving its bytes where both share a disk or a bucket.

        What is adopted may be the very same file: it is replaced, never written into.
        """

    def delete(self, key: str) -> None:
        """Forget this key; one that is not there is forgotten already."""

    def locate(self, key: str) -> str:
        """Where a person finds this key."""

    def tidy(self, now: float) -> None:
        """Drop the drafts of workers that were killed: those which nobody has touched for an hour."""


def open_store(url: str, called: str = "FLUXBATCH_IMAGES_URL") -> ImageStore:
    """A store by its address: a folder, `file:///…`, a bucket, or `memory:`. `called` says where the address stands."""
    parts = urlsplit(url)
    if parts.scheme == "memory":
        return MemoryStore()
    if not parts.scheme:
        return FolderStore(url)
    if parts.scheme == "file" and not parts.netloc:
        return FolderStore(unquote(parts.path))
    if parts.scheme in SERVICES:
        return _open_bucket(url, called)
    raise SettingError(
        f"{called} names no image store that is known: {_without_secrets(url)!r}.",
        cure="Give a folder, for example ./images or file:///data/images, or a bucket, for example s3://bucket/images.",
    )


def _open_bucket(url: str, called: str) -> ImageStore:
    from batches.store.images.bucket import BucketStore

    try:
        address = BucketAddress.read(url)
    except ValueError as error:
        raise SettingError(
            f"{called} names no bucket: {error}: {_without_secrets(url)!r}.",
            cure="Give s3://BUCKET/PREFIX, gs://BUCKET/PREFIX or az://CONTAINER/PREFIX; keys stand in the environment.",
        ) from None
    return BucketStore(address)


def _without_secrets(url: str) -> str:
    """As far as it may be shown: people put keys before an @, and signatures behind a ?."""
    return re.sub(r"//[^/@]*@", "//…@", url.partition("?")[0])
