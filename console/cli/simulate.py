"""`fluxbatch simulate`."""

from __future__ import annotations

import typer

from simulator.__main__ import main

CONTEXT = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}
"""The simulator reads its options itself, --help among them."""


def simulate(context: typer.Context) -> None:
    """Serve a stand-in for the BFL API on this machine: same paths, same answers, no cost.

    Example: `fluxbatch simulate --port 8501 --speed 10`
    """
    raise typer.Exit(main(context.args, prog="fluxbatch simulate"))
