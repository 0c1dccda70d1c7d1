"""What a shell completes beside verbs and options."""

from __future__ import annotations


def batch_names(incomplete: str) -> list[str]:
    """Ids of batches and names of their manifests that begin like this; none where there is no ledger to be read."""
    from batches.errors import FluxbatchError
    from batches.store.ledger import Ledger, is_there, standing
    from workers.settings import Settings

    try:
        url = Settings.load().where_ledger
        if not is_there(url):
            return []
        with Ledger(url) as ledger, ledger.read() as tx:
            batches = standing.list_batches(tx)
    except FluxbatchError:
        return []
    names = dict.fromkeys(name for batch in batches for name in (batch.name, batch.id))
    return [name for name in names if name.startswith(incomplete)]
