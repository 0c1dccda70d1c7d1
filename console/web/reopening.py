"""A job of before -> a manifest to go on from, with the pictures that it sent."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import TYPE_CHECKING

from batches.store.ledger import histories
from console.actions.uploads import Uploads
from console.web.pages.job import as_manifest
from console.web.refusals import Refused
from console.web.site import batch_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from console.web.site import Site


def reopened(site: Site, batch_id: str, number: int) -> tuple[str, Mapping[str, str]]:
    """The text, and SHA-256 by name of the pictures that are still what they were."""
    batch = batch_of(site, batch_id)
    with site.ledger.read() as tx:
        found = histories.history_of(tx, batch.id, number)
    if found is None:
        raise Refused(404, f"{batch.id} has no job {number}.")
    uploads = Uploads(site.settings.home)
    return as_manifest(batch, found), dict(_kept(uploads, found.job["params"].values()))


def _kept(uploads: Uploads, values: Iterable[object]) -> Iterator[tuple[str, str]]:
    """Files that the ledger names, never the one who asks."""
    for value in values:
        match value:
            case list():
                yield from _kept(uploads, value)
            case {"file": str(path), "sha256": str(sha256)}:
                data = _bytes_of(Path(path))
                if data is not None and hashlib.sha256(data).hexdigest() == sha256:
                    yield Path(path).name, uploads.keep(Path(path).name, data, time.time())


def _bytes_of(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None
