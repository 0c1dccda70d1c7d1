"""`fluxbatch doctor`."""

from __future__ import annotations

from dataclasses import asdict

import typer

from console.actions.checking import findings
from console.cli.options import AsJson
from console.cli.output import out, print_json
from console.exit_codes import ExitCode
from workers.settings import Settings


def doctor(*, as_json: AsJson = False) -> None:
    """Check each account's key and API, the broker, the ledger, the image store and the disk, each with its cure.

    Example: `fluxbatch doctor`
    """
    found = list(findings(Settings.load()))
    if as_json:
        print_json([asdict(one) for one in found])
    else:
        for one in found:
            mark = "[green]ok [/green]" if one.good else "[red]bad[/red]"
            out.print(f"{mark}  {one.what}: ", end="")
            out.print(one.said, markup=False, soft_wrap=True)
            if one.cure:
                out.print(f"     {one.cure}", markup=False, soft_wrap=True)
    if not all(one.good for one in found):
        raise typer.Exit(int(ExitCode.UNREACHABLE))
