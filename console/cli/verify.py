"""`fluxbatch verify`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from batches.store.images import open_store
from batches.store.images.similar import FARTHEST, NEAR
from batches.store.ledger import Ledger
from batches.store.verifying import verify_batch
from console.actions.submitting import find
from console.cli.options import AsJson, BatchNames
from console.cli.output import err, note, out, print_json, say
from console.exit_codes import ExitCode
from workers.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.status import Status

    from batches.store.verifying import Verified

Similar = Annotated[
    int,
    typer.Option(min=0, max=FARTHEST, metavar="N", help="Of 64 bits of what two pictures look like, at most N differ."),
]


def verify(batch: BatchNames, *, similar: Similar = NEAR, as_json: AsJson = False) -> None:
    """Read every stored picture again: what is missing or changed is named, and what looks alike gets a flag.

    Example: `fluxbatch verify hello`
    """
    settings = Settings.load()
    store = open_store(settings.images_url)
    told: dict[str, Verified] = {}
    with Ledger(settings.where_ledger) as ledger, err.status("Reading pictures") as status:
        for one in {found.id: found for found in (find(ledger, name) for name in batch)}.values():
            told[one.id] = verify_batch(
                ledger,
                store,
                one,
                most=similar,
                tell=partial(_tell, status, one.id),
            )
    if as_json:
        print_json([_document(batch_id, one) for batch_id, one in told.items()])
    else:
        _show(told)
    if any(one.wrong for one in told.values()):
        raise typer.Exit(ExitCode.FINISHED_WITH_GAPS)


def _tell(status: Status, batch_id: str, pictures: int) -> None:
    status.update(f"{batch_id}: {pictures:,} pictures read")


def _show(told: Mapping[str, Verified]) -> None:
    for batch_id, one in told.items():
        fit = "all as they were stored" if not one.wrong else f"{len(one.wrong):,} not as they were stored"
        say(f"{batch_id}: {one.pictures:,} {'picture' if one.pictures == 1 else 'pictures'}, {fit}", out)
        for key, problem in one.wrong:
            note(f"{key}: {problem}")
        if one.similar:
            alike = sum(len(group) - 1 for group in one.similar)
            note(
                f"{alike:,} {'looks' if alike == 1 else 'look'} like an earlier one: "
                f"`fluxbatch jobs {batch_id} --flag similar` lists them."
            )


def _document(batch_id: str, one: Verified) -> dict[str, object]:
    return {
        "batch": batch_id,
        "pictures": one.pictures,
        "wrong": [{"key": key, "problem": problem} for key, problem in one.wrong],
        "similar": one.similar,
    }
