"""`fluxbatch plan`."""

from __future__ import annotations

from console.actions.submitting import plan_of
from console.cli.asking import show_bill
from console.cli.options import AsJson, ManifestPath
from console.cli.output import out, print_json


def plan(manifest: ManifestPath, *, as_json: AsJson = False) -> None:
    """Say what a manifest comes to and what it will cost. Nothing is sent and nothing is written.

    Example: `fluxbatch plan batches/examples/hello.yaml`
    """
    planned = plan_of(manifest)
    if as_json:
        print_json(planned.as_json())
    else:
        show_bill(planned, out)
