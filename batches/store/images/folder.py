"""Images in a folder."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path
from typing import NoReturn

from batches.store.images.errors import ImageMissing, ImageStoreError, ImageStoreFull


class FolderStore:
    """A folder on disk. Bytes go to a temporary neighbour, are flushed, and take their name in one step."""

    def __init__(self, root: str | Path) -> None:
        """Use this folder; it is made with the first picture."""
        self.root = Path(root).expanduser().absolute()

    def put(self, key: str, data: bytes) -> None:
        """See ImageStore."""
        path = self._path(key)
        try:
            _make_folder(path.parent)
            _write_whole(path, data)
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

    def _path(self, key: str) -> Path:
        path = self.root / key
        if not path.resolve().is_relative_to(self.root.resolve()):
            raise ImageStoreError(f"The name {key!r} leads out of {self.root}.", cure="Correct output.name.")
        return path

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


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _flush_folder(folder.parent)


def _write_whole(path: Path, data: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o666 & ~_UMASK)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    """A new name reaches the disk only with the folder it stands in."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_umask() -> int:
    umask = os.umask(0o077)
    os.umask(umask)
    return umask


# Read once, while the program has one thread: reading it means setting it for a moment.
_UMASK = _read_umask()
