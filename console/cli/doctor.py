"""`fluxbatch doctor`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from console.actions.checking import findings
from console.cli.options import AsJson
from console.cli.output import out, print_json

if TYPE_CHECKING:
    from console.actions.checking import Finding


def doctor(*, as_json: AsJson = False) -> None:
    """Check each account's key and API, the clock, the broker, the ledger, the image store and the disk, with cures.

    The exit code is that of the worst finding.

    Example: `fluxbatch doctor`
    """
    found: list[Finding] = []
    for one in findings():
        found.append(one)
        if not as_json:
            _show(one)
    if as_json:
        print_json([asdict(one) for one in found])
    raise typer.Exit(max(int(one.code) for one in found))


def _show(one: Finding) -> None:
    mark = "[green]ok [/green]" if one.good else "[red]bad[/red]"
    out.print(f"{mark}  {one.what}: ", end="")
    out.print(one.said, markup=False, soft_wrap=True)
    if one.cure:
        out.print(f"     {one.cure}", markup=False, soft_wrap=True)
