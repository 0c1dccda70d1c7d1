"""`fluxbatch rebuild`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from batches.money import cost_json
from batches.store.images import open_store
from console.actions.rebuilding import rebuilt
from console.cli.options import AsJson
from console.cli.output import amount, err, note, out, print_json, say
from console.exit_codes import ExitCode
from workers.settings import Settings

if TYPE_CHECKING:
    from batches.store.rebuild import Rebuilt

From = Annotated[
    str, typer.Option("--from", metavar="URL", help="Where the pictures and their sidecars are.", show_default=False)
]
Batch = Annotated[str | None, typer.Option(metavar="ID", help="Only this batch.", show_default=False)]
Hash = Annotated[bool, typer.Option("--hash", help="Read every picture and compare it with its sidecar.")]

MOST_NAMED = 20
"""Things that are wrong, told to a person. `--json` has them all."""


def rebuild(source: From, *, batch: Batch = None, hashing: Hash = False, as_json: AsJson = False) -> None:
    """Write a ledger from the sidecars of pictures: finished jobs and what they cost. Nothing is paid or changed.

    Batches that the ledger has are left alone. A manifest that is submitted again pays for what is missing.

    Example: `fluxbatch rebuild --from ./images`
    """
    settings = Settings.load()
    with err.status("Reading sidecars") as status:
        told = rebuilt(
            source,
            settings,
            batch=batch,
            hashing=hashing,
            tell=lambda so_far: status.update(f"Reading sidecars: {so_far.pictures:,} pictures"),
        )
    if as_json:
        print_json(_document(told))
    else:
        _show(told)
        _note_place(source, settings)
    if told.wrong:
        raise typer.Exit(ExitCode.FINISHED_WITH_GAPS)


def _show(told: Rebuilt) -> None:
    for batch_id, pictures in told.batches.items():
        say(f"{batch_id}: {pictures:,} {'picture' if pictures == 1 else 'pictures'}", out)
    if told.batches:
        say(f"{told.pictures:,} in all, for {amount(told.micro_credits)}.", out)
    if told.left_alone:
        note(f"The ledger has these already, and they are left alone: {', '.join(told.left_alone)}.")
    for one in told.wrong[:MOST_NAMED]:
        note(f"{one.key}: {one.problem}")
    if len(told.wrong) > MOST_NAMED:
        note(f"… and {len(told.wrong) - MOST_NAMED:,} more; --json names them all.")


def _note_place(source: str, settings: Settings) -> None:
    if open_store(source).locate("") != open_store(settings.images_url).locate(""):
        note(f"Set FLUXBATCH_IMAGES_URL={source}, so that the pictures are found there.")


def _document(told: Rebuilt) -> dict[str, object]:
    return {
        "batches": told.batches,
        "pictures": told.pictures,
        "cost": cost_json(told.micro_credits),
        "left_alone": told.left_alone,
        "wrong": [{"key": one.key, "problem": one.problem} for one in told.wrong],
    }
