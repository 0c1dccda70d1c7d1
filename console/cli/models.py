"""`fluxbatch models`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from batches.errors import SettingError
from batches.models import LANE_SLOTS, PUBLISHED, PriceTable, catalogue, find
from console.cli.options import AsJson
from console.cli.output import columns, note, out, print_json, say
from console.cli.price_table import in_words, priced_json, show_prices, where_from
from workers.accounts import Accounts
from workers.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batches.models import Endpoint

Name = Annotated[str | None, typer.Argument(metavar="NAME", help="One model; all without it.", show_default=False)]
Priced = Annotated[bool, typer.Option("--prices", help="What each costs, by whose word and of which day.")]
OfAccount = Annotated[
    str | None,
    typer.Option(
        "--account", metavar="NAME", help="The prices of this account, not the usual one.", show_default=False
    ),
]


def models(name: Name = None, *, prices: Priced = False, account: OfAccount = None, as_json: AsJson = False) -> None:
    """List the models, or show one with its parameters, ranges and price.

    Example: `fluxbatch models flux-2-pro`, or `fluxbatch models --prices`
    """
    table = _price_table(account, needed=prices or account is not None)
    found = [table.applied(model) for model in (catalogue() if name is None else [find(name)])]
    if prices:
        print_json({**table.as_json(), "prices": list(map(priced_json, found))}) if as_json else show_prices(found, out)
    elif name is None:
        print_json([model.as_json() for model in found]) if as_json else _list(found)
    else:
        print_json(found[0].as_json()) if as_json else _show(found[0])


def _price_table(account: str | None, *, needed: bool) -> PriceTable:
    """What the account pays. A list of models needs it not: it helps to mend the settings."""
    try:
        return Accounts.of(Settings.load()).named(account).prices
    except SettingError as error:
        if needed:
            raise
        note(f"Note: prices are those that BFL publishes. {error.message}")
        return PUBLISHED


def _list(found: Sequence[Endpoint]) -> None:
    table = columns("model", "lifecycle", "lane", "price")
    for model in found:
        table.add_row(model.name, str(model.lifecycle), str(model.lane), in_words(model.price))
    out.print(table)


def _show(model: Endpoint) -> None:
    out.print(f"[bold]{model.name}[/bold]  {escape(model.summary)}", soft_wrap=True)
    out.print(
        f"{model.lifecycle}, lane {model.lane} ({LANE_SLOTS[model.lane]} active tasks), POST {model.path}",
        soft_wrap=True,
    )
    say(f"Price: {in_words(model.price)}", out)
    say(f"{where_from(model)}\n", out)
    table = columns("parameter", "what it takes", "default", "what it does")
    for one in model.parameters:
        default = "required" if one.required else "" if one.default is None else str(one.default)
        table.add_row(one.name, one.rule(), default, one.sentence)
    out.print(table)
