"""`fluxbatch worker`."""

from __future__ import annotations

from typing import Annotated

import typer

from console.actions import services
from console.cli.options import Simulate
from workers import log
from workers.settings import Settings

THREADS = 64
"""One thread carries one job; the default has room for the full windows of all three lanes."""


def worker(
    *,
    threads: Annotated[int, typer.Option(min=1, max=1024, help="Jobs in flight at the same time.")] = THREADS,
    simulate: Simulate = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say more.")] = False,
    log_json: Annotated[bool, typer.Option("--log-json", help="Log lines as JSON.")] = False,
    while_stdin_open: Annotated[bool, typer.Option("--while-stdin-open", hidden=True)] = False,
) -> None:
    """Carry out what is in the ledger, until told to leave (Ctrl-C or SIGTERM).

    Start as many as you like: they share slots, jobs and the bill.

    Example: `BFL_API_KEY=… fluxbatch worker`
    """
    from workers.worker import Worker, leave_with_stdin

    log.configure(verbose=verbose, as_json=log_json)
    settings = Settings.load()
    with services.api(settings, simulate=simulate) as live, services.broker(live) as broker_url:
        one = Worker(live, services.required_key(live), broker_url, threads=threads)
        if while_stdin_open:
            leave_with_stdin(one)
        one.run()
