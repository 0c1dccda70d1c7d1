"""`fluxbatch credits`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from batches.errors import FluxbatchError
from batches.money import cost_json, credits_of, show_usd
from batches.store.ledger import Ledger, balances
from console.actions import services
from console.actions.services import SIMULATOR
from console.cli.moments import moment_json
from console.cli.options import AsJson
from console.cli.output import columns, complain, out, print_json
from console.exit_codes import ExitCode, exit_code_for
from workers.accounts import Accounts
from workers.balance import ask_all
from workers.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.balance import Told

OfAccount = Annotated[
    str | None, typer.Option("--account", metavar="NAME", help="This account; all without it.", show_default=False)
]
Simulated = Annotated[bool, typer.Option("--simulate", help="The simulator's account.")]


def credits(  # noqa: A001  # the verb's name
    *, account: OfAccount = None, simulate: Simulated = False, as_json: AsJson = False
) -> None:
    """Say what each account has, and write it down for `fluxbatch reconcile`.

    Example: `fluxbatch credits --account studio`
    """
    settings = Settings.load()
    told = _simulated(settings) if simulate else _told(settings, account)
    if as_json:
        print_json([_document(one) for one in told])
    else:
        _show(told)
    readings = [one.answer for one in told if not isinstance(one.answer, FluxbatchError)]
    if readings:
        with Ledger(settings.where_ledger) as ledger, ledger.write() as tx:
            for reading in readings:
                balances.keep(tx, reading)
    raise typer.Exit(max((_code(one) for one in told), default=0))


def _told(settings: Settings, name: str | None) -> Sequence[Told]:
    accounts = Accounts.of(settings)
    return list(ask_all(accounts if name is None else [accounts.named(name)]))


def _simulated(settings: Settings) -> Sequence[Told]:
    with services.api(SIMULATOR, settings.home) as live:
        return list(ask_all([live]))


def _show(told: Sequence[Told]) -> None:
    table = columns("account", "credits", "USD", right=frozenset({"credits", "USD"}))
    for one in told:
        if isinstance(one.answer, FluxbatchError):
            complain(one.answer)
            table.add_row(one.account, "not known", "")
        else:
            micro = one.answer.micro_credits
            table.add_row(one.account, f"{credits_of(micro):,}", show_usd(micro))
    out.print(table)


def _document(one: Told) -> dict[str, object]:
    if isinstance(one.answer, FluxbatchError):
        return {"account": one.account, "error": one.answer.message, "cure": one.answer.cure}
    return {"account": one.account, **cost_json(one.answer.micro_credits), "at": moment_json(one.answer.at)}


def _code(one: Told) -> ExitCode:
    return exit_code_for(one.answer) if isinstance(one.answer, FluxbatchError) else ExitCode.DONE
