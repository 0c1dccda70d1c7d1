"""`fluxbatch jobs`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from batches.money import credits_of, json_number
from batches.store.images import Flag, open_store
from batches.store.ledger import Ledger, standing
from batches.store.ledger.states import State
from console.actions.submitting import find
from console.cli.options import AsJson, BatchName
from console.cli.output import columns, out, print_json
from workers.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

    from batches.store.images import ImageStore

States = Annotated[
    list[State] | None, typer.Option("--state", metavar="STATE", help="Only jobs in this state; may be repeated.")
]
Flags = Annotated[
    list[Flag] | None,
    typer.Option("--flag", metavar="FLAG", help="Only jobs whose picture has this flag; may be repeated."),
]
Limit = Annotated[int | None, typer.Option(metavar="N", min=1, help="At most so many jobs.", show_default=False)]


def jobs(
    batch: BatchName, *, state: States = None, flag: Flags = None, limit: Limit = None, as_json: AsJson = False
) -> None:
    """List the jobs of a batch: state, model, cost, what looks wrong, and the file or the reason there is none.

    Example: `fluxbatch jobs hello --state failed`
    """
    settings = Settings.load()
    with Ledger(settings.where_ledger) as ledger:
        found = find(ledger, batch)
        with ledger.read() as tx:
            rows = standing.list_jobs(tx, found.id, states=state or (), flags=flag or (), limit=limit)
    store = open_store(settings.images_url)
    documents = [_document(row, store) for row in rows]
    if as_json:
        print_json(documents)
        return
    whose = ["account"] if len(found.accounts) > 1 else []
    looks = ["flags"] if any(one["flags"] for one in documents) else []
    numbers = frozenset({"job", "credits"})
    table = columns("job", "id", "model", *whose, "state", "credits", *looks, "image or reason", right=numbers)
    for one, row in zip(documents, rows, strict=True):
        last = one["image"] or ("pruned" if one["pruned"] else one["reason"])
        shown = (
            one["job"],
            one["id"],
            one["model"],
            *(one[name] for name in whose),
            one["state"],
            one["credits"],
            *(", ".join(row["flags"]) for _ in looks),
            last,
        )
        table.add_row(*("" if value is None else str(value) for value in shown))
    out.print(table)


def _document(row: RowMapping, store: ImageStore) -> dict[str, object]:
    micro = row["settled_micro_credits"]
    return {
        "job": row["number"],
        "id": row["row_id"],
        "model": row["model"],
        "account": row["account"],
        "state": row["state"],
        "reason": row["reason"],
        "attempts": row["attempts"],
        "params": row["params"],
        "labels": row["labels"],
        "credits": None if micro is None else json_number(credits_of(micro)),
        "image": store.locate(row["image_key"]) if row["image_key"] else None,
        "sha256": row["image_sha256"],
        "width": row["image_width"],
        "height": row["image_height"],
        "flags": list(row["flags"]),
        "pruned": row["pruned_at"] is not None,
    }
