"""Reading a file that a person wrote: every way it can fail is a problem with a place."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import PurePath
from typing import TYPE_CHECKING

from batches.manifest.problem import ManifestError, Place, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import FileIO
    from pathlib import Path

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@contextmanager
def opened(path: Path, asked_at: Place) -> Iterator[FileIO]:
    """The file, while it is read; `asked_at` is the spot to blame where that cannot be done."""
    try:
        with path.open("rb", buffering=0) as file:
            yield file
    except (OSError, ValueError) as error:
        subject = "" if asked_at.file == str(path) else f"cannot read {path}: "
        raise ManifestError([Problem(asked_at, subject + why_unreadable(error))]) from None


def why_unreadable(error: OSError | ValueError) -> str:
    """What keeps a file from being read; a ValueError is a path with a NUL in it."""
    match error:
        case FileNotFoundError():
            return "there is no such file"
        case IsADirectoryError():
            return "this is a folder, not a file"
        case PermissionError():
            return "no permission to read it"
    return getattr(error, "strerror", None) or str(error)


def exists(path: Path) -> bool:
    """Whether there is such a file or folder."""
    try:
        return path.exists()
    except (OSError, ValueError):  # too long a name, or one with a NUL in it
        return False


def stays_below(name: str) -> bool:
    """Whether a relative path, or a pattern, leads nowhere but into the folder it begins in."""
    path = PurePath(name)
    return not path.is_absolute() and ".." not in path.parts


def out_of_reach(name: str) -> tuple[str, str]:
    """What to tell of a file that a confined manifest may not name, and the cure."""
    return f"{name} is not among the files of this manifest", "add the file, and write its name alone"


def decode(raw: bytes, file: str) -> str:
    """The text of a UTF-8 file, with or without a byte order mark."""
    return decode_from(raw.removeprefix(BYTE_ORDER_MARK), file, 1)


def decode_from(raw: bytes, file: str, line: int) -> str:
    """The text of these bytes, which begin a line of the file."""
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        place = place_in(raw[: error.start].decode(), file, line)
        message = f"byte 0x{raw[error.start]:02x} is not UTF-8"
        raise ManifestError([Problem(place, message, "save the file as UTF-8")]) from None


def place_in(text_before: str, file: str, first_line: int = 1) -> Place:
    """The place right after this text."""
    line_start = text_before.rfind("\n") + 1
    return Place(file, text_before.count("\n") + first_line, len(text_before) - line_start + 1)
