"""What stands after `from:` -> files."""

from __future__ import annotations

import glob
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batches.manifest.files import exists, out_of_reach, stays_below
from batches.manifest.problem import ManifestError, Place, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from batches.manifest.document import Node


@dataclass(frozen=True, slots=True)
class Source:
    """A file with a prompt in each row, or a picture that is a row."""

    name: str  #: as the manifest would name it
    path: Path  #: where it lies
    asked_at: Place  #: where the manifest names it


def sources_of(names: Iterable[str], node: Node, folder: Path, *, confined: bool) -> Iterator[Source]:
    """Each file, in the order they are named; those that a pattern stands for in the order of their names.

    `confined` refuses what leads out of the folder.
    """
    nodes = list(node.children.values()) or [node]
    for name, written in zip(names, nodes, strict=True):
        if confined and not stays_below(name):
            raise ManifestError([Problem(written.place, *out_of_reach(name))])
        found = [name]
        if glob.has_magic(name) and not exists(folder / name):
            found = sorted(glob.glob(name, root_dir=folder, recursive=True))  # noqa: PTH207  # Path.glob takes no absolute pattern
        if not found:
            raise ManifestError([Problem(written.place, f"no file matches {name}")])
        yield from (Source(one, folder / one, written.place) for one in found)
