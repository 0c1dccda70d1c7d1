"""`fluxbatch limits`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from batches.store.ledger import Ledger
from console.actions import limiting
from console.actions.services import SIMULATOR
from console.actions.submitting import find
from console.cli.options import AsJson
from console.cli.output import columns, note, out, print_json, show_seconds
from workers.accounts import Accounts
from workers.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batches.policy import Policy
    from batches.store.ledger.records import Batch
    from console.actions.limiting import LaneLine
    from workers.slots import Cut

Changes = Annotated[
    list[str] | None,
    typer.Argument(metavar="NAME=NUMBER", help="What to change; nothing without it.", show_default=False),
]
OfBatch = Annotated[
    str | None, typer.Option("--batch", metavar="BATCH", help="The limits of this batch.", show_default=False)
]
OfAccount = Annotated[
    str | None,
    typer.Option("--account", metavar="NAME", help="The lanes of this account, not the usual one.", show_default=False),
]
Simulated = Annotated[bool, typer.Option("--simulate", help="The lanes of the simulator's account.")]


def limits(
    changes: Changes = None,
    *,
    batch: OfBatch = None,
    account: OfAccount = None,
    simulate: Simulated = False,
    as_json: AsJson = False,
) -> None:
    """Say how many slots each lane has and uses, or change it while everything is running.

    A lane takes a number of slots or `usual`. With --batch: `in_flight` (a number or `none`), `priority`, `share`.

    Examples: `fluxbatch limits standard=12`, `fluxbatch limits --batch hello priority=5 in_flight=4`
    """
    settings = Settings.load()
    with Ledger(settings.where_ledger) as ledger:
        if batch:
            found = find(ledger, batch)
            _show_rules(found, limiting.set_rules(ledger, found, changes or ()), as_json=as_json)
            return
        payer = SIMULATOR if simulate else Accounts.of(settings).named(account)
        limiting.set_ceilings(ledger, payer.name, changes or ())
        lines = limiting.lanes(settings, payer, ledger)
    if as_json:
        print_json([_document(line) for line in lines])
    else:
        _show_lanes(lines)


def _show_rules(batch: Batch, policy: Policy, *, as_json: bool) -> None:
    rules = {name: getattr(policy, name) for name in limiting.RULES}
    if as_json:
        print_json({"batch": batch.id, **rules})
        return
    table = columns("batch", *rules, right=frozenset(rules))
    table.add_row(batch.id, *("none" if number is None else f"{number:,}" for number in rules.values()))
    out.print(table)


def _show_lanes(lines: Sequence[LaneLine]) -> None:
    table = columns("lane", "ceiling", "limit", "used", "last cut", right=frozenset({"ceiling", "limit", "used"}))
    for line in lines:
        view = line.view
        now = (str(view.limit), str(view.used), _last_cut(view.cut, view.rests_seconds)) if view else ("", "", "")
        table.add_row(line.lane, str(line.ceiling), *now)
    out.print(table)
    if not any(line.view for line in lines):
        note("No worker is at work, so no slots are given.")


def _last_cut(cut: Cut | None, rests_seconds: float) -> str:
    if cut is None:
        return "none"
    rests = f", rests for {show_seconds(rests_seconds)}" if rests_seconds else ""
    return f"from {cut.before}, {show_seconds(time.time() - cut.at)} ago{rests}: {cut.why}"


def _document(line: LaneLine) -> Mapping[str, object]:
    view = line.view
    cut = view.cut if view else None
    return {
        "lane": line.lane,
        "ceiling": line.ceiling,
        "limit": view.limit if view else None,
        "used": view.used if view else None,
        "rests_seconds": view.rests_seconds if view else None,
        "last_cut": {"at": cut.at, "before": cut.before, "why": cut.why} if cut else None,
    }
