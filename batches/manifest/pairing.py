"""A path that may have a pattern in it -> the files it stands for: `photos/{id}.*` pairs a picture with a row."""

from __future__ import annotations

import glob
import os
import re
from bisect import bisect_left
from fnmatch import filter as matching
from functools import lru_cache
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from batches.manifest.files import exists

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FOLDERS_KEPT = 100
"""Folders whose names are remembered; a batch has its pictures in a few."""

MAGIC = re.compile(r"[*?[]")


class Pairing:
    """Finds files below one folder. Each folder is listed once, so that a million rows soon find theirs."""

    def __init__(self, folder: Path) -> None:
        """Names are relative to this folder, or absolute."""
        self._folder = folder
        self._names_in = lru_cache(maxsize=FOLDERS_KEPT)(self._listed)

    def files(self, name: str) -> Sequence[str]:
        """The file of this very name, else all that the pattern matches, in the order of their names."""
        if not glob.has_magic(name) or exists(self._folder / name):
            return [name]
        head, tail = os.path.split(name)
        if glob.has_magic(head) or tail == "**":
            return sorted(glob.glob(name, root_dir=self._folder, recursive=True))  # noqa: PTH207  # Path.glob takes no absolute pattern
        names, beginning = self._names_in(head), MAGIC.split(tail, maxsplit=1)[0]
        near = takewhile(lambda one: one.startswith(beginning), islice(names, bisect_left(names, beginning), None))
        shown = (one for one in matching(near, tail) if tail.startswith(".") or not one.startswith("."))
        return [f"{head}/{one}" if head else one for one in shown]

    def _listed(self, folder: str) -> Sequence[str]:
        try:
            return sorted(one.name for one in (self._folder / folder).iterdir())
        except (OSError, ValueError):  # no such folder, so nothing in it matches
            return ()
