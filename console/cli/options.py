"""Options and arguments that several verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console.cli.names import batch_names

ManifestPath = Annotated[Path, typer.Argument(metavar="MANIFEST", help="The YAML file.", show_default=False)]
BatchName = Annotated[
    str,
    typer.Argument(
        metavar="BATCH",
        help="A batch's id, its beginning, or a manifest's name.",
        show_default=False,
        autocompletion=batch_names,
    ),
]
BatchNames = Annotated[
    list[str],
    typer.Argument(metavar="BATCH", help="Batches: ids, their beginnings, or manifests' names.", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Spend the money without asking.")]
Again = Annotated[
    bool, typer.Option("--again", help="Make all images anew if the batch is finished; it is paid again.")
]
Simulate = Annotated[bool, typer.Option("--simulate", help="Use a simulator on this machine: no key, no cost.")]

Since = Annotated[
    str | None,
    typer.Option(
        metavar="TIME", help="From then on: 2026-08-14, 2026-08-14T18:30, yesterday, 12h, 7d.", show_default=False
    ),
]

Until = Annotated[
    str | None, typer.Option(metavar="TIME", help="Before that time, written in the same way.", show_default=False)
]

Zone = Annotated[str, typer.Option(metavar="ZONE", help="Whose days and hours are meant, such as Europe/Berlin.")]
