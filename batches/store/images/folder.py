"""Images in a folder."""

from __future__ import annotations

import errno
import os
import re
import secrets
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from batches.store.images.copying import copy
from batches.store.images.draft import Draft
from batches.store.images.errors import ImageMissing, ImageStoreError, ImageStoreFull
from batches.store.images.kept import Kept

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batches.store.images.store import ImageStore

STALE_SECONDS = 3600
"""A draft that nobody has touched for so long is nobody's: no download takes a tenth of it."""

PART_BYTES = 1 << 20
"""Of a file that is read in parts."""

DRAFT = re.compile(r"\.[0-9a-f]{16}\.part")
"""The keys of what is not kept yet."""

CANNOT_LINK = (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP)
"""Another disk, a disk without links, or a file with as many names as it may have."""


class FolderStore:
    """A folder on disk. Bytes go to a hidden file at its top, are flushed, and take their name in one step."""

    def __init__(self, root: str | Path) -> None:
        """Use this folder; it is made with the first picture."""
        self.root = Path(root).expanduser().absolute()
        self._inside: set[Path] = set()  # folders that lead nowhere else

    def put(self, key: str, data: bytes) -> None:
        """See ImageStore."""
        with self.draft() as draft:
            draft.write(data)
            self.keep(key, draft)

    @contextmanager
    def draft(self) -> Iterator[Draft]:
        """See ImageStore."""
        try:
            _make_folder(self.root)
            part = self.root / f".{secrets.token_hex(8)}.part"
            with part.open("xb+") as file:
                try:
                    yield Draft(file)
                finally:
                    part.unlink(missing_ok=True)
        except OSError as error:  # also what the disk says while it is written
            self._refuse(error, self.root)

    def keep(self, key: str, draft: Draft) -> None:
        """See ImageStore."""
        path = self._path(key)
        try:
            _make_folder(path.parent)
            _flush_file(draft)
            Path(draft.file.name).replace(path)
            _flush_folder(path.parent)
        except OSError as error:
            self._refuse(error, path)

    def get(self, key: str) -> bytes:
        """See ImageStore."""
        path = self._path(key)
        try:
            return path.read_bytes()
        except FileNotFoundError:
            raise ImageMissing(f"{path} is not there.") from None
        except OSError as error:
            self._refuse(error, path)

    def stream(self, key: str) -> Iterator[bytes]:
        """See ImageStore."""
        path = self._path(key)
        try:
            with path.open("rb", buffering=0) as file:
                while part := file.read(PART_BYTES):
                    yield part
        except FileNotFoundError:
            raise ImageMissing(f"{path} is not there.") from None
        except OSError as error:
            self._refuse(error, path)

    def listing(self, prefix: str = "") -> Iterator[Kept]:
        """See ImageStore."""
        try:
            for kept in self._below(self._path(prefix)):
                if not DRAFT.fullmatch(kept.key):
                    yield kept
        except OSError as error:
            self._refuse(error, self.root)

    def adopt(self, key: str, source: ImageStore, source_key: str) -> None:
        """See ImageStore. Within one disk it is a second name of the same file."""
        if isinstance(source, FolderStore) and self._linked(self._path(key), source._path(source_key)):  # noqa: SLF001  # one of us
            return
        copy(source, source_key, self, key)

    def delete(self, key: str) -> None:
        """See ImageStore."""
        path = self._path(key)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            self._refuse(error, path)

    def locate(self, key: str) -> str:
        """See ImageStore."""
        return str(self._path(key))

    def tidy(self, now: float) -> None:
        """See ImageStore."""
        try:
            for part in self.root.glob(".*.part"):
                if part.stat().st_mtime < now - STALE_SECONDS:
                    part.unlink(missing_ok=True)
        except FileNotFoundError:  # another worker tidies too, and leaves nothing to do
            return
        except OSError as error:
            self._refuse(error, self.root)

    @cached_property
    def _real_root(self) -> Path:
        return self.root.resolve()

    def _below(self, folder: Path) -> Iterator[Kept]:
        if not folder.is_dir():
            return
        with os.scandir(folder) as found:
            entries = sorted(found, key=_sorting)
        for entry in entries:
            if entry.is_dir():
                yield from self._below(Path(entry.path))
            else:
                said = entry.stat()
                yield Kept(Path(entry.path).relative_to(self.root).as_posix(), said.st_size, said.st_mtime)

    def _linked(self, path: Path, source: Path) -> bool:
        """Whether the file has a second name now; disks that know no links, or no more of them, want a copy."""
        part = self.root / f".{secrets.token_hex(8)}.part"
        try:
            _make_folder(path.parent)
            part.hardlink_to(source)
            part.replace(path)
            part.unlink(missing_ok=True)  # where both were the same file already, nothing was moved
            _flush_folder(path.parent)
        except FileNotFoundError:
            raise ImageMissing(f"{source} is not there.") from None
        except OSError as error:
            if error.errno in CANNOT_LINK:
                return False
            self._refuse(error, path)
        return True

    def _path(self, key: str) -> Path:
        """Folders are followed to their end once each: that takes longer than to read a picture."""
        path = self.root / key
        if path.parent in self._inside and path.name != ".." and not path.is_symlink():
            return path
        if not self._leads_inside(path):
            raise ImageStoreError(f"The name {key!r} leads out of {self.root}.", cure="Correct output.name.")
        if self._leads_inside(path.parent):
            self._inside.add(path.parent)
        return path

    def _leads_inside(self, path: Path) -> bool:
        return path.resolve().is_relative_to(self._real_root)

    def _refuse(self, error: OSError, path: Path) -> NoReturn:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ImageStoreFull(
                f"The disk under {self.root} is full.",
                cure="Free some space and run the same command again: paid results are fetched, not paid again.",
            ) from error
        raise ImageStoreError(
            f"{path} cannot be used: {error.strerror}.",
            cure="Check that the folder exists and may be written, or set FLUXBATCH_IMAGES_URL.",
        ) from error


def _sorting(entry: os.DirEntry[str]) -> str:
    """Keys are sorted as texts, in which a folder's slash counts."""
    return f"{entry.name}/" if entry.is_dir() else entry.name


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _flush_folder(folder.parent)


def _flush_file(draft: Draft) -> None:
    draft.file.flush()
    os.fsync(draft.file.fileno())


def _flush_folder(folder: Path) -> None:
    """A new name reaches the disk only with the folder it stands in."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
