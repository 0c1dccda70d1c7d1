"""`fluxbatch watch`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from batches.store.images import open_store
from batches.store.ledger import Ledger, standing
from console.actions.onlooking import Onlooker
from console.actions.running import code_of
from console.actions.submitting import find
from console.cli.names import batch_names
from console.cli.options import AsJson
from console.cli.output import err, note, out, print_json, say
from console.cli.progress import Progress
from console.cli.summary import show_counts
from console.exit_codes import ExitCode
from workers.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batches.store.ledger.records import Batch

Batches = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="BATCH",
        help="Ids, their beginnings, or names of manifests; without any all that are not finished.",
        show_default=False,
        autocompletion=batch_names,
    ),
]


def watch(batches: Batches = None, *, as_json: AsJson = False) -> None:
    """Follow batches that workers elsewhere carry on, until all are finished. Ctrl-C stops the watching alone.

    Examples: `fluxbatch watch`, `fluxbatch watch hello`
    """
    settings = Settings.load()
    with Ledger(settings.where_ledger) as ledger:
        found = _followed(ledger, batches or [])
        try:
            with Onlooker(ledger, found, settings) as onlooker, Progress(open_store(settings.images_url)) as progress:
                scene = onlooker.watch(progress.show)
        except KeyboardInterrupt:
            note(f"{_named(found)} without anybody watching.")
            raise typer.Exit(int(ExitCode.INTERRUPTED)) from None
    if as_json:
        documents = [look.as_json() for look in scene.looks]
        print_json(documents[0] if batches and len(batches) == 1 else documents)
    for look in scene.looks:
        say(f"{look.standing.batch.id} is finished: {show_counts(look.standing)}.", err if as_json else out)
    if not found:
        note("All batches are finished. `fluxbatch status` lists them.")
    raise typer.Exit(max((int(code_of(look.standing)) for look in scene.looks), default=0))


def _followed(ledger: Ledger, asked: Sequence[str]) -> Sequence[Batch]:
    """Those that are named, each once, or all that are not finished; the oldest first."""
    if asked:
        return list({batch.id: batch for batch in (find(ledger, text) for text in asked)}.values())
    with ledger.read() as tx:
        return [batch for batch in reversed(standing.list_batches(tx)) if batch.ended_at is None]


def _named(batches: Sequence[Batch]) -> str:
    """`hello-1 goes on`, `hello-1 and posters-2 go on`."""
    *others, last = [batch.id for batch in batches]
    return f"{', '.join(others)} and {last} go on" if others else f"{last} goes on"
