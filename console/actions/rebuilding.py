"""Pictures with sidecars -> a ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.errors import SettingError
from batches.store.images import open_store
from batches.store.ledger import Ledger
from batches.store.rebuild import rebuild

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.store.rebuild import Rebuilt
    from workers.settings import Settings


def rebuilt(
    url: str, settings: Settings, *, batch: str | None, hashing: bool, tell: Callable[[Rebuilt], None]
) -> Rebuilt:
    """What came of it; raises SettingError where there is nothing to rebuild from."""
    store = open_store(url, "--from")
    if next(iter(store.listing(batch or "")), None) is None:
        place = store.locate(batch or "")
        raise SettingError(
            f"There is nothing in {place}.", cure="Name the place that has a folder for each batch, with its pictures."
        )
    with Ledger(settings.where_ledger) as ledger:
        return rebuild(store, ledger, batch=batch, hashing=hashing, tell=tell)
