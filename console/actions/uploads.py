"""Files that came with a manifest over the network, kept in the home by what they hold.

files/SHA256        as they came; a day
drafts/DIGEST/NAME  beside a manifest that is being written; a day
kept/DIGEST/NAME    beside one that was submitted: its jobs are made from them, however late
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from batches.errors import FluxbatchError

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = re.compile(r"[^./\\\x00-\x1f\x7f][^/\\\x00-\x1f\x7f]{0,119}")
"""Of a file: no folder, nothing hidden."""

ENDINGS = (".txt", ".csv", ".tsv", ".jsonl", ".jpg", ".jpeg", ".png", ".webp")
"""What is taken: prompts and pictures, none of them packed."""

SHA256 = re.compile(r"[0-9a-f]{64}")

MOST_FILES = 200
"""Beside one manifest."""

MOST_WAITING = 2_000_000_000
"""Bytes of files that came and were not submitted."""

DRAFT_SECONDS = 24 * 3600


class UploadRefused(FluxbatchError):
    """This file is not taken."""


class Uploads:
    """All of them, of one home. Threads and processes may share it."""

    def __init__(self, home: Path) -> None:
        """Nothing is made before something comes."""
        self._room = home.absolute() / "uploads"

    def keep(self, name: str, data: bytes, now: float) -> str:
        """Keep these bytes for a day; returns their SHA-256, by which a draft names them."""
        if not NAME.fullmatch(name) or Path(name).suffix.lower() not in ENDINGS:
            raise UploadRefused(f"{name} is not taken.", cure=f"Take files that end in {', '.join(ENDINGS)}.")
        self._tidy(now)
        files = self._room / "files"
        files.mkdir(parents=True, exist_ok=True)
        if sum(file.stat().st_size for file in files.iterdir()) + len(data) > MOST_WAITING:
            raise UploadRefused(
                f"More than {MOST_WAITING // 1_000_000_000} GB wait to be submitted.", cure="Use the command line."
            )
        sha256 = hashlib.sha256(data).hexdigest()
        fresh = files / f"{sha256}.{os.getpid()}"
        fresh.write_bytes(data)
        fresh.replace(files / sha256)
        return sha256

    def draft(self, files: Mapping[str, str]) -> Path:
        """A folder with just these files, SHA-256 by name, to plan in."""
        return self._beside("drafts", files)

    def submitted(self, files: Mapping[str, str]) -> Path:
        """The same, for good."""
        return self._beside("kept", files)

    def _beside(self, room: str, files: Mapping[str, str]) -> Path:
        if len(files) > MOST_FILES:
            raise UploadRefused(f"More than {MOST_FILES} files.", cure="Use the command line.")
        told = json.dumps(sorted(files.items())).encode()
        folder = self._room / room / hashlib.sha256(told).hexdigest()
        folder.mkdir(parents=True, exist_ok=True)
        for name, sha256 in files.items():
            if not (NAME.fullmatch(name) and SHA256.fullmatch(sha256)):
                raise UploadRefused(f"{name} is no file that came here.", cure="Add it again.")
            _put(self._room / "files" / sha256, folder / name)
        return folder

    def _tidy(self, now: float) -> None:
        """Drop what came a day ago: what was submitted has links of its own."""
        for old in (*self._room.glob("files/*"), *self._room.glob("drafts/*")):
            if old.stat().st_mtime < now - DRAFT_SECONDS:
                shutil.rmtree(old) if old.is_dir() else old.unlink(missing_ok=True)


def _put(source: Path, target: Path) -> None:
    """One file under another name as well; a disk that knows no links gets a copy."""
    if target.exists():
        return
    try:
        os.link(source, target)
    except FileExistsError:
        return
    except FileNotFoundError:
        raise UploadRefused(f"{target.name} came here more than a day ago.", cure="Add it again.") from None
    except OSError:
        shutil.copyfile(source, target)
