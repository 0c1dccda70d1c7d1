"""`fluxbatch prune`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from batches.errors import SettingError
from batches.reports.period import UTC, moment_of
from batches.store.images import Flag, open_store
from batches.store.ledger import Ledger
from batches.store.pruning import Rule
from console.actions import pruning
from console.cli.options import AsJson
from console.cli.output import note, out, print_json, say, show_bytes
from workers.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batches.store.pruning import Pruned

Batches = Annotated[
    list[str] | None,
    typer.Argument(metavar="BATCH", help="Only of these batches; they have to be at rest.", show_default=False),
]
OlderThan = Annotated[
    str | None,
    typer.Option(
        metavar="TIME", help="Only of batches that came to rest before: 30d, 2w, 2026-08-14.", show_default=False
    ),
]
Pictures = Annotated[bool, typer.Option("--pictures", help="All pictures, with their sidecars.")]
Flags = Annotated[list[Flag] | None, typer.Option("--flag", help="Pictures with this flag; may be repeated.")]
Leftovers = Annotated[bool, typer.Option("--leftovers", help="Pictures that no finished job has.")]
Drafts = Annotated[bool, typer.Option("--drafts", help="What killed workers left half written.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Delete it, and do not only say what would be deleted.")]


def prune(
    batch: Batches = None,
    *,
    older_than: OlderThan = None,
    pictures: Pictures = False,
    flag: Flags = None,
    leftovers: Leftovers = False,
    drafts: Drafts = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Delete stored pictures by rule; without --yes only say what that would be. The bill stays as it is.

    Example: `fluxbatch prune --older-than 30d --flag one-colour`
    """
    rule = Rule(pictures=pictures, flags=flag or (), leftovers=leftovers)
    _refuse_unclear(batch, older_than, rule, drafts=drafts)
    settings = Settings.load()
    store = open_store(settings.images_url)
    before = moment_of(older_than, UTC, time.time(), option="--older-than") if older_than else None
    told: Mapping[str, Pruned] = {}
    if _about_batches(rule):
        with Ledger(settings.where_ledger) as ledger:
            batches = pruning.chosen(ledger, batch or (), before)
            told = pruning.prune(ledger, store, batches, rule, really=yes)
    if drafts and yes:
        store.tidy(time.time())
    if as_json:
        print_json([{"batch": batch_id, **_document(one), "deleted": yes} for batch_id, one in told.items()])
    else:
        _show(told, yes=yes, drafts=drafts)


def _about_batches(rule: Rule) -> bool:
    return bool(rule.pictures or rule.flags or rule.leftovers)


def _refuse_unclear(batch: list[str] | None, older_than: str | None, rule: Rule, *, drafts: bool) -> None:
    """Nobody deletes all that there is by leaving a word out."""
    if not _about_batches(rule) and not drafts:
        raise SettingError(
            "Nothing says what to delete.", cure="Add --pictures, --flag one-colour, --leftovers or --drafts."
        )
    if rule.pictures and rule.flags:
        raise SettingError("--pictures means all of them, and --flag some.", cure="Leave one of the two out.")
    if rule.pictures and not batch and not older_than:
        raise SettingError(
            "--pictures alone would delete every picture there is.", cure="Name batches, or add --older-than 30d."
        )


def _show(told: Mapping[str, Pruned], *, yes: bool, drafts: bool) -> None:
    done = "deleted" if yes else "would be deleted"
    found = {batch_id: one for batch_id, one in told.items() if one.pictures or one.leftovers}
    for batch_id, one in found.items():
        say(f"{batch_id}: {', '.join(_parts(one))}, {show_bytes(one.bytes)} {done}", out)
    if not found and not drafts:
        note("There is no such picture.")
    if drafts:
        say(f"Drafts that nobody has touched for an hour {'are' if yes else 'would be'} deleted.", out)
    if not yes and (found or drafts):
        note("Nothing is deleted yet: add --yes for that.")


def _parts(one: Pruned) -> Iterator[str]:
    """`1 picture`, `3 leftovers`."""
    for count, what in ((one.pictures, "picture"), (one.leftovers, "leftover")):
        if count:
            yield f"{count:,} {what if count == 1 else what + 's'}"


def _document(one: Pruned) -> dict[str, object]:
    return {"pictures": one.pictures, "leftovers": one.leftovers, "bytes": one.bytes}
