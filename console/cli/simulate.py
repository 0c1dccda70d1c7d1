"""`fluxbatch simulate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def simulate(
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes any free one.")] = 8765,
    speed: Annotated[float, typer.Option(help="How many times faster than the real service.")] = 1.0,
    credits_: Annotated[float, typer.Option("--credits", help="Balance of every new key.")] = 10_000.0,
    books: Annotated[
        Path | None, typer.Option(help="Journal that lets a restart remember its tasks.", show_default=False)
    ] = None,
    faults: Annotated[Path | None, typer.Option(help="YAML file of faults to make.", show_default=False)] = None,
) -> None:
    """Serve a stand-in for the BFL API on this machine: same paths, same answers, no cost.

    Any key of eight characters or more is taken. `GET /_sim/stats` shows its books.

    Example: `fluxbatch simulate --port 8765 --speed 10`, then
    `FLUXBATCH_API_URL=http://127.0.0.1:8765 BFL_API_KEY=anything-goes fluxbatch run …`
    """
    from simulator.__main__ import main

    words = ["--host", host, "--port", str(port), "--speed", str(speed), "--credits", str(credits_)]
    for name, file in (("--books", books), ("--faults", faults)):
        words += [name, str(file)] if file else []
    raise typer.Exit(main(words))
