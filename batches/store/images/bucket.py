"""Images in a bucket of S3, Google Cloud Storage or Azure."""

from __future__ import annotations

import mimetypes
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

import obstore

from batches.store.images.copying import copy
from batches.store.images.draft import Draft
from batches.store.images.errors import ImageMissing, ImageStoreError
from batches.store.images.kept import Kept
from batches.store.images.refusals import disk_refusal, is_of_obstore, refusal
from batches.store.images.services import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from obstore import Attributes, GetOptions

    from batches.store.images.address import BucketAddress
    from batches.store.images.store import ImageStore

PART_BYTES = 5 << 20
"""What is larger goes and comes in parts of so much: S3 takes no smaller ones, and a slow line carries one in time."""

PARTS_AT_ONCE = 4
"""Parts of one upload that are under way, and in memory."""

PAGE = 1000
"""Keys that a listing asks for at a time: no service gives more."""


class BucketStore:
    """A bucket, or what is below a prefix in it. A put is whole or absent there by itself.

    Drafts are nameless files in the folder for temporary files (TMPDIR): they vanish with their process.
    """

    def __init__(self, address: BucketAddress) -> None:
        """Use this place; nothing is asked of it yet. SettingError where the environment says what cannot be used."""
        self._address = address
        self._bucket = connect(address)

    def put(self, key: str, data: bytes) -> None:
        """See ImageStore."""
        with self._told(key, "written"):
            obstore.put(self._bucket, self._path(key), data, attributes=_attributes(key), use_multipart=False)

    @contextmanager
    def draft(self) -> Iterator[Draft]:
        """See ImageStore."""
        try:
            with tempfile.TemporaryFile() as file:
                yield Draft(file)
        except OSError as error:
            raise disk_refusal(error) from error

    def keep(self, key: str, draft: Draft) -> None:
        """See ImageStore."""
        draft.file.seek(0)
        with self._told(key, "written"):
            obstore.put(
                self._bucket, self._path(key), draft.file,
                attributes=_attributes(key), chunk_size=PART_BYTES, max_concurrency=PARTS_AT_ONCE,
            )  # fmt: skip

    def get(self, key: str) -> bytes:
        """See ImageStore."""
        return b"".join(self.stream(key))

    def stream(self, key: str) -> Iterator[bytes]:
        """See ImageStore. Each part is a request of its own, so that no slow reader runs out of time."""
        with self._told(key, "read"):
            found = obstore.get(self._bucket, self._path(key))
            size = found.meta["size"]
            first = found.bytes().to_bytes() if size <= PART_BYTES else b""
        yield first
        for start in range(0, size if size > PART_BYTES else 0, PART_BYTES):
            part: GetOptions = {"range": (start, min(start + PART_BYTES, size)), "if_match": found.meta["e_tag"]}
            with self._told(key, "read"):
                data = obstore.get(self._bucket, self._path(key), options=part).bytes().to_bytes()
            yield data

    def listing(self, prefix: str = "") -> Iterator[Kept]:
        """See ImageStore."""
        below = "/".join(filter(None, (self._address.prefix, prefix)))
        cut = len(self._address.prefix) + 1 if self._address.prefix else 0
        with self._told(prefix, "listed"):
            for page in obstore.list(self._bucket, below or None, chunk_size=PAGE):
                for one in page:
                    yield Kept(one["path"][cut:], one["size"], one["last_modified"].timestamp())

    def adopt(self, key: str, source: ImageStore, source_key: str) -> None:
        """See ImageStore. Within one bucket, it is the bucket that copies."""
        if isinstance(source, BucketStore) and source._bucket == self._bucket:  # noqa: SLF001  # one of us
            with source._told(source_key, "copied"):  # noqa: SLF001
                obstore.copy(self._bucket, source._path(source_key), self._path(key))  # noqa: SLF001
            return
        copy(source, source_key, self, key)

    def delete(self, key: str) -> None:
        """See ImageStore."""
        try:
            with self._told(key, "deleted"):
                obstore.delete(self._bucket, self._path(key))
        except ImageMissing:  # Google and Azure say so, S3 does not
            return

    def locate(self, key: str) -> str:
        """See ImageStore."""
        return f"{self._address}/{key}" if key else str(self._address)

    def tidy(self, now: float) -> None:
        """See ImageStore. A draft of a killed worker has no name, so the disk has dropped it already."""

    def _path(self, key: str) -> str:
        if key.startswith("/") or ".." in key.split("/"):
            raise ImageStoreError(f"The name {key!r} leads out of {self._address}.", cure="Correct output.name.")
        return f"{self._address.prefix}/{key}" if self._address.prefix else key

    @contextmanager
    def _told(self, key: str, deed: str) -> Iterator[None]:
        """What the service says, in our words. Its own may hold an address with a signature, and go no further."""
        try:
            yield
        except BaseException as error:
            if not is_of_obstore(error):
                raise
            raise refusal(error, self._address, key, deed) from None


def _attributes(key: str) -> Attributes:
    """So that a browser shows a picture or a page instead of saving it."""
    kind, _ = mimetypes.guess_type(key, strict=False)
    return cast("Attributes", {"Content-Type": kind}) if kind else {}
