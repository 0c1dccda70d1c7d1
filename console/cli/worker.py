"""`fluxbatch worker`."""

from __future__ import annotations

from typing import Annotated

import typer

from batches.errors import SettingError
from console.actions import services
from console.cli.options import Simulate
from workers import log
from workers.accounts import Account, Accounts
from workers.settings import Settings
from workers.threads import MOST_THREADS, threads_for

Threads = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=1,
        max=MOST_THREADS,
        help="Jobs in flight at the same time; else as many as there are slots for.",
        show_default=False,
    ),
]
Served = Annotated[
    str | None,
    typer.Option("--account", metavar="NAME", help="Serve this account, not the usual one.", show_default=False),
]


def worker(
    context: typer.Context,
    *,
    threads: Threads = None,
    account: Served = None,
    simulate: Simulate = False,
    log_json: Annotated[bool, typer.Option("--log-json", help="Log lines as JSON.")] = False,
    while_stdin_open: Annotated[bool, typer.Option("--while-stdin-open", hidden=True)] = False,
) -> None:
    """Carry out what is in the ledger, until told to leave (Ctrl-C or SIGTERM).

    Start as many as you like: they share slots, jobs and the bill. Each serves one account.

    Example: `BFL_API_KEY=… fluxbatch worker`
    """
    from workers.app import make_app
    from workers.worker import Worker, leave_with_stdin

    log.configure(level=context.obj, as_json=log_json)
    settings = Settings.load()
    served = _served(settings, account, simulate=simulate)
    with services.api(served, settings.home) as live, services.broker(settings) as broker_url:
        app = make_app(broker_url, live.name)
        one = Worker(settings, live, app, threads=threads or threads_for(live))
        if while_stdin_open:
            leave_with_stdin(one)
        one.run()


def _served(settings: Settings, account: str | None, *, simulate: bool) -> Account:
    if not simulate:
        return Accounts.of(settings).named(account)
    if account is not None:
        raise SettingError("--simulate has an account of its own.", cure="Leave --account out, or --simulate.")
    return services.SIMULATOR
