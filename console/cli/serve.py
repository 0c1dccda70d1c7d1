"""`fluxbatch serve`."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

import typer

from console.cli.output import note
from workers.settings import Settings

Host = Annotated[str, typer.Option(help="The address to listen on; any but this machine's own demands a token.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes any free one.")]
Open = Annotated[bool, typer.Option("--open", help="Show it in the browser.")]
Url = Annotated[
    str | None,
    typer.Option(metavar="URL", help="How people reach it, where a proxy stands before it.", show_default=False),
]


def serve(host: Host = "127.0.0.1", port: Port = 8600, *, open_: Open = False, url: Url = None) -> None:
    """Serve the page on which batches are seen and steered, until Ctrl-C.

    Example: `fluxbatch serve --open`
    """
    from console.web.access import access_for
    from console.web.serving import bound, serve, site_of

    settings = Settings.load()
    access = access_for(settings, host, url)
    with bound(host, port) as held, site_of(settings, access) as site:
        shown = f"[{host}]" if ":" in host else host
        where = url or f"http://{shown}:{held.getsockname()[1]}/"

        def announce() -> None:
            note(f"The page is at {where} (Ctrl-C ends it).")
            if open_:
                typer.launch(where)

        with suppress(KeyboardInterrupt):  # the usual end
            serve(site, held, announce)
