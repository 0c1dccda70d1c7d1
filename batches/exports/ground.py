"""Where a dataset may not go: into the image store, where its files would be taken for pictures of batches."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from batches.exports.errors import ExportRefused
from batches.store.images import FolderStore

if TYPE_CHECKING:
    from pathlib import PurePath

    from batches.store.images import ImageStore


def refuse_shared(place: ImageStore, source: ImageStore) -> None:
    """Raise ExportRefused where one of both is in the other; `prune --leftovers` would delete what is written there."""
    ours, theirs = _ground(place), _ground(source)
    if ours.is_relative_to(theirs) or theirs.is_relative_to(ours):
        how = "is" if ours == theirs else "is inside" if ours.is_relative_to(theirs) else "has in it"
        raise ExportRefused(
            f"{place.locate('')} {how} the image store {source.locate('')}.",
            cure="Name a place beside it with --to: datasets/NAME, or another prefix of the bucket.",
        )


def _ground(store: ImageStore) -> PurePath:
    """Links lead to the same folder; in a bucket a prefix is one."""
    return store.root.resolve() if isinstance(store, FolderStore) else PurePosixPath(store.locate(""))
