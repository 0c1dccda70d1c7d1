"""`fluxbatch models`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from batches.models import LANE_SLOTS, catalogue, find
from console.cli.options import AsJson
from console.cli.output import columns, out, print_json

if TYPE_CHECKING:
    from batches.models import Endpoint

Name = Annotated[str | None, typer.Argument(metavar="[NAME]", help="One model; all without it.", show_default=False)]


def models(name: Name = None, *, as_json: AsJson = False) -> None:
    """List the models, or show one with its parameters, ranges and price.

    Example: `fluxbatch models flux-2-pro`
    """
    if name is None:
        found = catalogue()
        print_json([model.as_json() for model in found]) if as_json else _list(found)
    else:
        model = find(name)
        print_json(model.as_json()) if as_json else _show(model)


def _list(found: tuple[Endpoint, ...]) -> None:
    table = columns("model", "lifecycle", "lane", "price")
    for model in found:
        table.add_row(model.name, str(model.lifecycle), str(model.lane), model.price.describe())
    out.print(table)


def _show(model: Endpoint) -> None:
    out.print(f"[bold]{model.name}[/bold]  {model.summary}", soft_wrap=True)
    out.print(
        f"{model.lifecycle}, lane {model.lane} ({LANE_SLOTS[model.lane]} active tasks), POST {model.path}",
        soft_wrap=True,
    )
    out.print(f"Price: {model.price.describe()}\n", soft_wrap=True)
    table = columns("parameter", "what it takes", "default", "what it does")
    for one in model.parameters:
        default = "required" if one.required else "" if one.default is None else str(one.default)
        table.add_row(one.name, one.rule(), default, one.sentence)
    out.print(table)
