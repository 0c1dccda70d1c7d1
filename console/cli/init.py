"""`fluxbatch init`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from console.actions.beginning import begin, target
from console.actions.wishing import Wish
from console.cli.options import AsJson
from console.cli.output import note, out, print_json
from console.cli.questions import ask_wish

FIRST = Path("first.yaml")
USUAL_MODEL = "flux-2-klein-4b"

File = Annotated[
    Path | None, typer.Argument(metavar="FILE", help=f"The manifest to write; else {FIRST}.", show_default=False)
]
Model = Annotated[
    str | None,
    typer.Option(metavar="NAME", help=f"The model for every prompt; else {USUAL_MODEL}.", show_default=False),
]
From = Annotated[
    Path | None,
    typer.Option("--from", metavar="FILE", help="Prompts: .txt, .csv, .tsv, .jsonl or .parquet.", show_default=False),
]
Prompts = Annotated[
    list[str] | None,
    typer.Option(
        "--prompt",
        metavar="TEXT",
        help="A prompt; may be repeated. Beside --from, how one is made of the columns: '{subject}, oil painting'.",
        show_default=False,
    ),
]
Seeds = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="Pictures of each prompt; else 1.", show_default=False)
]
Size = Annotated[
    str | None, typer.Option(metavar="SIZE", help="1024x768, or 16:9 where the model takes that.", show_default=False)
]
Format = Annotated[
    str | None, typer.Option("--format", metavar="FORMAT", help="jpeg, png or webp.", show_default=False)
]
Budget = Annotated[
    str | None, typer.Option(metavar="CREDITS", help="The most it may cost; a credit is a cent.", show_default=False)
]
Force = Annotated[bool, typer.Option("--force", help="Replace a manifest that exists.")]


def init(
    file: File = None,
    *,
    model: Model = None,
    source: From = None,
    prompts: Prompts = None,
    seeds: Seeds = None,
    size: Size = None,
    format_: Format = None,
    budget: Budget = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Write a manifest with comments, and the JSON Schema beside it that editors complete and check by.

    At a terminal it asks, unless an option says what to write.

    Examples: `fluxbatch init`, `fluxbatch init posters.yaml --model flux-2-pro --prompt "A poster of a heron"`,
    `fluxbatch init --model flux-dev --from prompts.csv --seeds 4 --budget 20`
    """
    said = (model, source, prompts, seeds, size, format_, budget)
    if file is not None:
        target(file, force=force)  # told before anything is asked
    if any(word is not None for word in said) or as_json or not sys.stdin.isatty():
        wish = Wish(
            model=model or USUAL_MODEL,
            prompts=prompts or (),
            source=source,
            seeds=seeds or 1,
            size=size,
            format=format_,
            budget=budget,
        )
        file = file or FIRST
    else:
        file, wish = ask_wish(file, FIRST, USUAL_MODEL, force=force)
    manifest, schema = begin(file, wish, force=force)
    if as_json:
        print_json({"manifest": str(manifest), "schema": str(schema)})
        return
    out.print(str(manifest), soft_wrap=True)
    note(f"`fluxbatch plan {manifest}` says what it comes to.")
