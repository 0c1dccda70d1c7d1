"""`fluxbatch init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console.actions.beginning import begin
from console.cli.options import AsJson
from console.cli.output import note, out, print_json

File = Annotated[Path, typer.Argument(metavar="FILE", help="The manifest to write.")]
Model = Annotated[str, typer.Option(help="The model for every prompt.")]
Force = Annotated[bool, typer.Option("--force", help="Replace a manifest that exists.")]


def init(
    file: File = Path("first.yaml"), *, model: Model = "flux-2-klein-4b", force: Force = False, as_json: AsJson = False
) -> None:
    """Write a commented manifest to fill in, and the JSON Schema beside it that editors complete and check by.

    Example: `fluxbatch init posters.yaml --model flux-2-pro`
    """
    manifest, schema = begin(file, model=model, force=force)
    if as_json:
        print_json({"manifest": str(manifest), "schema": str(schema)})
        return
    out.print(str(manifest), soft_wrap=True)
    note(f"`fluxbatch plan {manifest}` says what it comes to.")
